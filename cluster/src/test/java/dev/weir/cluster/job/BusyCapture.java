package dev.weir.cluster.job;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Writes captures of many flows between many hosts: UDP, and TCP with its states; times ascend but for a few. */
public final class BusyCapture {
    private static final int START = 1_700_000_000, CLIENTS = 200;

    private BusyCapture() {}

    /** Writes {@code packets} packets, a millisecond apart on average, as classic pcap. */
    public static void write(Path file, int packets, long seed) throws IOException {
        write(file, packets, seed, CLIENTS);
    }

    /** The same with so many clients: few make longer flows. */
    public static void write(Path file, int packets, long seed, int clients) throws IOException {
        var random = new Random(seed);
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
            out.writeInt(0xA1B2C3D4);
            out.writeShort(2);
            out.writeShort(4);
            out.writeLong(0);
            out.writeInt(65_535);
            out.writeInt(1);
            long micros = 0;
            for (int i = 0; i < packets; i++) {
                micros += random.nextInt(2000);
                long at = random.nextInt(500) == 0 ? Math.max(0, micros - 5000) : micros;
                packet(out, at, random, clients);
            }
        }
    }

    private static void packet(DataOutputStream out, long micros, Random random, int clients) throws IOException {
        boolean tcp = random.nextBoolean();
        int payload = random.nextInt(3) == 0 ? 0 : random.nextInt(60);
        int transport = tcp ? 20 : 8;
        int ip = 20 + transport + payload;
        out.writeInt((int) (START + micros / 1_000_000));
        out.writeInt((int) (micros % 1_000_000));
        out.writeInt(14 + ip);
        out.writeInt(14 + ip);
        out.write(new byte[12]);
        out.writeShort(0x0800);
        out.writeInt(0x45000000 | ip);
        // Now and then a first fragment, now and then a later one of the same datagram.
        int fragment = random.nextInt(40);
        out.writeShort(random.nextInt(8));
        out.writeShort(fragment == 0 ? 0x2000 : fragment == 1 ? 0x0004 : 0);
        out.writeInt(0x40000000 | (tcp ? 6 : 17) << 16);
        boolean swap = random.nextBoolean();
        int client = 0x0A000000 | random.nextInt(clients), server = 0xC0A80000 | random.nextInt(20);
        int port = 1024 + random.nextInt(20);
        out.writeInt(swap ? server : client);
        out.writeInt(swap ? client : server);
        out.writeShort(swap ? 443 : port);
        out.writeShort(swap ? port : 443);
        if (tcp) {
            out.writeLong(0);
            int flags = random.nextInt(20) == 0 ? 0x02 : random.nextInt(20) == 0 ? 0x11 : 0x10;
            out.writeInt(0x50000000 | flags << 16 | 1000);
            out.writeInt(0);
        } else {
            out.writeInt((8 + payload) << 16);
        }
        out.write(new byte[payload]);
    }
}
