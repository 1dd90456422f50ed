package dev.weir.export.ipfix;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * Datagrams to one collector. A host that answers by ICMP that nobody listens is heard with the next datagram; what is lost on the way otherwise
 * nobody hears of.
 */
final class UdpPath implements CollectorPath {
    private static final int SEND_BUFFER = 1 << 20;
    private static final long ANSWER_NANOS = 20_000_000L;

    private final DatagramChannel channel;
    private String reason = "";

    UdpPath(InetSocketAddress collector) throws IOException {
        channel = DatagramChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            channel.connect(collector);
        } catch (IOException e) {
            try (channel) {
                throw e;
            }
        }
    }

    @Override
    public Outcome send(ByteBuffer message) {
        boolean refused = false;
        while (true) {
            try {
                channel.write(message);
                return refused ? Outcome.SENT_AFTER_REFUSAL : Outcome.SENT;
            } catch (PortUnreachableException _) {
                if (refused) { // of a datagram before that one; this one is tried no third time
                    return fail("refused");
                }
                refused = true;
            } catch (IOException e) {
                return channel.isOpen() ? fail(String.valueOf(e.getMessage())) : Outcome.GONE;
            }
        }
    }

    private Outcome fail(String why) {
        reason = why;
        return Outcome.LOST;
    }

    @Override
    public boolean wasRefused() {
        LockSupport.parkNanos(ANSWER_NANOS);
        try {
            channel.configureBlocking(false);
            channel.read(ByteBuffer.allocate(1));
            return false;
        } catch (PortUnreachableException _) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public String reason() {
        return reason;
    }

    @Override
    public void abort() {
        close();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // nothing more is sent
        }
    }
}
