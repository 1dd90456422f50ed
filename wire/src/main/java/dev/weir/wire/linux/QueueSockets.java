package dev.weir.wire.linux;

import dev.weir.wire.PortCounters;
import dev.weir.wire.PortException;
import java.util.ArrayDeque;
import java.util.Deque;

/** The sockets and rings of one queue: one to receive, one to send by ring, one to send what is too long for the ring. */
final class QueueSockets implements AutoCloseable {
    final PacketSocket receiving;
    final FrameRing in;
    final SendRing out;
    final FrameSender large;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /**
     * Opens all; nothing is received before {@link #accept}.
     *
     * @param frame octets of the longest frame that the rings' slots shall hold
     */
    QueueSockets(String name, int interfaceIndex, int frame, PacketPortOptions options, PortCounters counters)
            throws PortException {
        try {
            receiving = open(name);
            in = new FrameRing(receiving, options, frame, counters);
            opened.push(in);
            PacketSocket sending = open(name);
            out = new SendRing(sending, options, frame, counters);
            opened.push(out);
            sending.bind(interfaceIndex, 0);
            PacketSocket sendingLarge = open(name);
            large = FrameSender.of(sendingLarge, options);
            opened.push(large);
            sendingLarge.bind(interfaceIndex, 0);
            receiving.filter(SocketFilter.NONE);
            receiving.bind(interfaceIndex, PacketSocket.ETH_P_ALL);
            receiving.promiscuous(interfaceIndex);
        } catch (PortException e) {
            close();
            throw e;
        }
    }

    private PacketSocket open(String name) throws PortException {
        PacketSocket socket = new PacketSocket(name);
        opened.push(socket);
        return socket;
    }

    /** From now on packets are received. */
    void accept() {
        receiving.withoutFilter();
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            switch (opened.pop()) {
                case PacketSocket socket -> socket.close();
                case FrameRing ring -> ring.close();
                case SendRing ring -> ring.close();
                case FrameSender sender -> sender.close();
                default -> throw new IllegalStateException();
            }
        }
    }
}
