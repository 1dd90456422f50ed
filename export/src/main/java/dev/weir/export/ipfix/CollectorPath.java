package dev.weir.export.ipfix;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** A way to a collector, as long as it lasts. One thread, but {@link #abort} may come from any. */
interface CollectorPath extends Closeable {
    /** What became of a message. */
    enum Outcome {
        /** It left. */
        SENT,
        /** It left, and one before it was refused by who should have taken it. */
        SENT_AFTER_REFUSAL,
        /** This one cannot be sent; others can. */
        LOST,
        /** The way is gone, and the message with it. */
        GONE
    }

    Outcome send(ByteBuffer message);

    /** Whether the last message was refused, as far as that is known after a moment's wait. */
    default boolean wasRefused() {
        return false;
    }

    /** Why the last message was not sent. */
    String reason();

    /** Makes {@link #send} end soon. */
    void abort();

    @Override
    void close();

    /**
     * Opens the way.
     *
     * @throws IOException when the name is not known or nobody takes the connection
     */
    static CollectorPath open(CollectorAddress collector) throws IOException {
        InetSocketAddress address = new InetSocketAddress(resolve(collector), collector.port());
        return switch (collector.transport()) {
            case UDP -> new UdpPath(address);
            case TCP -> new TcpPath(address);
        };
    }

    private static InetAddress resolve(CollectorAddress collector) throws IOException {
        try {
            return InetAddress.getByName(collector.host());
        } catch (UnknownHostException e) {
            throw new IOException("no such host", e);
        }
    }
}
