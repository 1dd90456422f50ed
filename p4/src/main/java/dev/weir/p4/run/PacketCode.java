package dev.weir.p4.run;

import dev.weir.packet.PacketVector;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Compiled code of a program, for one worker. What is public is for classes made at run time. */
public abstract class PacketCode {
    protected final ProgramState state;
    protected final long[] wide;
    protected final MemorySegment front;
    protected PacketVector packets = new PacketVector(0);
    protected MemorySegment data = MemorySegment.NULL;

    protected PacketCode(ProgramState state) {
        this.state = state;
        wide = state.wide;
        front = state.front;
    }

    final void run(PacketVector packets, int[] picks, int n) {
        this.packets = packets;
        data = packets.data;
        TableRun ahead = scouts();
        if (ahead != null && ahead.isLarge()) {
            for (int k = 0; k < n; k++) scout(picks[k]);
            ahead.warm();
        }
        for (int k = 0; k < n; k++) {
            state.begin(packets, picks[k]);
            packet(picks[k]);
        }
    }

    /** The table that {@link #scout} is about; {@code null} when there is none to look ahead for. */
    protected @Nullable TableRun scouts() {
        return null;
    }

    /**
     * Runs a packet until it would do something, and puts the key that it would look up then among {@link TableRun#keys}. It changes nothing that
     * lasts.
     */
    protected void scout(int i) {}

    /** Runs the program on one packet. */
    protected abstract void packet(int i);
}
