package dev.weir.server.api.access;

import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.common.util.ThreadFactories;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Capability;
import dev.weir.wire.linux.Niceness;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.Future;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the API. Packets come first: they are few, and where a processor is short they let workers go before. They
 * have no capability but that to bind low ports where needed.
 */
final class ApiThreads {
    private static final int CALLS = 4;

    private ApiThreads() {}

    /** One thread that moves octets. */
    static EventLoopGroup eventLoop() {
        return group("weir-api", Set.of());
    }

    /** One thread that accepts connections, a listener. */
    static EventLoopGroup acceptor(boolean lowPorts) {
        return group("weir-api-accept", lowPorts ? Set.of(Capability.NET_BIND_SERVICE) : Set.of());
    }

    private static EventLoopGroup group(String name, Set<Capability> kept) {
        return new Loop(ThreadFactories.builder(name)
                .eventLoop(true)
                .daemon(true)
                .taskFunction(task -> keepingOnly(kept, task))
                .build());
    }

    /** Those that serve calls, which may wait for the workers' answers. */
    static BlockingTaskExecutor calls() {
        return BlockingTaskExecutor.builder()
                .threadNamePrefix("weir-api-call")
                .numThreads(CALLS)
                .daemon(true)
                .taskFunction(task -> keepingOnly(Set.of(), task))
                .build();
    }

    /** One thread, which ends when it is told to, and does not wait two seconds for more to do. */
    private static final class Loop extends MultiThreadIoEventLoopGroup {
        private static final long PATIENCE_SECONDS = 2;

        Loop(ThreadFactory threads) {
            super(1, threads, EpollIoHandler.newFactory());
        }

        @Override
        public Future<?> shutdownGracefully() {
            return shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static Runnable keepingOnly(Set<Capability> kept, Runnable task) {
        return () -> {
            Niceness.set(Niceness.LOWEST_PRIORITY);
            Capabilities.keepOnly(kept);
            task.run();
        };
    }
}
