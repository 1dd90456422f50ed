package dev.weir.wire.linux;

import dev.weir.packet.Ethernet;
import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;

/**
 * For a worker that the interface has no queue for: sends through a packet socket and receives nothing. An AF_XDP socket
 * needs a queue of its own, or shares another's completion ring, which then needs a lock.
 */
final class SendOnlyEndpoint implements Endpoint {
    private final PacketSocket socket;
    private final SendRing ring;
    private final SuperPackets superPackets;
    private final int maxFrame;

    SendOnlyEndpoint(XdpSocket.Place place, XdpOptions options, PortCounters counters) throws PortException {
        maxFrame = place.layout().maxFrame();
        superPackets = new SuperPackets(place, counters);
        try {
            socket = new PacketSocket(place.name());
            ring = ring(place, options, counters);
        } catch (PortException e) {
            superPackets.close();
            throw e;
        }
    }

    private SendRing ring(XdpSocket.Place place, XdpOptions options, PortCounters counters) throws PortException {
        try {
            PacketPortOptions packetOptions = PacketPortOptions.defaults().withFrames(options.frames());
            SendRing made = new SendRing(socket, packetOptions, maxFrame, counters);
            socket.bind(place.interfaceIndex(), 0);
            return made;
        } catch (PortException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public int receive(PacketVector vector, long clockOffset) {
        return 0;
    }

    @Override
    public void release() {}

    @Override
    public int send(MemorySegment data, long offset, int length, long offload) {
        if (Offload.isSegmented(offload)) {
            ring.flush(); // what came before leaves before
            return superPackets.send(data, offset, length, offload);
        }
        if (length < Ethernet.SIZE || !VnetHeader.fits(offload, length)) return SendFault.REFUSED;
        return length > maxFrame ? SendFault.TOO_LONG : ring.put(data, offset, length, offload);
    }

    @Override
    public boolean flush() {
        ring.flush();
        return true;
    }

    @Override
    public int descriptor() {
        return socket.descriptor();
    }

    @Override
    public long dropped() {
        return 0;
    }

    @Override
    public void close() {
        ring.close();
        socket.close();
        superPackets.close();
    }
}
