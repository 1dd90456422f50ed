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
            scoutAll(ahead, picks, n);
            ahead.warm();
            runAhead(ahead, picks, n);
        } else {
            runAll(picks, n);
        }
    }

    /** Before {@link #packet}; the packet before may have moved all of them. */
    protected final void begin(int i) {
        data = packets.data;
        state.begin(packets, i);
    }

    /** Before {@link #packet} of one that may have been scouted. */
    protected final void begin(TableRun ahead, int k, int i) {
        begin(i);
        ahead.foresee(numbers[k]);
    }

    /** After {@link #scout}; {@code before} is how many were scouted then. */
    protected final void scouted(TableRun ahead, int k, int before) {
        numbers[k] = ahead.scouted > before ? before : -1;
    }

    /**
     * Begins and runs each of the packets. This and the next two are made with the program, so that their calls lead to one place, whatever other programs
     * the process has.
     */
    protected abstract void runAll(int[] picks, int n);

    protected void runAhead(TableRun ahead, int[] picks, int n) {
        runAll(picks, n);
    }

    protected void scoutAll(TableRun ahead, int[] picks, int n) {}

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
