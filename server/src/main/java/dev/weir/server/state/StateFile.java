package dev.weir.server.state;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The file of the snapshots, or another of which there is always a whole one, and those beside it: {@code FILE.new} while one is written, {@code FILE.refused-TIME} for one that could not be used, {@code FILE.lock},
 * by which one process at a time has it. A snapshot replaces the one before as a whole, after the disk has it. One thread.
 */
public final class StateFile implements AutoCloseable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path path;
    private final Path folder;
    private final FileChannel lock;

    private StateFile(Path path, Path folder, FileChannel lock) {
        this.path = path;
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Takes the file for this process.
     *
     * @param option of the configuration that names it
     * @throws IOException where another has it, or the folder cannot be written to: which, why, and what to do
     */
    public static StateFile open(String option, String name) throws IOException {
        Path path = Path.of(name).toAbsolutePath();
        Path folder = path.getParent();
        if (folder == null || Files.isDirectory(path)) {
            throw new IOException(option + ": " + name + " is a folder; name a file");
        }
        FileChannel channel;
        try {
            channel = FileChannel.open(beside(path, ".lock"), CREATE, WRITE);
        } catch (IOException e) {
            throw new IOException(
                    option + ": " + folder + " cannot be written to (" + e.getMessage()
                            + "); make the folder, or name a file in another",
                    e);
        }
        try {
            if (locked(channel) == null) {
                throw new IOException(
                        option + ": another process has " + name + "; end it, or give this one a file of its own");
            }
            Files.deleteIfExists(beside(path, ".new"));
            return new StateFile(path, folder, channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }

    @org.jspecify.annotations.Nullable
    private static FileLock locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static Path beside(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }

    public Path path() {
        return path;
    }

    public boolean exists() {
        return Files.exists(path);
    }

    /** Where the next one is written. */
    public Path next() {
        return beside(path, ".new");
    }

    /** Has what was written to {@link #next}, and is on the disk, take the place of the snapshot. */
    public void replace() throws IOException {
        Files.move(next(), path, ATOMIC_MOVE);
        try (FileChannel of = FileChannel.open(folder, READ)) {
            of.force(true);
        }
    }

    /** Forgets what was written to {@link #next}. */
    void discard() {
        try {
            Files.deleteIfExists(next());
        } catch (IOException _) {
            // the next one is written over it
        }
    }

    /** Puts the snapshot aside; returns its name then. */
    Path refuse() throws IOException {
        Path aside = beside(path, ".refused-" + TIME.format(Instant.now()));
        Files.move(path, aside, ATOMIC_MOVE);
        return aside;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
