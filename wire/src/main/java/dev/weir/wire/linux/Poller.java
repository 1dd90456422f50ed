package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weir.wire.PortException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where one thread waits for any of its descriptors to become readable, or for another thread to wake it (poll(2) and
 * eventfd(2)). The thread that waits makes all calls but {@link #wake}; waiting allocates nothing.
 */
public final class Poller implements AutoCloseable {
    private static final int POLLNVAL = 32, ERRORS = Libc.POLLERR | Libc.POLLHUP | POLLNVAL;

    private final Arena arena = Arena.ofShared();
    private final int event;
    private final MemorySegment counter = arena.allocate(JAVA_LONG);
    private final MemorySegment one = arena.allocateFrom(JAVA_LONG, 1L);
    private final MemorySegment descriptors;
    private final int limit;
    private int watched;

    /**
     * One that watches up to {@code limit} descriptors.
     *
     * @throws PortException when the kernel gives no eventfd: too many descriptors are open
     */
    public Poller(int limit) throws PortException {
        this.limit = limit;
        event = Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC);
        if (event < 0) {
            arena.close();
            throw new PortException("eventfd", Errno.describe(-event) + "; raise the limit of open files");
        }
        descriptors = arena.allocate((long) (limit + 1) * Libc.POLLFD_SIZE, 8);
        set(0, event);
    }

    private void set(int place, int descriptor) {
        long at = (long) place * Libc.POLLFD_SIZE;
        descriptors.set(JAVA_INT, at, descriptor);
        descriptors.set(JAVA_SHORT, at + Libc.POLLFD_EVENTS, (short) Libc.POLLIN);
    }

    /** Watches none from here on. */
    public void clear() {
        watched = 0;
    }

    /** Watches one more; negative ones and those over the limit are left out. */
    public void watch(int descriptor) {
        if (descriptor >= 0 && watched < limit) {
            set(++watched, descriptor);
        }
    }

    /**
     * Waits until something can be read, somebody calls {@link #wake}, or the time is over. A call of {@link #wake} since
     * the last wait ends this one at once.
     *
     * @return whether it ended early for nothing but errors, as of an interface that is gone
     */
    public boolean await(int timeoutMillis) {
        int ready = Libc.poll(descriptors, watched + 1, timeoutMillis);
        boolean readable = false;
        for (int place = 0; place <= watched; place++) {
            int seen = descriptors.get(JAVA_SHORT, (long) place * Libc.POLLFD_SIZE + Libc.POLLFD_SEEN);
            readable |= ready > 0 && (seen & ERRORS) == 0 && seen != 0;
        }
        boolean _ = Libc.tryRead(event, counter);
        return ready > 0 && !readable;
    }

    /** Ends the wait of the other thread, or its next one. Any thread. */
    public void wake() {
        long _ = Libc.write(event, one);
    }

    /** Gives the descriptor back. Nobody may wait or wake any more. */
    @Override
    public void close() {
        int _ = Libc.close(event);
        arena.close();
    }
}
