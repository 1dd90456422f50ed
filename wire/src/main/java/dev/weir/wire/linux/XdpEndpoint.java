package dev.weir.wire.linux;

import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import java.lang.foreign.MemorySegment;

/** An AF_XDP socket on a queue of the interface: receives and sends. */
final class XdpEndpoint implements Endpoint {
    private final XdpSocket socket;
    private final XdpReceiver receiver;
    private final XdpTransmitter transmitter;
    private final SuperPackets superPackets;
    private final PortCounters counters;

    XdpEndpoint(XdpSocket.Place place, XdpOptions options, PortCounters counters) throws PortException {
        this.counters = counters;
        superPackets = new SuperPackets(place, counters);
        try {
            socket = XdpSocket.open(place, options.zeroCopy());
        } catch (PortException e) {
            superPackets.close();
            throw e;
        }
        receiver = new XdpReceiver(socket, counters, options.index());
        transmitter = new XdpTransmitter(socket, counters);
    }

    @Override
    public int receive(PacketVector vector, long clockOffset) {
        int packets = receiver.receive(vector, clockOffset);
        if (packets == 0) transmitter.flushStuck();
        return packets;
    }

    @Override
    public void release() {
        receiver.release();
    }

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        if (!Offload.isSegmented(offload)) return transmitter.send(data, offset, length, offload);
        transmitter.flush(); // what came before leaves before
        return superPackets.send(data, offset, length, offload);
    }

    @Override
    public boolean flush() {
        return transmitter.flush();
    }

    @Override
    public int descriptor() {
        return socket.descriptor;
    }

    @Override
    public long dropped() {
        socket.readStatistics();
        return socket.dropped();
    }

    /** How many of those that {@link #dropped} last told of, or that were put together, were longer than can be received. */
    long tooLong() {
        return socket.tooLong() + counters.get(PortCounters.SEGMENTED);
    }

    boolean isZeroCopy() {
        return socket.zeroCopy;
    }

    @Override
    public void close() {
        socket.close();
        superPackets.close();
    }
}
