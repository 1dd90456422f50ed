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

    /** Of each packet of the vector, its number among those that were scouted. */
    private final int[] numbers;

    protected PacketCode(ProgramState state) {
        this.state = state;
        wide = state.wide;
        front = state.front;
        numbers = new int[state.verdict.length];
    }

    final void run(PacketVector packets, int[] picks, int n) {
        this.packets = packets;
        data = packets.data;
        TableRun ahead = scouts();
        if (ahead != null && ahead.isLarge()) {
            runAhead(ahead, picks, n);
            return;
        }
        for (int k = 0; k < n; k++) {
            state.begin(packets, picks[k]);
            packet(picks[k]);
        }
    }

    private void runAhead(TableRun ahead, int[] picks, int n) {
        for (int k = 0; k < n; k++) {
            int number = ahead.scouted;
            scout(picks[k]);
            numbers[k] = ahead.scouted > number ? number : -1;
        }
        ahead.warm();
        for (int k = 0; k < n; k++) {
            state.begin(packets, picks[k]);
            ahead.foresee(numbers[k]);
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
