package dev.weir.p4.node;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.NodeContext;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Reach;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.ProgramState;
import dev.weir.packet.PacketVector;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * Sends copies of packets where the sessions say to which a program mirrors them. For sessions of packets as they came it keeps what the program may
 * change of each: as many bytes as the program parses. One a worker; allocates nothing but where longer packets come than ever before.
 */
final class Mirrors implements AutoCloseable {
    private static final int CUT = 1 << 16;

    private final NodeContext context;
    private final MirrorCopy[] copies;
    private final int[] ports;
    private final int[] seen;
    /** How many bytes of each packet are kept. */
    private final int front;

    private final long[] keptAt = new long[Batch.CAPACITY];
    private final int[] keptLength = new int[Batch.CAPACITY];
    private final long[] keptOffload = new long[Batch.CAPACITY];
    private Arena arena = Arena.ofShared();
    private MemorySegment kept = MemorySegment.NULL;
    private MemorySegment whole = MemorySegment.NULL;

    Mirrors(Map<Integer, MirrorSession> sessions, Pipeline pipeline, NodeContext context) {
        this.context = context;
        int end = sessions.keySet().stream().mapToInt(n -> n + 1).max().orElse(0);
        copies = new MirrorCopy[end];
        ports = new int[end];
        seen = new int[end];
        sessions.forEach((number, session) -> {
            copies[number] = session.copy();
            ports[number] = context.port(session.port());
        });
        boolean keeps = Reach.mirrors(pipeline)
                && sessions.values().stream().anyMatch(s -> s.copy().contents() == Contents.PRE_MODIFY);
        front = keeps ? Reach.parsedBytes(pipeline) : 0;
    }

    /** Before the program. */
    void keep(PacketVector p, int[] picks, int n) {
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
            if (session < 0 || session >= copies.length || copies[session] == null) continue;
            MirrorCopy copy = copies[session];
            boolean sampled = seen[session] == 0;
            seen[session] = seen[session] + 1 == copy.oneIn() ? 0 : seen[session] + 1;
            if (!sampled) continue;
            if (copy.contents() == Contents.PRE_MODIFY) {
                send(ports[session], original(p, i), 0, keptLength[i], copy, keptOffload[i]);
            } else {
                send(ports[session], p.data, p.offset[i], p.captured[i], copy, p.offload[i]);
            }
            sent++;
        }
        return sent;
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
