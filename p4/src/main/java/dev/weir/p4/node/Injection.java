package dev.weir.p4.node;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.weir.dataplane.graph.NodeContext;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.Verdict;
import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;

/**
 * Runs packets of the controller: they come into the program by {@link CpuPort#NUMBER}, one at a time, and leave by the port that it sends them to. One that it decides
 * nothing about is dropped, as there is no next node for it. One worker's.
 */
final class Injection {
    /** How many packets between two vectors. */
    private static final int PIECE = 64;

    private static final int ROOM = 256, MOST_PASSES = 8;

    private final CpuPort.Lane lane;
    private final RunningProgram program;
    private final NodeContext context;
    private final PacketVector vector = new PacketVector(1, true);
    private final int[] picks = new int[1];

    Injection(CpuPort.Lane lane, RunningProgram program, NodeContext context) {
        this.lane = lane;
        this.program = program;
        this.context = context;
    }

    /** Runs some of those that wait; gives how many were forwarded. */
    int run(long now) {
        int forwarded = 0;
        for (int n = 0; n < PIECE; n++) {
            byte[] packet = lane.poll();
            if (packet == null) break;
            fill(packet, now);
            if (isForwarded(now)) forwarded++;
        }
        return forwarded;
    }

    private void fill(byte[] packet, long now) {
        vector.room(ROOM + packet.length + ROOM, 0);
        MemorySegment.copy(packet, 0, vector.data, JAVA_BYTE, ROOM, packet.length);
        vector.uniform(LinkType.ETHERNET, CpuPort.NUMBER);
        vector.offset[0] = ROOM;
        vector.captured[0] = packet.length;
        vector.length[0] = packet.length;
        vector.time[0] = now;
        vector.offload[0] = 0;
        vector.size = 1;
    }

    private boolean isForwarded(long now) {
        int verdict = Verdict.RECIRCULATE.code;
        for (int pass = 0; pass < MOST_PASSES && verdict == Verdict.RECIRCULATE.code; pass++) {
            program.state().setRecirculated(pass > 0);
            program.process(vector, picks, 1, now);
            verdict = program.state().verdict[0];
        }
        program.state().setRecirculated(false);
        int port = program.state().egress[0];
        if (verdict != Verdict.FORWARD.code) return false;
        if (port == CpuPort.NUMBER) return lane.offer(vector.data, vector.offset[0], vector.captured[0]);
        if (port < 0 || port >= context.ports()) return false;
        return context.send(port, vector.data, vector.offset[0], vector.captured[0], vector.offload[0]) == 0;
    }
}
