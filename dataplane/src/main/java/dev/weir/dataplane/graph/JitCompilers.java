package dev.weir.dataplane.graph;

import dev.weir.wire.linux.RealTime;
import dev.weir.wire.linux.ThreadTime;
import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** How long the threads of the JVM that compile methods have had a processor. One thread uses it; asking allocates nothing. */
final class JitCompilers implements LongSupplier {
    /** What HotSpot's are called: the quick compiler's and the optimizing one's. */
    private static final String QUICK = "C1 Compiler", OPTIMIZING = "C2 Compiler";

    private final ThreadTime[] threads = Stream.of(QUICK, OPTIMIZING)
            .flatMapToInt(name -> Arrays.stream(RealTime.threadsNamed(name)))
            .mapToObj(ThreadTime::new)
            .toArray(ThreadTime[]::new);

    /** Nanoseconds; of the threads that there were when this was made. */
    @Override
    public long getAsLong() {
        long sum = 0;
        for (ThreadTime thread : threads) {
            sum += Math.max(0, thread.nanos());
        }
        return sum;
    }
}
