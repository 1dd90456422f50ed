package dev.weir.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/** Octets over TCP from a host to another, each with a checksum over all that it saw. */
public final class BulkTransfer {
    private static final int PORT = 7000, PIECE = 1 << 16, PATIENCE_SECONDS = 30;
    private final FutureTask<Long> sent, received;
    private final int octets;

    private BulkTransfer(FutureTask<Long> sent, FutureTask<Long> received, int octets) {
        this.sent = sent;
        this.received = received;
        this.octets = octets;
    }

    public static BulkTransfer start(Namespace from, Namespace to, String address, int octets) throws Exception {
        ServerSocket server = to.call(() -> new ServerSocket(PORT, 1, InetAddress.getByName(address)));
        FutureTask<Long> received = run(to, () -> receive(server, octets));
        FutureTask<Long> sent = run(from, () -> send(address, octets));
        return new BulkTransfer(sent, received, octets);
    }

    public static void assertArrives(Namespace from, Namespace to, String address, int octets) throws Exception {
        start(from, to, address, octets).assertArrived();
    }

    public void assertArrived() throws Exception {
        long checksum = sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(received.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("checksum over %d octets", octets)
                .isEqualTo(checksum);
    }

    private static FutureTask<Long> run(Namespace where, Callable<Long> task) {
        FutureTask<Long> future = new FutureTask<>(() -> where.call(task));
        Thread.ofPlatform().daemon().start(future);
        return future;
    }

    private static long send(String address, int octets) throws Exception {
        CRC32C crc = new CRC32C();
        byte[] piece = new byte[PIECE];
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, PORT), PATIENCE_SECONDS * 1000);
            OutputStream out = socket.getOutputStream();
            for (int done = 0; done < octets; done += PIECE) {
                for (int i = 0; i < PIECE; i++) piece[i] = (byte) (i * 31 + done / PIECE);
                crc.update(piece);
                out.write(piece);
            }
        }
        return crc.getValue();
    }

    private static long receive(ServerSocket server, int octets) throws Exception {
        CRC32C crc = new CRC32C();
        byte[] piece = new byte[PIECE];
        int all = 0;
        try (server;
                Socket socket = server.accept()) {
            socket.setSoTimeout(PATIENCE_SECONDS * 1000);
            InputStream in = socket.getInputStream();
            for (int n = in.read(piece); n > 0; n = in.read(piece)) {
                crc.update(piece, 0, n);
                all += n;
            }
        }
        assertThat(all).isEqualTo(octets);
        return crc.getValue();
    }
}
