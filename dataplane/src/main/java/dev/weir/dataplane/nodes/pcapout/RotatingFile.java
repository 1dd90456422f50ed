package dev.weir.dataplane.nodes.pcapout;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.wire.PcapWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Queue;

/** A series of capture files of bounded size, of which the newest are kept. One thread at a time. */
final class RotatingFile implements Closeable {
    /** Octets that a pcap file has before its packets, and before each. */
    static final int FILE_HEADER = 24, RECORD_HEADER = 16;

    private final Path first;
    private final long fileBytes;
    private final int files;
    private final Queue<Path> kept = new ArrayDeque<>();
    private PcapWriter writer;
    private int number;
    private long written = FILE_HEADER;

    /** Begins the first file. */
    RotatingFile(PcapOutConfig config) throws IOException {
        first = config.file();
        fileBytes = config.fileBytes() == 0 ? Long.MAX_VALUE : config.fileBytes();
        files = config.files() == 0 ? Integer.MAX_VALUE : config.files();
        writer = open(first);
    }

    /** Replaces a file instead of writing over it: whoever still has it open has it to himself. */
    private PcapWriter open(Path path) throws IOException {
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(path);
        }
        var channel = FileChannel.open(
                path, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        kept.add(path);
        return new PcapWriter(channel, LinkType.ETHERNET);
    }

    /** How many octets the file still takes; an empty one takes any packet. */
    long room() {
        return fileBytes - written;
    }

    boolean isEmpty() {
        return written == FILE_HEADER;
    }

    /** Writes packets for which there is {@link #room}. */
    void write(PacketVector packets) throws IOException {
        writer.write(packets);
        for (int i = 0; i < packets.size; i++) {
            written += RECORD_HEADER + packets.captured[i];
        }
    }

    /** Begins the next file, and deletes the oldest beyond those to be kept. */
    void next() throws IOException {
        writer.close();
        while (kept.size() >= files) {
            Files.deleteIfExists(kept.remove());
        }
        number++;
        writer = open(numbered(number));
        written = FILE_HEADER;
    }

    private Path numbered(int n) {
        String name = String.valueOf(first.getFileName());
        int dot = name.lastIndexOf('.');
        String stem = dot <= 0 ? name : name.substring(0, dot), suffix = dot <= 0 ? "" : name.substring(dot);
        return first.resolveSibling(stem + "." + n + suffix);
    }

    void flush() throws IOException {
        writer.flush();
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
