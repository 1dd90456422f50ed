package dev.weir.server.standby;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.weir.dataplane.Threads;
import dev.weir.server.state.StateFile;
import dev.weir.wire.linux.Capabilities;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What of a pair outlives the process: this machine's name, the largest number it has heard of, and whether it forwarded by it. A line of text, replaced as a whole, on the disk before it
 * is acted upon. One process at a time has the file. One thread at a time writes; any may read.
 */
final class TermFile implements AutoCloseable {
    private static final Pattern LINE =
            Pattern.compile("weir-standby 1 machine=([0-9a-f]{1,16}) number=([0-9]{1,19}) primary=(true|false)\n");

    private static final int MOST_OCTETS = 256;

    private final StateFile file;
    /** Any thread may read these. */
    private volatile Term term;

    private volatile boolean primary;

    private TermFile(StateFile file, Term term, boolean primary) {
        this.file = file;
        this.term = term;
        this.primary = primary;
    }

    /** @throws IOException where the file cannot be had or is none of these: which, why, and what to do */
    static TermFile open(String name) throws IOException {
        StateFile file = StateFile.open("standby.file", name);
        try {
            if (!file.exists()) {
                var fresh = new TermFile(file, new Term(0, new SecureRandom().nextLong()), false);
                fresh.write(0, false);
                fresh.tryWithoutRights(name);
                return fresh;
            }
            String text = Files.size(file.path()) > MOST_OCTETS
                    ? ""
                    : new String(Files.readAllBytes(file.path()), StandardCharsets.ISO_8859_1);
            Matcher line = LINE.matcher(text);
            if (!line.matches()) {
                throw new IOException(
                        "standby.file: " + name + " is damaged, or none of Weir's; see on the other machine who"
                                + " forwards, and remove the file");
            }
            long machine = Long.parseUnsignedLong(line.group(1), 16);
            Term term = new Term(Long.parseUnsignedLong(line.group(2)), machine);
            var found = new TermFile(file, term, Boolean.parseBoolean(line.group(3)));
            found.tryWithoutRights(name);
            return found;
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** Writes what it has once more, as it will be written: by a thread that has given up its rights. So that a file that cannot be written is told at the start, and not at a takeover. */
    private void tryWithoutRights(String name) throws IOException {
        var failure = new AtomicReference<@Nullable IOException>();
        Thread thread = Thread.ofPlatform().name("weir-standby-file").daemon().start(() -> {
            Capabilities.keepOnly(Set.of());
            try {
                write(term.number(), primary);
            } catch (IOException e) {
                failure.set(e);
            }
        });
        Threads.join(thread);
        IOException why = failure.get();
        if (why != null) {
            throw new IOException(
                    "standby.file: " + name + " cannot be written without rights, which are given up after the start: "
                            + why.getMessage() + "; give the folder to the user that runs Weir",
                    why);
        }
    }

    /** The largest number that this machine knows, with its own name. */
    Term term() {
        return term;
    }

    /** Whether this machine forwarded by that number. */
    boolean isPrimary() {
        return primary;
    }

    /** Takes note of it, on the disk. */
    void write(long number, boolean isPrimary) throws IOException {
        Term next = new Term(number, term.machine());
        String line = "weir-standby 1 machine=" + Long.toHexString(next.machine()) + " number="
                + Long.toUnsignedString(number) + " primary=" + isPrimary + "\n";
        try (FileChannel channel = FileChannel.open(file.next(), CREATE, TRUNCATE_EXISTING, WRITE)) {
            ByteBuffer octets = ByteBuffer.wrap(line.getBytes(StandardCharsets.ISO_8859_1));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            channel.force(true);
        }
        file.replace();
        term = next;
        primary = isPrimary;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
