package dev.weir.offload.loopback;

import dev.weir.offload.netlink.HairpinCodec;
import dev.weir.offload.netlink.HairpinMessage;
import dev.weir.offload.netlink.NetlinkFormatException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The socket that backends connect to, for its owner alone. Each connection has a thread that reads it. */
final class LoopbackListener implements AutoCloseable {
    /** The most octets of one answer: some five million flows. */
    private static final long MAX_MESSAGE = 1L << 30;

    private static final Duration PAUSE = Duration.ofMillis(10);

    private final Path path;
    private final Duration timeout;
    private final LoopbackCounters counters;
    private final ServerSocketChannel server;
    private final Set<SocketLine> lines = ConcurrentHashMap.newKeySet();
    private final ToIntFunction<Link> listens;
    private final BiConsumer<Link, HairpinMessage> received;
    private final BiConsumer<Link, String> ended;
    private volatile HairpinMessage.@Nullable Listener listening;

    /**
     * @param listens told of who wants to listen; says with an errno of Linux why it may not, or 0
     * @param received told of what who listens says
     * @param ended told that who listened is gone, and why
     */
    LoopbackListener(
            Path path,
            Duration timeout,
            LoopbackCounters counters,
            ToIntFunction<Link> listens,
            BiConsumer<Link, HairpinMessage> received,
            BiConsumer<Link, String> ended)
            throws IOException {
        this.path = path;
        this.timeout = timeout;
        this.counters = counters;
        this.listens = listens;
        this.received = received;
        this.ended = ended;
        this.server = bind(path);
    }

    private static ServerSocketChannel bind(Path path) throws IOException {
        if (Files.exists(path) && answers(path)) {
            throw new IOException(path + ": somebody listens there; give another path, or end that process");
        }
        Files.deleteIfExists(path);
        Path made = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(made);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(made));
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
            return server;
        } catch (IOException e) {
            server.close();
            throw new IOException(
                    path + ": cannot be made: " + e.getMessage() + "; give a path in a folder that is writable", e);
        }
    }

    private static boolean answers(Path path) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return probe.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    void start() {
        Thread.ofVirtual().name("offload-loopback-listener").start(this::accept);
    }

    private void accept() {
        try {
            while (server.isOpen()) accept(server);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody interrupts this thread
        }
    }

    private void accept(ServerSocketChannel server) throws InterruptedException {
        try {
            SocketLine line = SocketLine.of(server.accept());
            lines.add(line);
            Thread.ofPlatform().name("offload-loopback-reader").daemon().start(new Connection(line)::serve);
        } catch (IOException e) {
            Thread.sleep(PAUSE); // closed, or there are too many open files just now
        }
    }

    /** A connection, and who listens on it once it said so. */
    private final class Connection implements LineReader.Receiver {
        private final SocketLine line;
        private final LineReader reader;
        private volatile @Nullable Link link;

        Connection(SocketLine line) {
            this.line = line;
            this.reader = new LineReader(line, MAX_MESSAGE, this);
        }

        void serve() {
            String why = "the backend closed the connection";
            try (line) {
                reader.run();
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
            } catch (NetlinkFormatException e) {
                counters.wrong.increment();
                why = "the backend sent what is no message: " + e.getMessage();
            } finally {
                lines.remove(line);
                Link last = link;
                if (last != null) {
                    listening = null;
                    ended.accept(last, why);
                }
            }
        }

        @Override
        public void receive(byte[] octets) throws IOException, NetlinkFormatException {
            HairpinMessage message = HairpinCodec.decode(octets);
            Link now = link;
            if (now != null) received.accept(now, message);
            else if (message instanceof HairpinMessage.SetListener set) register(set.listener());
            else if (message instanceof HairpinMessage.GetListener)
                write(line, new HairpinMessage.ListenerIs(listening));
        }

        private void register(HairpinMessage.Listener who) throws IOException {
            Link made = new Link(line, reader, who, timeout);
            int errno = listens.applyAsInt(made);
            write(line, new HairpinMessage.Acknowledged(errno));
            if (errno != 0) return;
            listening = who;
            link = made;
            made.start();
        }
    }

    private static void write(SocketLine line, HairpinMessage message) throws IOException {
        line.write(ByteBuffer.wrap(HairpinCodec.encode(message)));
    }

    @Override
    public void close() {
        try {
            server.close();
            for (SocketLine line : lines) line.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // a socket without a listener is taken away by the next
        }
    }
}
