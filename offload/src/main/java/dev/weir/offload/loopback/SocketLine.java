package dev.weir.offload.loopback;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A connection between driver and backend, of which one thread may wait until there is something to read while another waits to write; others read and
 * write without waiting, one at a time each. Closing ends all of them.
 */
final class SocketLine implements ReadableByteChannel {
    /** Of octets written at once: the Java runtime takes as much memory of its own for it, and keeps that for the thread. */
    private static final int MOST = 256 * 1024;

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;

    private SocketLine(SocketChannel channel, Selector readable, Selector writable) {
        this.channel = channel;
        this.readable = readable;
        this.writable = writable;
    }

    /** Takes over a connection, and closes it where that fails. */
    static SocketLine of(SocketChannel channel) throws IOException {
        Selector readable = null;
        Selector writable = null;
        try {
            channel.configureBlocking(false);
            readable = Selector.open();
            writable = Selector.open();
            channel.register(readable, SelectionKey.OP_READ);
            channel.register(writable, SelectionKey.OP_WRITE);
            return new SocketLine(channel, readable, writable);
        } catch (IOException e) {
            channel.close();
            if (readable != null) readable.close();
            if (writable != null) writable.close();
            throw e;
        }
    }

    /** What there is, without waiting. */
    @Override
    public int read(ByteBuffer to) throws IOException {
        return channel.read(to);
    }

    /** Waits until there is something to read, or the end, or {@link #wake}. */
    void awaitReadable() throws IOException {
        await(readable);
    }

    /** Ends the wait of who waits to read, or the next one. */
    void wake() {
        readable.wakeup();
    }

    /** Writes what can be without waiting; returns whether that was all. */
    boolean offer(ByteBuffer octets) throws IOException {
        int end = octets.limit();
        int count;
        do {
            octets.limit(Math.min(end, octets.position() + MOST));
            count = octets.hasRemaining() ? channel.write(octets) : 0;
        } while (count > 0);
        octets.limit(end);
        return !octets.hasRemaining();
    }

    /** Writes all, and waits for that. */
    void write(ByteBuffer octets) throws IOException {
        while (!offer(octets)) await(writable);
    }

    private static void await(Selector selector) throws IOException {
        try {
            selector.select(_ -> {});
            if (Thread.currentThread().isInterrupted()) throw new AsynchronousCloseException();
        } catch (ClosedSelectorException e) {
            throw new AsynchronousCloseException();
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        try (readable;
                writable) {
            channel.close();
        }
    }
}
