package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The calls of libc that ports need, through the Foreign Function and Memory API. Every one returns what the manual page
 * says, except that a failure is the negative {@link Errno} instead of -1, as the kernel itself has it. Integers are in
 * native byte order unless the manual says otherwise; strings are in UTF-8 and end with a zero.
 *
 * <p>Any thread. Allocates nothing once it is compiled for good, but where a string comes or goes; before, the record of
 * errno takes some octets a call. Those that a worker makes too seldom for that, or in each of its cycles, are without
 * errno: {@link #poll}, {@link #tryRead}, {@link #trySend}, {@link #tryOption}. Each call leaves the Java state (it is not
 * {@code critical}): some ten nanoseconds, for which a garbage collection does not wait until the kernel has sent a ring.
 */
final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

    /** Where a thread's calls leave their errno. */
    static final ThreadLocal<MemorySegment> STATES =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle BIND =
            function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle SETSOCKOPT =
            function("setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle MMAP = function(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP =
            function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle POLL =
            withoutErrno("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle TRY_SEND = withoutErrno(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle TRY_READ =
            withoutErrno("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle TRY_OPTION =
            withoutErrno("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SENDTO = function(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECV =
            function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle READ =
            function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle READ_AT =
            function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle WRITE =
            function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle READV =
            function("readv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle WRITEV =
            function("writev", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle EVENTFD =
            function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle IOCTL = function(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle OPEN = function(
            "open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IF_NAMETOINDEX =
            function("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle IF_NAMEINDEX = function("if_nameindex", FunctionDescriptor.of(ADDRESS));
    private static final MethodHandle IF_FREENAMEINDEX =
            function("if_freenameindex", FunctionDescriptor.ofVoid(ADDRESS));

    /** {@code struct if_nameindex}: 0 index, 8 address of the name. */
    private static final int IF_NAMEINDEX_SIZE = 16, IF_NAMEINDEX_NAME = 8, INTERFACES_MAX = 1 << 16;

    private static final int NAME_SIZE = 256;

    static final int AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16, AF_PACKET = 17;
    static final int SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_RAW = 3, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000;
    static final int SOL_SOCKET = 1;
    static final int MSG_TRUNC = 0x20, MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000;
    static final int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2;
    static final int MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20, MAP_POPULATE = 0x8000;
    static final int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000;
    static final int EFD_NONBLOCK = 0x800, EFD_CLOEXEC = 0x80000;
    static final int POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16;
    /** {@code struct pollfd}: 0 descriptor, 4 events asked for, 6 events seen. */
    static final int POLLFD_SIZE = 8, POLLFD_EVENTS = 4, POLLFD_SEEN = 6;

    private Libc() {}

    static MethodHandle function(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = CAPTURE;
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, all);
    }

    private static MethodHandle withoutErrno(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type);
    }

    static int checked(int result, MemorySegment state) {
        return result == -1 ? -errno(state) : result;
    }

    static long checked(long result, MemorySegment state) {
        return result == -1 ? -errno(state) : result;
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /** No call of libc throws; what the handle's type says it may is a fault of this class. */
    static Error unexpected(Throwable e) {
        if (e instanceof Error error) throw error;
        return new LinkageError("a call of libc failed", e);
    }

    static int socket(int domain, int type, int protocol) {
        MemorySegment state = STATES.get();
        try {
            return checked((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int bind(int fd, MemorySegment address) {
        MemorySegment state = STATES.get();
        try {
            return checked((int) BIND.invokeExact(state, fd, address, (int) address.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int setsockopt(int fd, int level, int option, MemorySegment value) {
        MemorySegment state = STATES.get();
        try {
            int result = (int) SETSOCKOPT.invokeExact(state, fd, level, option, value, (int) value.byteSize());
            return checked(result, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The same for an option that is an int. */
    static int setsockopt(int fd, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            return setsockopt(fd, level, option, arena.allocateFrom(JAVA_INT, value));
        }
    }

    /** @param size an int: the room in {@code value}, afterwards how much was written */
    static int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment size) {
        MemorySegment state = STATES.get();
        try {
            return checked((int) GETSOCKOPT.invokeExact(state, fd, level, option, value, size), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** @return the address, or the negative errno, which is no address */
    static long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        MemorySegment state = STATES.get();
        try {
            return checked((long) MMAP.invokeExact(state, address, length, protection, flags, fd, offset), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int munmap(long address, long length) {
        MemorySegment state = STATES.get();
        try {
            return checked((int) MUNMAP.invokeExact(state, address, length), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * @param descriptors begins with {@code count} {@code struct pollfd}s, {@link #POLLFD_SIZE} each
     * @return how many are ready; negative when it failed, as by a signal
     */
    static int poll(MemorySegment descriptors, int count, int timeoutMillis) {
        try {
            return (int) POLL.invokeExact(descriptors, (long) count, timeoutMillis);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Has the kernel send what is in a socket's ring; false when it did not take all, {@link #sendto} says why. */
    static boolean trySend(int fd) {
        try {
            return (long) TRY_SEND.invokeExact(fd, 0L, 0L, MSG_DONTWAIT, 0L, 0) >= 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether something was read. */
    static boolean tryRead(int fd, MemorySegment room) {
        try {
            return (long) TRY_READ.invokeExact(fd, room, room.byteSize()) > 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether the option could be asked for; the parameters are those of {@link #getsockopt}. */
    static boolean tryOption(int fd, int level, int option, MemorySegment value, MemorySegment size) {
        try {
            return (int) TRY_OPTION.invokeExact(fd, level, option, value, size) == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Waits until one descriptor is readable, at most so long. */
    static int awaitReadable(int fd, int timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptor = arena.allocate(POLLFD_SIZE, 4);
            descriptor.set(JAVA_INT, 0, fd);
            descriptor.set(JAVA_SHORT, POLLFD_EVENTS, (short) POLLIN);
            return poll(descriptor, 1, timeoutMillis);
        }
    }

    static long sendto(int fd, MemorySegment data, int flags, MemorySegment address) {
        MemorySegment state = STATES.get();
        try {
            long sent = (long)
                    SENDTO.invokeExact(state, fd, data, data.byteSize(), flags, address, (int) address.byteSize());
            return checked(sent, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static long recv(int fd, MemorySegment room, int flags) {
        MemorySegment state = STATES.get();
        try {
            return checked((long) RECV.invokeExact(state, fd, room, room.byteSize(), flags), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static long read(int fd, MemorySegment room) {
        MemorySegment state = STATES.get();
        try {
            return checked((long) READ.invokeExact(state, fd, room, room.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The same to memory given by its address, which the caller keeps alive; never allocates. */
    static long read(int fd, long address, long length) {
        MemorySegment state = STATES.get();
        try {
            return checked((long) READ_AT.invokeExact(state, fd, address, length), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static long write(int fd, MemorySegment data) {
        MemorySegment state = STATES.get();
        try {
            return checked((long) WRITE.invokeExact(state, fd, data, data.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** @param vectors {@code count} times address and length, 8 bytes each */
    static long readv(int fd, MemorySegment vectors, int count) {
        MemorySegment state = STATES.get();
        try {
            return checked((long) READV.invokeExact(state, fd, vectors, count), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** @param vectors {@code count} times address and length, 8 bytes each */
    static long writev(int fd, MemorySegment vectors, int count) {
        MemorySegment state = STATES.get();
        try {
            return checked((long) WRITEV.invokeExact(state, fd, vectors, count), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int close(int fd) {
        MemorySegment state = STATES.get();
        try {
            return checked((int) CLOSE.invokeExact(state, fd), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int eventfd(int initial, int flags) {
        MemorySegment state = STATES.get();
        try {
            return checked((int) EVENTFD.invokeExact(state, initial, flags), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int ioctl(int fd, long request, MemorySegment argument) {
        MemorySegment state = STATES.get();
        try {
            return checked((int) IOCTL.invokeExact(state, fd, request, argument), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int open(String path, int flags) {
        MemorySegment state = STATES.get();
        try (Arena arena = Arena.ofConfined()) {
            return checked((int) OPEN.invokeExact(state, arena.allocateFrom(path), flags, 0), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** @return the index, from 1, of the interface in the calling thread's network namespace, or the negative errno */
    static int interfaceIndex(String name) {
        MemorySegment state = STATES.get();
        try (Arena arena = Arena.ofConfined()) {
            int index = (int) IF_NAMETOINDEX.invokeExact(state, arena.allocateFrom(name));
            return index == 0 ? -errno(state) : index;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** The names of all interfaces of the calling thread's network namespace; empty when the kernel does not tell. */
    static List<String> interfaceNames() {
        MemorySegment state = STATES.get();
        try {
            MemorySegment all = (MemorySegment) IF_NAMEINDEX.invokeExact(state);
            if (all.address() == 0) return List.of();
            List<String> names = new ArrayList<>();
            MemorySegment list = all.reinterpret((long) INTERFACES_MAX * IF_NAMEINDEX_SIZE);
            for (long at = 0; list.get(JAVA_INT, at) != 0; at += IF_NAMEINDEX_SIZE) {
                MemorySegment name = list.get(ADDRESS, at + IF_NAMEINDEX_NAME);
                names.add(name.reinterpret(NAME_SIZE).getString(0));
            }
            IF_FREENAMEINDEX.invokeExact(state, all);
            return names;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }
}
