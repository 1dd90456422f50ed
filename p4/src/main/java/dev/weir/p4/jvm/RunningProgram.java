package dev.weir.p4.jvm;

import dev.weir.p4.run.PacketCode;
import dev.weir.p4.run.ProgramState;
import dev.weir.packet.PacketVector;

/** A program that one worker runs. Its thread makes every call; {@link #process} allocates nothing. */
public final class RunningProgram implements AutoCloseable {
    private final ProgramState state;
    private final PacketCode code;

    RunningProgram(ProgramState state, PacketCode code) {
        this.state = state;
        this.code = code;
    }

    /**
     * Runs the packets {@code picks[0]} to {@code picks[n - 1]} of a vector, in that order. Packets are changed in place; their offset and lengths in the
     * vector follow. What was decided is in {@link #state}.
     *
     * @param now nanoseconds, not before that of the last call
     */
    public void process(PacketVector packets, int[] picks, int n, long now) {
        state.run(code, packets, picks, n, now);
    }

    public ProgramState state() {
        return state;
    }

    /** Gives all memory back; nothing may be called afterwards. */
    @Override
    public void close() {
        state.close();
    }
}
