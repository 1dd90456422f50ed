package dev.weir.dataplane.graph;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.weir.table.FlowTableConfig;
import dev.weir.testing.Frames;
import dev.weir.wire.Port;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortQueue;
import dev.weir.wire.linux.PacketPort;
import dev.weir.wire.linux.PacketPortOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A worker between two cables, asked ten times a second whether it has finished, as {@code weir run} does: packets of flows
 * that begin and end, in bursts after each of which it falls asleep.
 */
@Timeout(120)
class LiveAllocationTest {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final long PACKETS = 500_000, ASK_NANOS = 100_000_000;
    private static final int WINDOWS = 16;
    private static final int BURST = 512, BURSTS_A_PAUSE = 64, FLOWS = 20_000;
    private static final long PAUSE_NANOS = 3_000_000;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void worker_onLivePorts_allocatesNothing() throws Exception {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root for a network namespace");
        var inNamespace = new FutureTask<>(() -> {
            enterNamespace();
            join("gen", "left");
            join("right", "sink");
            return allocated();
        });
        Thread.ofPlatform().start(inNamespace);
        assertThat(inNamespace.get()).as("octets, by %,d packets", PACKETS).endsWith(0L);
    }

    /** A network namespace that goes with the thread and its sockets. */
    private static void enterNamespace() throws Exception {
        try {
            int status = (int) Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("unshare"),
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT))
                    .invokeExact(CLONE_NEWNET);
            assertThat(status).isZero();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("unshare", e);
        }
        run("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
    }

    private static void join(String one, String other) throws IOException, InterruptedException {
        run("ip", "link", "add", one, "type", "veth", "peer", other);
        run("ip", "link", "set", one, "up");
        run("ip", "link", "set", other, "up");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as(String.join(" ", command))
                .isZero();
    }

    /** By window, up to the first one without any: until then the compiler is not through. */
    private List<Long> allocated() throws IOException {
        PacketPortOptions options = PacketPortOptions.defaults();
        List<Port> ports = List.of(PacketPort.open("left", options), PacketPort.open("right", options.withIndex(1)));
        GraphConfig config = GraphConfig.builder()
                .ports("left", "right")
                .node("path", new StaticPath("left", "right"))
                .table(FlowTableConfig.defaults().withMaxFlows(4 * FLOWS).withLifetime(1000))
                .build();
        try (Port generator = PacketPort.open("gen", options.withBypassQdisc(true));
                Dataplane plane = Dataplane.start(config, ports, DataplaneOptions.defaults());
                var traffic = new Traffic(generator)) {
            PortCounters sent = ports.get(1).queues().getFirst().counters();
            long worker = worker();
            var allocated = new ArrayList<Long>();
            for (int window = 1; window <= WINDOWS; window++) {
                long before = threads.getThreadAllocatedBytes(worker);
                traffic.until(plane, sent, window * PACKETS);
                allocated.add(threads.getThreadAllocatedBytes(worker) - before);
                if (allocated.getLast() == 0) {
                    break;
                }
            }
            return allocated;
        }
    }

    private long worker() {
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(info -> info.getThreadName().equals("weir-worker-0"))
                .mapToLong(ThreadInfo::getThreadId)
                .findFirst()
                .orElseThrow();
    }

    /** Frames of 64 octets, UDP, whose flows change over time. */
    private static final class Traffic implements AutoCloseable {
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment frame;
        private final PortQueue queue;
        private long number;

        Traffic(Port generator) {
            byte[] octets = Frames.ethernet(Frames.ipv4(1, 2, Frames.UDP, Frames.udp(1, 2, Frames.payload(22))));
            frame = arena.allocate(octets.length).copyFrom(MemorySegment.ofArray(octets));
            queue = generator.queues().getFirst();
        }

        /** Sends until the data plane has sent so many. */
        void until(Dataplane plane, PortCounters sent, long packets) {
            long asked = System.nanoTime();
            for (int burst = 0; sent.get(PortCounters.TX_PACKETS) < packets; burst++) {
                for (int i = 0; i < BURST; i++) {
                    long flow = number++ % FLOWS + number / (4 * FLOWS) * FLOWS;
                    frame.set(INT, 14 + 12, (int) flow);
                    queue.send(frame, 0, (int) frame.byteSize(), 0);
                }
                queue.flush();
                if (burst % BURSTS_A_PAUSE == 0) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
                if (System.nanoTime() - asked > ASK_NANOS) {
                    asked = System.nanoTime();
                    assertThat(plane.isFinished()).isFalse();
                }
            }
        }

        @Override
        public void close() {
            arena.close();
        }
    }
}
