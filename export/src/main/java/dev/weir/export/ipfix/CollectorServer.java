package dev.weir.export.ipfix;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Listens for messages: datagrams of IPFIX, NetFlow v9 and v5, and connections with IPFIX. One thread calls {@link #poll}; {@link #wake} may come
 * from any. A connection whose octets are no IPFIX is ended; there are 256 at the most, more are ended at once and counted.
 */
public final class CollectorServer implements Closeable {
    static final int MOST_CONNECTIONS = 256;
    private static final int RECEIVE_BUFFER = 1 << 23, MOST_OCTETS = 65_535, AT_ONCE = 1024;

    /** One connection: what arrived of its next message. */
    private static final class Connection {
        final byte[] array = new byte[2 * MOST_OCTETS];
        final ByteBuffer octets = ByteBuffer.wrap(array);
    }

    private final MessageReader reader;
    private final Selector selector;
    private final List<SelectableChannel> listening = new ArrayList<>();
    private final ByteBuffer datagram = ByteBuffer.allocateDirect(MOST_OCTETS);
    private final byte[] message = new byte[MOST_OCTETS];
    private int connections;
    private long refusedConnections;

    public CollectorServer(MessageReader reader) throws IOException {
        this.reader = reader;
        this.selector = Selector.open();
    }

    /** Takes datagrams there from now on; returns where, the port being one that was free where 0 was asked for. */
    public InetSocketAddress listenUdp(InetSocketAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        listening.add(channel);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
        channel.bind(address);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ);
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** The same for connections. */
    public InetSocketAddress listenTcp(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        listening.add(channel);
        channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        channel.bind(address);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_ACCEPT);
        return (InetSocketAddress) channel.getLocalAddress();
    }

    /** Connections that were ended because there were too many. */
    public long refusedConnections() {
        return refusedConnections;
    }

    /**
     * Reads what is there, waiting for it {@code millis} at the most.
     *
     * @param goesOn asked between messages; false ends the call
     * @return whether there was anything
     * @throws IOException as the reader's sink does
     */
    public boolean poll(long millis, BooleanSupplier goesOn) throws IOException {
        selector.select(millis);
        boolean any = false;
        for (SelectionKey key : selector.selectedKeys()) {
            any = true;
            switch (key.channel()) {
                case DatagramChannel channel -> receive(channel, goesOn);
                case ServerSocketChannel channel -> accept(channel);
                case SocketChannel channel -> read(channel, key, goesOn);
                default -> throw new IllegalStateException(key.toString());
            }
        }
        selector.selectedKeys().clear();
        return any;
    }

    /** Ends a {@link #poll} that waits. */
    public void wake() {
        selector.wakeup();
    }

    private void receive(DatagramChannel channel, BooleanSupplier goesOn) throws IOException {
        for (int i = 0; i < AT_ONCE && goesOn.getAsBoolean(); i++) {
            SocketAddress sender = channel.receive(datagram.clear());
            if (sender == null) {
                return;
            }
            int length = datagram.flip().remaining();
            datagram.get(message, 0, length);
            reader.read(message, 0, length, sender);
        }
    }

    private void accept(ServerSocketChannel server) throws IOException {
        SocketChannel channel = server.accept();
        if (channel == null) {
            return;
        }
        if (connections == MOST_CONNECTIONS) {
            refusedConnections++;
            channel.close();
            return;
        }
        connections++;
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Connection());
    }

    private void read(SocketChannel channel, SelectionKey key, BooleanSupplier goesOn) throws IOException {
        Connection connection = (Connection) key.attachment();
        int read;
        try {
            read = channel.read(connection.octets);
        } catch (IOException _) {
            read = -1; // reset by the sender: its end
        }
        ByteBuffer octets = connection.octets.flip();
        boolean sound = true;
        while (sound && goesOn.getAsBoolean() && octets.remaining() >= 4) {
            int begin = octets.position();
            int length = octets.getShort(begin + 2) & 0xFFFF;
            sound = octets.getShort(begin) == FlowVersion.IPFIX.number && length >= FlowVersion.IPFIX.headerOctets;
            if (sound && octets.remaining() < length) {
                break;
            }
            reader.read(connection.array, begin, sound ? length : octets.remaining(), connection);
            octets.position(begin + (sound ? length : octets.remaining()));
        }
        octets.compact();
        if (read < 0 || !sound) {
            connections--;
            channel.close();
            reader.forget(connection);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        for (SelectableChannel channel : listening) {
            channel.close();
        }
        selector.close();
    }
}
