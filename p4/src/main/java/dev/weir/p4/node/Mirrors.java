package dev.weir.p4.node;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Reach;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.MirrorSessions;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProgramState;
import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends copies of packets where the sessions say to which a program mirrors them. For sessions of packets as they came it keeps what the program may
 * change of each: as many bytes as the program parses. One a worker; allocates nothing but where longer packets come than ever before.
 */
final class Mirrors implements AutoCloseable {
    private static final int CUT = 1 << 16;

    private final NodeContext context;
    private final MirrorSessions sessions;
    private final Pipeline pipeline;
    private final boolean mirrors;
    private final int ports;
    private @Nullable Target[] targets = {};
    private int version;

    /** How many bytes of each packet are kept. */
    private int front;

    private final long[] keptAt = new long[Batch.CAPACITY];
    private final int[] keptLength = new int[Batch.CAPACITY];
    private final long[] keptOffload = new long[Batch.CAPACITY];
    private Arena arena = Arena.ofShared();
    private MemorySegment kept = MemorySegment.NULL;
    private MemorySegment whole = MemorySegment.NULL;

    /** Where a session leads. */
    private static final class Target {
        private final int[] ports;
        private final MirrorCopy copy;
        private int seen;

        private Target(int[] ports, MirrorCopy copy) {
            this.ports = ports;
            this.copy = copy;
        }

        /** Whether the next packet is one of those that are sent. */
        private boolean samples() {
            boolean sampled = seen == 0;
            seen = seen + 1 == copy.oneIn() ? 0 : seen + 1;
            return sampled;
        }
    }

    Mirrors(MirrorSessions sessions, Pipeline pipeline, NodeContext context) {
        this.context = context;
        this.sessions = sessions;
        this.pipeline = pipeline;
        mirrors = Reach.mirrors(pipeline);
        ports = context.ports();
        follow();
    }

    /** Goes over to what the sessions are now. */
    private void follow() {
        version = sessions.version();
        Map<Integer, Session> all = sessions.all();
        @Nullable
        Target[] next =
                new Target[all.keySet().stream().mapToInt(n -> n + 1).max().orElse(0)];
        boolean keeps = false;
        for (Map.Entry<Integer, Session> each : all.entrySet()) {
            int[] to = each.getValue().replicas().stream()
                    .mapToInt(MirrorSessions.Replica::port)
                    .filter(port -> port < ports)
                    .toArray();
            next[each.getKey()] = new Target(to, each.getValue().copy());
            keeps |= each.getValue().copy().contents() == Contents.PRE_MODIFY;
        }
        targets = next;
        front = keeps && mirrors ? Reach.parsedBytes(pipeline) : 0;
    }

    /** Before the program. */
    void keep(PacketVector p, int[] picks, int n) {
        if (version != sessions.version()) follow();
        if (front == 0) return;
        long bytes = 0;
        int longest = 0;
        for (int k = 0; k < n; k++) {
            bytes += Math.min(front, p.captured[picks[k]]);
            longest = Math.max(longest, p.captured[picks[k]]);
        }
        if (bytes > kept.byteSize() || longest > whole.byteSize()) grow(bytes, longest);
        long at = 0;
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            int here = Math.min(front, p.captured[i]);
            MemorySegment.copy(p.data, p.offset[i], kept, at, here);
            keptAt[i] = at;
            keptLength[i] = p.captured[i];
            keptOffload[i] = p.offload[i];
            at += here;
        }
    }

    private void grow(long bytes, int longest) {
        arena.close();
        arena = Arena.ofShared();
        kept = arena.allocate(Math.max(bytes, 2 * kept.byteSize()));
        whole = arena.allocate(Math.max(longest, CUT));
    }

    /** After the program: sends what it mirrors of a packet. @return how many copies were sent */
    int send(ProgramState state, PacketVector p, int i) {
        int sent = 0;
        for (int slot = 0; slot < ProgramState.MIRROR_SLOTS; slot++) {
            int session = state.mirrors[i * ProgramState.MIRROR_SLOTS + slot];
            Target target = session < 0 || session >= targets.length ? null : targets[session];
            if (target == null || !target.samples()) continue;
            send(target, p, i);
            sent += target.ports.length;
        }
        return sent;
    }

    private void send(Target target, PacketVector p, int i) {
        MirrorCopy copy = target.copy;
        if (copy.contents() == Contents.PRE_MODIFY) {
            MemorySegment came = original(p, i);
            for (int port : target.ports) send(port, came, 0, keptLength[i], copy, keptOffload[i]);
        } else {
            for (int port : target.ports) send(port, p.data, p.offset[i], p.captured[i], copy, p.offload[i]);
        }
    }

    /** A packet that is cut is finished: its checksum would be that of another. */
    private void send(int port, MemorySegment data, long at, int length, MirrorCopy copy, long offload) {
        int bytes = copy.bytes(length);
        context.send(port, data, at, bytes, bytes < length ? 0 : offload);
    }

    /** What was kept of the packet, and behind it what the program did not parse, which is the end of what it has become. */
    private MemorySegment original(PacketVector p, int i) {
        int here = Math.min(front, keptLength[i]), rest = keptLength[i] - here;
        MemorySegment.copy(kept, keptAt[i], whole, 0, here);
        MemorySegment.copy(p.data, p.offset[i] + p.captured[i] - rest, whole, here, rest);
        return whole;
    }

    @Override
    public void close() {
        arena.close();
    }
}
