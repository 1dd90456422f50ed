package dev.weir.export.ipfix;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A connection to one collector (RFC 7011 section 10.4). One that the collector ended is noticed before the next message is written. */
final class TcpPath implements CollectorPath {
    private static final int CONNECT_MILLIS = 5_000, POLL_MILLIS = 200;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer unasked = ByteBuffer.allocate(256);
    private volatile boolean aborted;
    private String reason = "the collector ended the connection";

    TcpPath(InetSocketAddress collector) throws IOException {
        channel = SocketChannel.open();
        try {
            channel.socket().connect(collector, CONNECT_MILLIS);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            selector = Selector.open();
            key = channel.register(selector, SelectionKey.OP_READ);
        } catch (IOException e) {
            try (channel) {
                throw e;
            }
        }
    }

    @Override
    public Outcome send(ByteBuffer message) {
        try {
            selector.selectNow();
            while (!isEnded()) {
                channel.write(message);
                if (!message.hasRemaining()) {
                    key.interestOps(SelectionKey.OP_READ);
                    return Outcome.SENT;
                }
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                selector.select(POLL_MILLIS);
            }
            return Outcome.GONE;
        } catch (IOException | ClosedSelectorException e) {
            reason = String.valueOf(e.getMessage());
            return Outcome.GONE;
        }
    }

    /** Collectors say nothing; what one says all the same is passed over, its end is not. */
    private boolean isEnded() throws IOException {
        if (aborted) {
            return true;
        }
        boolean readable = selector.selectedKeys().remove(key) && key.isReadable();
        return readable && channel.read(unasked.clear()) < 0;
    }

    @Override
    public String reason() {
        return reason;
    }

    @Override
    public void abort() {
        aborted = true;
        selector.wakeup();
    }

    @Override
    public void close() {
        try (channel) {
            selector.close();
        } catch (IOException _) {
            // nothing more is sent
        }
    }
}
