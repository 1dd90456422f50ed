package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.testing.Allocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class LibcTest {
    private static final int SO_RCVBUF = 8;

    @Test
    void call_thatFails_givesTheNegativeErrno() {
        assertThat(Libc.close(-1)).isEqualTo(-Errno.EBADF);
        assertThat(Libc.open("/nowhere/at/all", Libc.O_RDONLY)).isEqualTo(-Errno.ENOENT);
        assertThat(Libc.socket(-1, 0, 0)).isEqualTo(-Errno.EAFNOSUPPORT);
        assertThat(Libc.mmap(0, 0, 0, 0, -1, 0)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void describe_givesWordsAndSymbol() {
        assertThat(Errno.describe(-Errno.EPERM)).isEqualTo("operation not permitted (EPERM)");
        assertThat(Errno.describe(71)).isEqualTo("protocol error (errno 71)");
    }

    @Test
    void eventfd_writtenAndRead_isReadableInBetween() {
        int fd = Libc.eventfd(0, Libc.EFD_NONBLOCK | Libc.EFD_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_LONG, 7);
            assertThat(Libc.awaitReadable(fd, 0)).isZero();
            assertThat(Libc.read(fd, value)).isEqualTo(-Errno.EAGAIN);
            assertThat(Libc.write(fd, value)).isEqualTo(8);
            assertThat(Libc.awaitReadable(fd, 1000)).isOne();
            value.set(JAVA_LONG, 0, 0);
            assertThat(Libc.read(fd, value)).isEqualTo(8);
            assertThat(value.get(JAVA_LONG, 0)).isEqualTo(7);
        } finally {
            assertThat(Libc.close(fd)).isZero();
        }
    }

    @Test
    void readvAndWritev_gatherAndScatter() {
        int fd = Libc.open("/dev/zero", Libc.O_RDWR | Libc.O_CLOEXEC);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(8);
            room.fill((byte) 1);
            MemorySegment vectors = arena.allocate(32, 8);
            vectors.set(ADDRESS, 0, room);
            vectors.set(JAVA_LONG, 8, 2);
            vectors.set(ADDRESS, 16, room.asSlice(5));
            vectors.set(JAVA_LONG, 24, 1);
            assertThat(Libc.writev(fd, vectors, 2)).isEqualTo(3);
            assertThat(Libc.readv(fd, vectors, 2)).isEqualTo(3);
            assertThat(room.toArray(JAVA_BYTE)).containsExactly(0, 0, 1, 1, 1, 0, 1, 1);
        } finally {
            Libc.close(fd);
        }
    }

    @Test
    void socketOption_set_isReadBack() {
        int fd = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Libc.setsockopt(fd, Libc.SOL_SOCKET, SO_RCVBUF, 10_000)).isZero();
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment size = arena.allocateFrom(JAVA_INT, 4);
            assertThat(Libc.getsockopt(fd, Libc.SOL_SOCKET, SO_RCVBUF, value, size))
                    .isZero();
            assertThat(value.get(JAVA_INT, 0)).isEqualTo(20_000); // the kernel doubles it, socket(7)
        } finally {
            Libc.close(fd);
        }
    }

    @Test
    void interfaces_includeTheLoopback() {
        assertThat(Libc.interfaceNames()).contains("lo");
        assertThat(Libc.interfaceIndex("lo")).isPositive();
        assertThat(Libc.interfaceIndex("no-such-one")).isEqualTo(-Errno.ENODEV);
    }

    @Test
    void calls_inALoop_allocateNothing() {
        int fd = Libc.eventfd(0, Libc.EFD_NONBLOCK);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_LONG, 1);
            assertThat(Allocation.octetsPerCall(5_000, () -> exchange(fd, value)))
                    .isZero();
        } finally {
            Libc.close(fd);
        }
    }

    private static void exchange(int fd, MemorySegment value) {
        Libc.write(fd, value);
        Libc.read(fd, value);
    }
}
