package dev.weir.wire;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens captures: pcap and pcapng, plain or compressed with gzip or Zstandard, recognised by what they hold and never by
 * their names. A source is a file, a FIFO, {@code -} for standard input, or a directory, which stands for the captures
 * that lie in it.
 */
public final class Captures {
    /** The name of standard input. */
    public static final String STANDARD_INPUT = "-";

    private Captures() {}

    /**
     * Opens the sources as one stream of packets, merged by time where there are several. Blocks until the head of each
     * was read. The caller closes the stream.
     *
     * @throws CaptureException naming the source that cannot be read, and why
     */
    public static PacketSource open(List<String> sources) throws CaptureException {
        if (sources.isEmpty()) throw new IllegalArgumentException("no sources");
        List<PacketSource> opened = new ArrayList<>();
        boolean done = false;
        try {
            for (String source : sources) {
                Path path = source.equals(STANDARD_INPUT) ? null : path(source);
                if (path != null && Files.isDirectory(path)) {
                    openDirectory(source, path, opened);
                } else {
                    opened.add(CaptureOpener.open(source, channel(source, path)));
                }
            }
            done = true;
        } finally {
            if (!done) closeAll(opened);
        }
        return opened.size() == 1 ? opened.getFirst() : new MergedSource(opened);
    }

    /**
     * The names of the files that the sources stand for: a folder for the captures that lie in it, in the order of their
     * names. Looks at the first octets of each.
     *
     * @throws CaptureException naming the source that cannot be read, and why
     */
    public static List<String> files(List<String> sources) throws CaptureException {
        List<String> files = new ArrayList<>();
        for (String source : sources) {
            Path path = path(source);
            if (!Files.isDirectory(path)) {
                CaptureParts.head(source);
                files.add(source);
                continue;
            }
            List<PacketSource> opened = new ArrayList<>();
            try {
                files.addAll(openDirectory(source, path, opened));
            } finally {
                closeAll(opened);
            }
        }
        return files;
    }

    private static Path path(String source) throws CaptureException {
        try {
            return Path.of(source);
        } catch (InvalidPathException e) {
            throw new CaptureException(source, -1, -1, "no such file");
        }
    }

    /** Returns the names of those that it opened. */
    private static List<String> openDirectory(String name, Path directory, List<PacketSource> opened)
            throws CaptureException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) if (Files.isRegularFile(entry)) files.add(entry);
        } catch (IOException e) {
            throw new CaptureException(name, -1, -1, reason(e));
        }
        Collections.sort(files);
        int before = opened.size();
        List<String> captures = new ArrayList<>();
        for (Path file : files) {
            String each = file.toString();
            PacketSource source = CaptureOpener.openIfCapture(each, channel(each, file));
            if (source != null) {
                opened.add(source);
                captures.add(each);
            }
        }
        if (opened.size() == before) {
            throw new CaptureException(
                    name, -1, -1, "no captures in this directory; name one that holds pcap or pcapng");
        }
        return captures;
    }

    private static ChannelInput channel(String name, @Nullable Path path) throws CaptureException {
        if (path == null) return new ChannelInput(new FileInputStream(FileDescriptor.in).getChannel(), -1);
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            return new ChannelInput(channel, Files.isRegularFile(path) ? channel.size() : -1);
        } catch (IOException e) {
            throw new CaptureException(name, -1, -1, reason(e));
        }
    }

    /** Why a file cannot be opened, as a clause. */
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static void closeAll(List<PacketSource> opened) {
        for (PacketSource each : opened) {
            try {
                each.close();
            } catch (IOException _) {
                // what made us close them is the error to report
            }
        }
    }
}
