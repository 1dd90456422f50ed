package dev.weir.server.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/** Snapshots that were changed, with checksums made right. */
final class Snapshots {
    private Snapshots() {}

    /** Leaves chunks of programs out. */
    static void without(Path file, Predicate<ByteBuffer> left) throws IOException {
        rewrite(file, payload -> !left.test(payload));
    }

    /** Changes payloads of programs' chunks in place. */
    static void change(Path file, Consumer<ByteBuffer> change) throws IOException {
        rewrite(file, payload -> {
            change.accept(payload);
            return true;
        });
    }

    /** Which part of a program's state it is. */
    static int part(ByteBuffer payload) {
        return payload.getInt(partAt(payload));
    }

    static void setPart(ByteBuffer payload, int part) {
        payload.putInt(partAt(payload), part);
    }

    private static int partAt(ByteBuffer payload) {
        int node = Integer.BYTES + payload.getInt(0);
        int fingerprint = node + Integer.BYTES + payload.getInt(node);
        return fingerprint + 2 * Integer.BYTES;
    }

    private static void rewrite(Path file, Predicate<ByteBuffer> stays) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = ByteBuffer.allocate(in.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        out.put(in.array(), 0, Chunks.HEADER);
        in.position(Chunks.HEADER);
        long chunks = 0;
        while (in.hasRemaining()) {
            int kind = in.getInt(in.position()), length = in.getInt(in.position() + 4);
            ByteBuffer chunk = ByteBuffer.allocate(Chunks.HEAD + length).order(ByteOrder.LITTLE_ENDIAN);
            in.get(chunk.array());
            ByteBuffer payload = chunk.duplicate().position(Chunks.HEAD).slice().order(ByteOrder.LITTLE_ENDIAN);
            if (kind == Chunks.END) {
                var crc = new CRC32C();
                crc.update(out.array(), 0, out.position());
                payload.putLong(0, chunks).putInt(16, (int) crc.getValue());
            } else if (kind == Chunks.PROGRAM && !stays.test(payload)) {
                continue;
            }
            Chunks.seal(chunk, kind);
            out.put(chunk.position(0));
            chunks++;
        }
        byte[] octets = new byte[out.position()];
        out.flip().get(octets);
        Files.write(file, octets);
    }
}
