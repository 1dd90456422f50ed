package dev.weir.bench;

import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.RunningProgram;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.RunOptions;
import dev.weir.packet.PacketVector;

/** What one worker of the data plane does with a vector for a program, and nothing else. One thread; allocates nothing after it was made. */
final class P4Loop implements AutoCloseable {
    /** As many packets as a worker takes at once. */
    static final int VECTOR = 256;

    private final RunningProgram program;
    private final PacketVector packets = new PacketVector(VECTOR);
    private final int[] picks = new int[VECTOR];

    P4Loop(CompiledProgram program) {
        this(program, 0);
    }

    /** @param headroom octets before each packet that the program may write */
    P4Loop(CompiledProgram program, int headroom) {
        this.program = program.start(RunOptions.of(Rules.P4TC).withHeadroom(headroom), VECTOR);
        for (int i = 0; i < VECTOR; i++) picks[i] = i;
    }

    ProgramState state() {
        return program.state();
    }

    int entries(String table) {
        return state().control(table).size();
    }

    /** Takes all packets that the trace has before it ends. */
    void run(Trace trace) {
        while (trace.read(packets) > 0) {
            run(packets);
        }
    }

    /** At the time of its last packet. */
    void run(PacketVector vector) {
        program.process(vector, picks, vector.size, vector.time[vector.size - 1]);
    }

    @Override
    public void close() {
        program.close();
    }
}
