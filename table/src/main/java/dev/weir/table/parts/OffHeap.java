package dev.weir.table.parts;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory for tables: zeroed, page-aligned, taken from the kernel page by page as it is first touched, in huge pages
 * where the kernel gives them (one miss of the address translation instead of one a flow). Fails with
 * {@link OutOfMemoryError} when the address space cannot be had. Any thread may call.
 *
 * <p>{@link Arena#allocate} would write zeros over all of it at once, tens of milliseconds for a table of a million
 * flows.
 */
public final class OffHeap {
    private static final long PROT_READ_WRITE = 3;
    private static final long MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final long MADV_HUGEPAGE = 14;
    private static final long HUGE_PAGE = 2L << 20, PAGE = 4096;

    private OffHeap() {}

    /** Binds the calls, if that was not done yet. */
    public static void prepare() {
        boolean _ = Libc.AVAILABLE;
    }

    /** {@code bytes} zero octets that live as long as {@code arena}; huge pages from 2 MiB on. */
    public static MemorySegment allocate(long bytes, Arena arena) {
        return map(bytes, arena, bytes >= HUGE_PAGE);
    }

    /** The same without huge pages: for regions of which only few pages will ever be touched. */
    public static MemorySegment allocateSparse(long bytes, Arena arena) {
        return map(bytes, arena, false);
    }

    /** Has the kernel give now all memory of a region, which it gives else as it is touched; contents stay. The owner calls. */
    public static void touch(long address, long bytes) {
        for (long at = 0; at < bytes; at += PAGE) {
            Memory.setLong(address + at, Memory.getLong(address + at));
        }
    }

    private static MemorySegment map(long bytes, Arena arena, boolean huge) {
        if (!Libc.AVAILABLE) {
            return arena.allocate(bytes, 64);
        }
        try {
            long slack = huge ? HUGE_PAGE : 0;
            long mapped = (long)
                    Libc.MMAP.invokeExact(0L, bytes + slack, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1L, 0L);
            if (mapped == -1) {
                throw new OutOfMemoryError("table memory: bytes=" + bytes + "; give the table less room (--max-flows)");
            }
            long start = huge ? (mapped + HUGE_PAGE - 1) & -HUGE_PAGE : mapped;
            if (huge) {
                long _ = (long) Libc.MADVISE.invokeExact(start, bytes, MADV_HUGEPAGE, 0L, 0L, 0L);
            }
            return MemorySegment.ofAddress(start).reinterpret(bytes, arena, _ -> unmap(mapped, bytes + slack));
        } catch (Error | RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("mmap", e);
        }
    }

    private static void unmap(long address, long bytes) {
        try {
            long _ = (long) Libc.MUNMAP.invokeExact(address, bytes, 0L, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw new IllegalStateException("munmap", e);
        }
    }

    /**
     * The three calls, all bound with one shape of six longs, so that the JVM builds one call stub and not three: that
     * is 15 ms of start-up. Registers beyond a function's parameters are ignored by both calling conventions that Linux
     * has on 64-bit machines.
     */
    private static final class Libc {
        private static final MethodHandle MMAP, MADVISE, MUNMAP;
        private static final boolean AVAILABLE;

        static {
            Linker linker = Linker.nativeLinker();
            FunctionDescriptor shape =
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
            MMAP = bind(linker, shape, "mmap");
            MADVISE = bind(linker, shape, "madvise");
            MUNMAP = bind(linker, shape, "munmap");
            AVAILABLE = System.getProperty("os.name", "").equals("Linux");
        }

        private static MethodHandle bind(Linker linker, FunctionDescriptor shape, String name) {
            return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape);
        }
    }
}
