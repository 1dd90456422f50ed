package dev.weir.export.message;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowVector;
import dev.weir.table.KeyExtractor;
import dev.weir.table.PacketDigests;
import dev.weir.table.TenantMode;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes {@link DigestMessage}s of packets: parses each for its key, and keeps no flows. Messages are as large as they may be, so where one ends
 * depends on the packets alone, unless {@link #end} ends it sooner. Packets are looked at and left as they are. One thread at a time; allocates
 * a message, not a packet.
 */
public final class DigestWriter {
    /** Takes what is made. */
    public interface Taker {
        /** @param packets how many it has */
        void take(long sequence, int packets, byte[] message) throws IOException;
    }

    private final String sensor, run;
    private final TenantMode tenants;
    private final KeyExtractor extractor;
    private final PacketDigests codec;
    private final Taker taker;
    private final byte[] digests = new byte[DigestHead.MOST_PACKETS * PacketDigests.SIZE_V6];
    /** Sources fill few vectors again and again. */
    private final Map<PacketVector, FlowVector> vectors = new HashMap<>();

    private long sequence, before, clock, told;
    private int packets, size;
    private long read, octets, late;
    private Map<String, Long> counted = Map.of();

    public DigestWriter(String sensor, String run, TunnelMode tunnels, TenantMode tenants, Taker taker) {
        this.sensor = sensor;
        this.run = run;
        this.tenants = tenants;
        this.taker = taker;
        // A table that keeps nothing: parsing has its secret from one.
        try (var table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(1))) {
            extractor = new KeyExtractor(table, tunnels, tenants);
            codec = new PacketDigests(table, tenants);
        }
    }

    /** Takes all packets of a vector, which are a stream's next; one that is older than one before it counts at that one's time. */
    public void accept(PacketVector vector) throws IOException {
        FlowVector keys = vectors.computeIfAbsent(vector, FlowVector::new);
        extractor.extract(keys);
        codec.begin();
        for (int i = 0; i < vector.size; i++) {
            long time = vector.time[i];
            late += time < clock ? 1 : 0;
            clock = Math.max(clock, Math.min(time, DigestHead.LATEST));
            read++;
            octets += vector.length[i];
            if (keys.family(i) == 0) {
                continue;
            }
            int at = size;
            size += codec.write(keys, i, vector.first + i, digests, at);
            PacketDigests.time(digests, at, clock);
            if (++packets == DigestHead.MOST_PACKETS) {
                end(false);
            }
        }
    }

    /** No packet that is still to come is older. */
    public void advance(long time) {
        clock = Math.clamp(time, clock, DigestHead.LATEST);
    }

    /** Whether packets or time wait to be told. */
    public boolean hasNews() {
        return packets > 0 || clock > told;
    }

    /** Whether packets wait. */
    public boolean hasPackets() {
        return packets > 0;
    }

    /** Ends the message that is being filled; the {@code last} of a run says that it is over. */
    public void end(boolean last) throws IOException {
        Map<String, Long> now = counters();
        var news = new TreeMap<String, Long>();
        now.forEach((name, count) -> {
            long more = count - counted.getOrDefault(name, 0L);
            if (more != 0) {
                news.put(name, more);
            }
        });
        counted = now;
        var head = new DigestHead(sensor, run, ++sequence, before, packets, clock, tenants, last, news);
        byte[] message = DigestMessage.encode(head, digests, size);
        int there = packets;
        before += packets;
        told = clock;
        packets = 0;
        size = 0;
        taker.take(sequence, there, message);
    }

    /** What was counted so far, by name. */
    public Map<String, Long> counters() {
        var all = new TreeMap<String, Long>();
        all.put("packets", read);
        all.put("octets", octets);
        all.put("late", late);
        all.put("UNHANDLED", extractor.unhandled());
        var malformed = new TreeMap<String, Long>();
        extractor.addMalformed(malformed);
        malformed.forEach((name, count) -> all.put("malformed:" + name, count));
        return all;
    }
}
