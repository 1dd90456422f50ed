package dev.weir.wire.linux;

import static dev.weir.wire.linux.Libc.function;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls of the control path, which not every port needs: eBPF, capabilities, limits, epoll. Each returns what the manual
 * page says, a failure as the negative {@link Errno}, as those of {@link Libc} do. Any thread; allocates nothing.
 */
final class SystemCalls {
    static final int EPOLL_CLOEXEC = 0x80000, EPOLL_CTL_ADD = 1, EPOLLIN = 1;
    /** {@code struct epoll_event}, at its longest: 0 events, then 8 octets of ours. */
    static final int EPOLL_EVENT_SIZE = 16;

    private static final MethodHandle SYSCALL = function(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle PRCTL = function(
            "prctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle CAPGET = function("capget", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle CAPSET = function("capset", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETRLIMIT =
            function("getrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SETRLIMIT =
            function("setrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle CLOCK_GETTIME =
            function("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle SCHED_GETAFFINITY =
            function("sched_getaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle SCHED_SETAFFINITY =
            function("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle GETTID = function("gettid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle EPOLL_CREATE1 =
            function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EPOLL_CTL =
            function("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));

    /** x86 has a table of its own, as have POWER and z; the others in 64 bits share one. */
    private static final long BPF = switch (System.getProperty("os.arch")) {
        case "amd64", "x86_64" -> 321;
        case "ppc64", "ppc64le" -> 361;
        case "s390x" -> 351;
        default -> 280;
    };

    private static final long SCHED_SETATTR = switch (System.getProperty("os.arch")) {
        case "amd64", "x86_64" -> 314;
        case "ppc64", "ppc64le" -> 355;
        case "s390x" -> 345;
        default -> 274;
    };
    private static final long SCHED_GETATTR = SCHED_SETATTR + 1;

    private SystemCalls() {}

    /** bpf(2), which libc has no function for. */
    static int bpf(int command, MemorySegment attributes) {
        return bpf(command, attributes, attributes.byteSize());
    }

    /** The same for a command that takes the first octets only of its attributes; some refuse more. */
    static int bpf(int command, MemorySegment attributes, long octets) {
        return system(BPF, command, attributes, octets);
    }

    /** sched_getattr(2), which old versions of libc have no function for; 0 is the calling thread. */
    static int schedulerAttributes(int thread, MemorySegment attributes) {
        return system(SCHED_GETATTR, thread, attributes, attributes.byteSize());
    }

    /** sched_setattr(2), likewise. */
    static int setSchedulerAttributes(int thread, MemorySegment attributes) {
        return system(SCHED_SETATTR, thread, attributes, 0);
    }

    /** @param thread 0 for the calling one */
    static int schedGetAffinity(int thread, MemorySegment mask) {
        return call(SCHED_GETAFFINITY, thread, mask.byteSize(), mask);
    }

    static int schedSetAffinity(int thread, MemorySegment mask) {
        return call(SCHED_SETAFFINITY, thread, mask.byteSize(), mask);
    }

    /** gettid(2): the kernel's number of the calling thread. */
    static int gettid() {
        MemorySegment state = Libc.STATES.get();
        try {
            return Libc.checked((int) GETTID.invokeExact(state), state);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    private static int system(long number, long first, MemorySegment second, long third) {
        MemorySegment state = Libc.STATES.get();
        try {
            return (int) Libc.checked((long) SYSCALL.invokeExact(state, number, first, second, third, 0L), state);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    static int prctl(int option, long second, long third) {
        MemorySegment state = Libc.STATES.get();
        try {
            return Libc.checked((int) PRCTL.invokeExact(state, option, second, third, 0L, 0L), state);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    static int capget(MemorySegment header, MemorySegment data) {
        return call(CAPGET, header, data);
    }

    static int capset(MemorySegment header, MemorySegment data) {
        return call(CAPSET, header, data);
    }

    /** @param limit two longs: what is in force, and the highest that may be set */
    static int getrlimit(int resource, MemorySegment limit) {
        return call(GETRLIMIT, resource, limit);
    }

    static int setrlimit(int resource, MemorySegment limit) {
        return call(SETRLIMIT, resource, limit);
    }

    /** @param time two longs: seconds, and nanoseconds of the next one */
    static int clockGetTime(int clock, MemorySegment time) {
        return call(CLOCK_GETTIME, clock, time);
    }

    static int epollCreate() {
        MemorySegment state = Libc.STATES.get();
        try {
            return Libc.checked((int) EPOLL_CREATE1.invokeExact(state, EPOLL_CLOEXEC), state);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    static int epollControl(int epoll, int operation, int fd, MemorySegment event) {
        MemorySegment state = Libc.STATES.get();
        try {
            return Libc.checked((int) EPOLL_CTL.invokeExact(state, epoll, operation, fd, event), state);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    private static int call(MethodHandle function, MemorySegment first, MemorySegment second) {
        MemorySegment state = Libc.STATES.get();
        try {
            return Libc.checked((int) function.invokeExact(state, first, second), state);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    private static int call(MethodHandle function, int first, MemorySegment second) {
        MemorySegment state = Libc.STATES.get();
        try {
            return Libc.checked((int) function.invokeExact(state, first, second), state);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    private static int call(MethodHandle function, int first, long second, MemorySegment third) {
        MemorySegment state = Libc.STATES.get();
        try {
            return Libc.checked((int) function.invokeExact(state, first, second, third), state);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }
}
