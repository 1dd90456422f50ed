package dev.weir.wire;

import dev.weir.packet.PacketVector;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several sources as one stream in the order of time; packets of the same instant in the order of the sources. A source
 * that is not in order itself stays as it is. Interfaces of different sources are different ports, numbered as they are
 * met. Packets are copied into the vector.
 *
 * <p>A damaged source ends where it is damaged and the others go on; what was wrong is thrown at the end of all.
 */
final class MergedSource implements PacketSource {
    private static final int AHEAD = 256;
    /** Octets of a vector's memory at most, as far as single packets allow. */
    private static final int MOST = 1 << 19;

    private final List<PacketSource> sources;
    /** A heap of the sources that have packets, the one with the next packet first. */
    private final Lane[] heap;

    private int lanes;
    private int ports;
    private long packets;
    private boolean started;
    private boolean ended;
    private @Nullable CaptureException damage;

    /** One source, and what of it was read ahead. */
    private static final class Lane {
        final PacketSource source;
        final int order;
        final PacketVector ahead = new PacketVector(AHEAD);
        int next;
        long nextTime;
        int[] port = {};

        Lane(PacketSource source, int order) {
            this.source = source;
            this.order = order;
        }

        boolean before(Lane other) {
            return nextTime < other.nextTime || (nextTime == other.nextTime && order < other.order);
        }
    }

    MergedSource(List<PacketSource> sources) {
        this.sources = List.copyOf(sources);
        heap = new Lane[sources.size()];
    }

    @Override
    public int read(PacketVector vector) throws CaptureException {
        vector.size = 0;
        vector.first = packets + 1;
        vector.mixed();
        if (ended) return 0;
        if (!started) start();
        int filled = 0;
        ByteBuffer room = vector.room(MOST, 0);
        while (lanes > 0 && vector.size < vector.capacity()) {
            Lane lane = heap[0];
            int octets = lane.ahead.captured[lane.next];
            if (room.capacity() - filled < octets) {
                if (vector.size > 0) break;
                room = vector.room(octets, 0);
            }
            take(lane, vector, filled);
            filled += octets;
            advance(lane);
        }
        packets += vector.size;
        if (vector.size == 0) {
            ended = true;
            if (damage != null) throw damage;
        }
        return vector.size;
    }

    private void start() {
        started = true;
        for (int i = 0; i < sources.size(); i++) {
            Lane lane = new Lane(sources.get(i), i);
            if (!refill(lane)) continue;
            heap[lanes++] = lane;
            for (int at = lanes - 1; at > 0 && heap[at].before(heap[(at - 1) / 2]); at = (at - 1) / 2) {
                swap(at, (at - 1) / 2);
            }
        }
    }

    private void take(Lane lane, PacketVector vector, int filled) {
        PacketVector from = lane.ahead;
        int i = lane.next;
        int n = vector.size;
        MemorySegment.copy(from.data, from.offset[i], vector.data, filled, from.captured[i]);
        vector.offset[n] = filled;
        vector.captured[n] = from.captured[i];
        vector.length[n] = from.length[i];
        vector.time[n] = from.time[i];
        vector.link[n] = from.link[i];
        vector.port[n] = port(lane, from.port[i]);
        vector.size = n + 1;
    }

    private int port(Lane lane, int own) {
        if (own >= lane.port.length) {
            int known = lane.port.length;
            lane.port = Arrays.copyOf(lane.port, Math.max(2 * known, own + 1));
            Arrays.fill(lane.port, known, lane.port.length, -1);
        }
        if (lane.port[own] < 0) lane.port[own] = ports++;
        return lane.port[own];
    }

    /** Steps to the lane's next packet, and puts the lane where it now belongs. */
    private void advance(Lane lane) {
        lane.next++;
        if (lane.next < lane.ahead.size) {
            lane.nextTime = lane.ahead.time[lane.next];
        } else if (!refill(lane)) {
            heap[0] = heap[--lanes];
        }
        sink();
    }

    private void sink() {
        int at = 0;
        while (true) {
            int least = at;
            int left = 2 * at + 1;
            if (left < lanes && heap[left].before(heap[least])) least = left;
            if (left + 1 < lanes && heap[left + 1].before(heap[least])) least = left + 1;
            if (least == at) return;
            swap(at, least);
            at = least;
        }
    }

    private void swap(int a, int b) {
        Lane lane = heap[a];
        heap[a] = heap[b];
        heap[b] = lane;
    }

    private boolean refill(Lane lane) {
        lane.next = 0;
        try {
            if (lane.source.read(lane.ahead) == 0) return false;
        } catch (CaptureException e) {
            if (damage == null) damage = e;
            else damage.addSuppressed(e);
            return false;
        }
        lane.nextTime = lane.ahead.time[0];
        return true;
    }

    @Override
    public boolean isPrompt() {
        return sources.stream().allMatch(PacketSource::isPrompt);
    }

    @Override
    public int timeDigits() {
        int digits = 0;
        for (PacketSource each : sources) digits = Math.max(digits, each.timeDigits());
        return digits;
    }

    @Override
    public long bytesRead() {
        long sum = 0;
        for (PacketSource each : sources) sum += each.bytesRead();
        return sum;
    }

    @Override
    public long bytesTotal() {
        long sum = 0;
        for (PacketSource each : sources) {
            if (each.bytesTotal() < 0) return -1;
            sum += each.bytesTotal();
        }
        return sum;
    }

    @Override
    public long dropped() {
        long sum = 0;
        for (PacketSource each : sources) sum += each.dropped();
        return sum;
    }

    @Override
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (PacketSource each : sources) notes.addAll(each.notes());
        return notes;
    }

    @Override
    public void close() throws IOException {
        ended = true;
        IOException failed = null;
        for (PacketSource each : sources) {
            try {
                each.close();
            } catch (IOException e) {
                if (failed == null) failed = e;
                else failed.addSuppressed(e);
            }
        }
        if (failed != null) throw failed;
    }
}
