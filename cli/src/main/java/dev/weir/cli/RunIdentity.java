package dev.weir.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run of {@code weir track} is called, from all that decides about its records: the files with their sizes and the times when they were
 * changed, the options, the version. Two runs of one name make the same records in the same order. The secret of the hash is taken from the same
 * digest: which flow goes when a table is full depends on it, and nobody who sends packets knows when the file was written.
 *
 * @param name {@code file-} and 24 hexadecimal digits
 * @param seed of the hash
 */
record RunIdentity(String name, long seed) {
    private static final int NAME_OCTETS = 12;

    /** Null where the sources cannot be read again from their beginning. */
    static @Nullable RunIdentity of(TrackCommand options) {
        if (options.listens || options.isLive()) {
            return null;
        }
        List<String> parts = new ArrayList<>();
        try {
            for (String source : options.sources) {
                if (source.equals("-") || !addFiles(Path.of(source), parts)) {
                    return null;
                }
            }
        } catch (IOException | InvalidPathException e) {
            return null; // whoever opens them says why
        }
        parts.addAll(List.of(
                "version " + Main.class.getPackage().getImplementationVersion(),
                "filter " + options.filter,
                "where " + options.where,
                "features " + options.features() + " " + options.features().firstPackets(),
                "idle " + options.idleTimeout,
                "active " + options.activeTimeout,
                "tcp " + options.tcpTimeouts + " " + options.noTcpClose,
                "flows " + options.maxFlows,
                "workers " + options.workers,
                "tunnels " + options.tunnels,
                "tenant " + options.tenant,
                "events " + options.events,
                "top " + options.top + " " + options.by,
                "count " + options.count,
                "seed " + options.hashSeed));
        byte[] digest = digest(String.join("\0", parts));
        return new RunIdentity(
                "file-" + HexFormat.of().formatHex(digest, 0, NAME_OCTETS),
                ByteBuffer.wrap(digest).getLong(digest.length - Long.BYTES));
    }

    /** The file, or those of the folder in the order in which they are read; false where it is neither. */
    private static boolean addFiles(Path path, List<String> parts) throws IOException {
        if (!Files.isDirectory(path)) {
            return addFile(path, parts);
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                if (Files.isRegularFile(entry)) {
                    files.add(entry);
                }
            }
        }
        Collections.sort(files);
        for (Path file : files) {
            addFile(file, parts);
        }
        return true;
    }

    private static boolean addFile(Path file, List<String> parts) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        parts.add(file.toRealPath() + " " + attributes.size() + " " + attributes.lastModifiedTime() + " "
                + attributes.fileKey());
        return attributes.isRegularFile();
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
