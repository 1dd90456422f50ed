package dev.weir.testing;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace for a test, deleted with all that is in it when it is closed. Without root the test is skipped. One
 * thread at a time.
 */
public final class Namespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int O_RDONLY = 0, O_CLOEXEC = 0x80000;
    private static final MethodHandle SETNS = libc("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = libc("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle OPEN =
            libc("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name = "weir-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    private final List<Process> processes = new ArrayList<>();

    private static MethodHandle libc(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, options);
    }

    public Namespace() throws IOException {
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root for network namespaces");
        run("ip", "netns", "add", name);
        ip("link", "set", "lo", "up");
    }

    public String name() {
        return name;
    }

    /** Joins two namespaces by a pair of interfaces, both up, that know no IPv6 and so send nothing by themselves. */
    public static void join(Namespace a, String interfaceOfA, Namespace b, String interfaceOfB) throws IOException {
        run("ip", "link", "add", interfaceOfA, "netns", a.name, "type", "veth", "peer", interfaceOfB, "netns", b.name);
        a.quiet(interfaceOfA);
        b.quiet(interfaceOfB);
        a.ip("link", "set", interfaceOfA, "up");
        b.ip("link", "set", interfaceOfB, "up");
    }

    /** Keeps the kernel from sending router solicitations and the like. */
    public void quiet(String interfaceName) throws IOException {
        exec("sysctl", "-qw", "net.ipv6.conf." + interfaceName + ".disable_ipv6=1");
    }

    /** Runs {@code ip} here. */
    public String ip(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "-n", name));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    /** Runs a program here to its end, which must be a good one; what it printed. */
    public String exec(String... command) throws IOException {
        return run(inside(command).toArray(String[]::new));
    }

    /** Starts a program here; ended, at the latest, with the namespace. */
    public Process start(String... command) throws IOException {
        Process process =
                new ProcessBuilder(inside(command)).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private List<String> inside(String... command) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
        all.addAll(List.of(command));
        return all;
    }

    /** Runs a task in a thread that is here. */
    public <T> T call(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(() -> {
            enter();
            return task.call();
        });
        Thread.ofPlatform().name(name).start(future);
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) throw cause;
            throw e;
        }
    }

    /** Moves the calling thread here, for good. */
    public void enter() {
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom("/run/netns/" + name), O_RDONLY | O_CLOEXEC);
            assertThat(fd).as("namespace %s", name).isNotNegative();
            int entered = (int) SETNS.invokeExact(fd, CLONE_NEWNET);
            assertThat((int) CLOSE.invokeExact(fd)).isZero();
            assertThat(entered).isZero();
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("setns", e);
        }
    }

    public static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as("%s: %s", String.join(" ", command), said)
                .isZero();
        return said;
    }

    @Override
    public void close() throws IOException {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        run("ip", "netns", "delete", name);
    }
}
