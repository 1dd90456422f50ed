package dev.weir.wire.linux;

import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;

/**
 * Sends through a packet socket what an AF_XDP socket cannot: packets that the interface is yet to cut into segments. While
 * it is open the interface takes frames for other stations too. A worker's; allocates nothing after it was made.
 */
final class SuperPackets implements AutoCloseable {
    private final PacketSocket socket;
    private final FrameSender sender;
    private final PortCounters counters;

    SuperPackets(XdpSocket.Place place, PortCounters counters) throws PortException {
        this.counters = counters;
        socket = new PacketSocket(place.name());
        try {
            socket.bind(place.interfaceIndex(), 0);
            socket.promiscuous(place.interfaceIndex());
            sender = FrameSender.of(socket, PacketPortOptions.defaults());
        } catch (PortException e) {
            socket.close();
            throw e;
        }
    }

    /** @return a {@link SendFault} */
    int send(MemorySegment data, long offset, int length, long offload) {
        if (!VnetHeader.fits(offload, length)) return SendFault.REFUSED;
        int fault = sender.send(data, offset, length, offload);
        if (fault == SendFault.NONE) {
            counters.add(PortCounters.TX_PACKETS, 1);
            counters.add(PortCounters.TX_BYTES, length);
        }
        return fault;
    }

    @Override
    public void close() {
        sender.close();
        socket.close();
    }
}
