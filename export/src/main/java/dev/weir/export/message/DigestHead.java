package dev.weir.export.message;

import dev.weir.table.TenantMode;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * What a message of packet digests says beside the digests. Big-endian:
 *
 * <pre>
 * about u8: 1 the last of its run | sensor, run (each as DataOutput.writeUTF does) | sequence i64 | packets before it in the run i64
 * packets i32 | clock i64 | tenant mode (UTF) | counters, see {@link NamedCounters}
 * </pre>
 *
 * Immutable; any thread.
 *
 * @param sensor who saw the packets
 * @param run which run of the sensor
 * @param sequence messages of a run are counted from 1; numbers that are missing were lost
 * @param before how many packets the messages before it have
 * @param packets how many it has
 * @param clock no later packet of the run counts at an earlier time; nanoseconds since 1970
 * @param tenants what separated the sensor's address spaces
 * @param last whether the run is over
 * @param counters what was counted since the message before
 */
public record DigestHead(
        String sensor,
        String run,
        long sequence,
        long before,
        int packets,
        long clock,
        TenantMode tenants,
        boolean last,
        Map<String, Long> counters) {
    /** No message has more packets. */
    public static final int MOST_PACKETS = 1024;

    /** Times are between 0 and this, so that no sum of them overflows: the year 2116. */
    public static final long LATEST = 1L << 62;

    private static final int LAST = 1;
    private static final int MOST_COUNTERS = 256;

    public DigestHead {
        counters = Map.copyOf(counters);
    }

    /** The same with other counters. */
    public DigestHead withCounters(Map<String, Long> others) {
        return new DigestHead(sensor, run, sequence, before, packets, clock, tenants, last, others);
    }

    public void write(DataOutputStream out) throws IOException {
        out.writeByte(last ? LAST : 0);
        out.writeUTF(sensor);
        out.writeUTF(run);
        out.writeLong(sequence);
        out.writeLong(before);
        out.writeInt(packets);
        out.writeLong(clock);
        out.writeUTF(tenants.name());
        NamedCounters.write(counters, out);
    }

    /** @throws MessageFault where and why the octets are no such head; other exceptions are those of the stream */
    public static DigestHead read(DataInputStream in) throws IOException {
        boolean last = (in.readUnsignedByte() & LAST) != 0;
        String sensor = Checks.name("sensor", in.readUTF()), run = Checks.name("run", in.readUTF());
        long sequence = Checks.sequence("sequence", in.readLong());
        long before = Checks.upTo("before", in.readLong(), Long.MAX_VALUE - MOST_PACKETS);
        int packets = (int) Checks.upTo("packets", in.readInt(), MOST_PACKETS);
        long clock = Checks.upTo("clock", in.readLong(), LATEST);
        TenantMode tenants = tenants(in.readUTF());
        return new DigestHead(sensor, run, sequence, before, packets, clock, tenants, last, counters(in));
    }

    private static TenantMode tenants(String name) throws MessageFault {
        for (TenantMode each : TenantMode.values()) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw new MessageFault("tenants", "'" + Checks.clipped(name) + "' is none of " + List.of(TenantMode.values()));
    }

    private static Map<String, Long> counters(DataInputStream in) throws IOException {
        Map<String, Long> counters = NamedCounters.read(in);
        Checks.upTo("counters", counters.size(), MOST_COUNTERS);
        for (Map.Entry<String, Long> each : counters.entrySet()) {
            Checks.name("counter", each.getKey().replace(':', '-'));
            Checks.upTo("counter " + each.getKey(), each.getValue(), Long.MAX_VALUE);
        }
        return counters;
    }
}
