package dev.weir.p4.jvm;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.run.PacketCode;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.RunOptions;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** A pipeline as a class of the JVM. Immutable; any thread; a worker has {@link #start} make it an instance of its own. */
public final class CompiledProgram {
    private final Pipeline pipeline;
    private final byte[] classFile;
    private final int wideWords;
    private final int frontBytes;
    private final MethodHandle constructor;

    CompiledProgram(Pipeline pipeline, byte[] classFile, int wideWords, int frontBytes) {
        this.pipeline = pipeline;
        this.classFile = classFile;
        this.wideWords = wideWords;
        this.frontBytes = frontBytes;
        try {
            MethodHandles.Lookup hidden = MethodHandles.lookup().defineHiddenClass(classFile, true);
            constructor =
                    hidden.findConstructor(hidden.lookupClass(), MethodType.methodType(void.class, ProgramState.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the compiler made a class that the JVM does not take", e);
        }
    }

    public Pipeline pipeline() {
        return pipeline;
    }

    byte[] classFile() {
        return classFile;
    }

    /**
     * Makes tables and all else that the program needs, and an instance of its code.
     *
     * @param capacity how many packets a vector can have
     * @throws IllegalArgumentException when something that the program declares is larger than can be had
     */
    public RunningProgram start(RunOptions options, int capacity) {
        ProgramState state = new ProgramState(pipeline, options, capacity, wideWords, frontBytes);
        try {
            return new RunningProgram(state, (PacketCode) constructor.invoke(state));
        } catch (Throwable e) {
            state.close();
            throw new AssertionError("the compiled program does not begin", e);
        }
    }
}
