package dev.weir.wire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.wire.PortException;
import dev.weir.wire.SendFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sends frames by one call each, a virtio header before: those that are too long for a {@link SendRing}, super-packets
 * above all, and all of a TAP device. One thread; allocates nothing after it was made.
 */
final class FrameSender implements AutoCloseable {
    private static final int BUFFER = 1 << 24, MAX = 1 << 17;
    /** {@code struct iovec}: address, length. */
    private static final int VECTOR = 16, VECTOR_LENGTH = 8;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment header = arena.allocate(VnetHeader.SIZE, 8);
    private final MemorySegment vectors = arena.allocate(2 * VECTOR, 8);
    private final MemorySegment copy = arena.allocate(MAX, 8);
    private final int fd;

    /** @param fd a socket's or a TAP device's, which stays the caller's to close */
    FrameSender(int fd) {
        this.fd = fd;
        vectors.set(JAVA_LONG, 0, header.address());
        vectors.set(JAVA_LONG, VECTOR_LENGTH, header.byteSize());
    }

    /** Readies a packet socket for one. */
    static FrameSender of(PacketSocket socket, PacketPortOptions options) throws PortException {
        socket.option(PacketSocket.VNET_HEADER, 1, "send virtio headers");
        if (options.bypassQdisc()) socket.option(PacketSocket.QDISC_BYPASS, 1, "bypass the queueing discipline");
        socket.buffers(BUFFER);
        return new FrameSender(socket.descriptor());
    }

    /** Sends one frame; a {@link SendFault}. */
    int send(MemorySegment data, long offset, int length, long offload) {
        if (length > MAX) return SendFault.TOO_LONG;
        long address = data.address() + offset;
        if (!data.isNative()) {
            MemorySegment.copy(data, offset, copy, 0, length);
            address = copy.address();
        }
        VnetHeader.write(header, 0, offload, offload == 0 ? 0 : VnetHeader.headers(data, offset, length, offload));
        vectors.set(JAVA_LONG, VECTOR, address);
        vectors.set(JAVA_LONG, VECTOR + VECTOR_LENGTH, length);
        return fault(Libc.writev(fd, vectors, 2));
    }

    private static int fault(long result) {
        if (result >= 0) return SendFault.NONE;
        return switch ((int) -result) {
            case Errno.EAGAIN, Errno.ENOBUFS -> SendFault.RING_FULL;
            case Errno.EMSGSIZE -> SendFault.TOO_LONG;
            case Errno.ENETDOWN, Errno.ENXIO, Errno.ENODEV, Errno.EIO, Errno.EBADFD -> SendFault.PORT_DOWN;
            default -> SendFault.REFUSED;
        };
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) arena.close();
    }
}
