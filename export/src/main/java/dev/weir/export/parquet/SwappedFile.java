package dev.weir.export.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/*
 * A Parquet file ends with its footer, so one that grows in place is broken whenever somebody looks, and after a kill. Here two files take
 * turns under one name. The hidden one gets what it lacks, then a new end, and is renamed over the name, which is one step for
 * everybody; the one that was visible, kept by a second link meanwhile, becomes the hidden one. Octets that stay are so written twice, whatever
 * the length of the file. Every state in between is a whole file under the name and perhaps a hidden one that nobody looks at.
 *
 *   NAME        g1 g2 end              g1 g2 end              g1 g2 g3 end
 *   .NAME.next  g1 end'          ->    g1 g2 g3 end     ->    g1 g2 end
 *
 * Who has opened NAME before a turn goes on reading that file. What stays never changes in it; its end is overwritten at the turn after
 * the next, so turns are not taken at once but at most once a second, which the one who calls sees to.
 *
 * Both files are locked (fcntl), so that a second writer of the same name is refused, while what a killed one left behind is not.
 */
/**
 * A file that readers find whole under its name at any moment, also after the process was killed: with all that was appended before the last
 * publication. It takes twice the disk space while it is written. Where the file system has no links it is the same, but each publication
 * copies all there is ({@link #extraCost}). One thread. Failures name the file.
 */
final class SwappedFile implements Destination {
    private final Path name;
    private final Path next;
    private final Path last;
    private final boolean links;
    private boolean linkless;

    private FileChannel hidden;
    private @Nullable FileChannel visible;
    private @Nullable Object visibleKey;
    /** How much of what stays is in each. */
    private long hiddenSize, visibleSize;

    private SwappedFile(Path name, boolean links) throws IOException {
        this.name = name;
        this.links = links;
        String plain = Objects.requireNonNull(name.getFileName()).toString();
        this.next = name.resolveSibling("." + plain + ".next");
        this.last = name.resolveSibling("." + plain + ".last");
        this.hidden = openNext();
    }

    /**
     * Nothing is under the name before the first publication but what was there.
     *
     * @throws IOException where the folder takes no files, or another process writes this one
     */
    static SwappedFile create(Path file) throws IOException {
        return create(file, true);
    }

    static SwappedFile create(Path file, boolean links) throws IOException {
        Path name = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        refuseSecondWriter(name);
        var swapped = new SwappedFile(name, links);
        Files.deleteIfExists(swapped.last);
        return swapped;
    }

    private static void refuseSecondWriter(Path name) throws IOException {
        if (Files.isWritable(name)) {
            try (FileChannel there = FileChannel.open(name, StandardOpenOption.WRITE)) {
                lock(there, name);
            }
        }
    }

    private static void lock(FileChannel file, Path name) throws IOException {
        try {
            if (file.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException _) {
            // the same, in this process
        }
        throw new IOException(name + ": another weir writes it; give another file, or wait for its end");
    }

    private FileChannel openNext() throws IOException {
        FileChannel file =
                FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(file, name);
            file.truncate(0);
            return file;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public void append(Octets octets) throws IOException {
        try {
            catchUp();
            hiddenSize = write(octets, hiddenSize);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void publish(Octets end) throws IOException {
        try {
            catchUp();
            hidden.truncate(write(end, hiddenSize));
            swap();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public boolean publishes() {
        return true;
    }

    @Override
    public long extraCost() {
        return linkless ? hiddenSize : 0;
    }

    private IOException failure(IOException e) {
        String why = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        return new IOException(
                name + ": " + why
                        + "; it holds the flows up to the last group that was published; make room or give another place",
                e);
    }

    /** Copies what the visible file has and the hidden one lacks, within the kernel. */
    private void catchUp() throws IOException {
        FileChannel from = visible;
        if (from == null) {
            return;
        }
        while (hiddenSize < visibleSize) {
            long copied = from.transferTo(hiddenSize, visibleSize - hiddenSize, hidden.position(hiddenSize));
            if (copied <= 0) {
                throw new IOException("somebody else cut it off while it was written");
            }
            hiddenSize += copied;
        }
    }

    private long write(Octets octets, long at) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(octets.array(), 0, octets.size());
        long position = at;
        while (from.hasRemaining()) {
            position += hidden.write(from, position);
        }
        return position;
    }

    private void swap() throws IOException {
        boolean kept = visible != null && keep();
        Files.move(next, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        FileChannel old = visible;
        long oldSize = visibleSize;
        visible = hidden;
        visibleSize = hiddenSize;
        visibleKey = key(name);
        if (kept && old != null) {
            Files.move(last, next, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            hidden = old;
            hiddenSize = oldSize;
        } else {
            if (old != null) {
                old.close();
            }
            hidden = openNext();
            hiddenSize = 0;
        }
    }

    /** Gives the visible file a second name, unless somebody has removed or replaced it. */
    private boolean keep() throws IOException {
        if (!links || linkless) {
            linkless = true;
            return false;
        }
        try {
            Files.deleteIfExists(last);
            Files.createLink(last, name);
        } catch (NoSuchFileException e) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException e) {
            linkless = true;
            return false;
        }
        if (Objects.equals(key(last), visibleKey)) {
            return true;
        }
        Files.delete(last);
        return false;
    }

    private static @Nullable Object key(Path file) throws IOException {
        return Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
                .fileKey();
    }

    /** Removes what is hidden. */
    @Override
    public void close() throws IOException {
        try (FileChannel _ = hidden;
                FileChannel _ = visible) {
            Files.deleteIfExists(next);
            Files.deleteIfExists(last);
        }
    }
}
