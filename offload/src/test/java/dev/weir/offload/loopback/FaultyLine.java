package dev.weir.offload.loopback;

import dev.weir.offload.model.Document;
import dev.weir.offload.netlink.Command;
import dev.weir.offload.netlink.HairpinCodec;
import dev.weir.offload.netlink.HairpinMessage;
import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.HairpinMessage.Call;
import dev.weir.offload.netlink.NetFlowMessage;
import dev.weir.offload.netlink.NetlinkFormatException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line between driver and backend that loses messages, repeats them, delays them, changes answers into others, sends octets that are no
 * message, and breaks: by a seed, until it is mended.
 */
final class FaultyLine implements AutoCloseable {
    private final Path driver;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> channels = ConcurrentHashMap.newKeySet();
    private final SplittableRandom random;
    private volatile boolean faulty = true;

    /**
     * @param driver where the driver is
     * @param backends where backends are to connect to
     */
    FaultyLine(Path driver, Path backends, long seed) throws IOException {
        this.driver = driver;
        this.random = new SplittableRandom(seed);
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(backends));
        Thread.ofVirtual().start(this::accept);
    }

    void mend() {
        faulty = false;
    }

    void cut() {
        for (SocketChannel channel : channels) quietlyClose(channel);
        channels.clear();
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel backend = server.accept();
                SocketChannel to = SocketChannel.open(UnixDomainSocketAddress.of(driver));
                channels.add(backend);
                channels.add(to);
                Thread.ofVirtual().start(() -> carry(backend, to));
                Thread.ofVirtual().start(() -> carry(to, backend));
            } catch (IOException e) {
                // the next may come
            }
        }
    }

    private void carry(SocketChannel from, SocketChannel to) {
        try (from;
                to) {
            MessageReader in = new MessageReader(from, 1 << 24);
            for (byte[] octets = in.next(); octets != null; octets = in.next()) {
                if (faulty) spoil(octets, to);
                else write(to, octets);
            }
        } catch (IOException | NetlinkFormatException e) {
            // the line is cut: both ends see it
        }
    }

    private int draw(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    private void spoil(byte[] octets, SocketChannel to) throws IOException, NetlinkFormatException {
        HairpinMessage message = HairpinCodec.decode(octets);
        boolean isAnswer = message instanceof Answer;
        int fault = draw(44);
        if (fault < 5 && !isAnswer && !(message instanceof Call)) fault = 43;
        switch (fault) {
            case 0, 1 -> {} // lost
            case 2, 3 -> {
                write(to, octets);
                if (isAnswer) write(to, octets);
            }
            case 4 -> write(to, lie(message));
            case 5, 6 -> late(octets, to, draw(40));
            case 7 -> late(octets, to, 100);
            case 8 -> {
                write(to, octets);
                throw new IOException("cut after");
            }
            case 9 -> throw new IOException("cut before");
            case 10 -> {
                write(to, Arrays.copyOf(octets, octets.length / 2));
                throw new IOException("cut within");
            }
            case 11 -> write(to, isAnswer ? new byte[20] : octets);
            default -> write(to, octets);
        }
    }

    /** What comes after it is late as well. */
    private static void late(byte[] octets, SocketChannel to, int millis) throws IOException {
        LoopbackDriverTest.sleep(millis);
        write(to, octets);
    }

    /** Another answer than the backend gave; calls stay. */
    private byte[] lie(HairpinMessage message) {
        if (!(message instanceof Answer answer)) return HairpinCodec.encode(message);
        NetFlowMessage result = answer.result();
        Command command = answer.command();
        NetFlowMessage elsewhere = NetFlowMessage.reply(command, 4711, new Document.Flows(List.of()));
        boolean change = command == Command.SET_FLOWS || command == Command.DEL_FLOWS;
        return HairpinCodec.encode(
                switch (draw(5)) {
                    case 0 -> new Answer(answer.call() + 1000, command, 0, null, answer.applied(), 0, result);
                    case 1 -> new Answer(answer.call(), Command.UPDATE_FLOWS, 0, null, 1, 0, null);
                    case 2 -> new Answer(answer.call(), command, change ? 1 : 33, "no", 0, 0, null);
                    case 3 -> change ? new Answer(answer.call(), command, 0, null, 1, 0, elsewhere) : answer;
                    default -> new Answer(answer.call(), command, 0, null, answer.applied(), 5, change ? null : result);
                });
    }

    private static void write(SocketChannel to, byte[] octets) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        synchronized (to) {
            while (buffer.hasRemaining()) to.write(buffer);
        }
    }

    private static void quietlyClose(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // closed all the same
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
    }
}
