package dev.weir.dataplane;

import dev.weir.packet.PacketVector;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import dev.weir.wire.PacketSource;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The source cut into numbered chunks, in a ring that all workers share. Reading goes by a token: whoever is free takes
 * it, fills the next chunk, and gives it back; parsing what was read is that worker's, while the next already reads.
 */
final class Stream {
    private final PacketSource source;
    private final Chunk[] ring;
    private final Progress[] workers;
    private final FragmentTable fragments;
    private final AtomicBoolean token = new AtomicBoolean();

    /** These belong to whoever holds the token. */
    private long nextChunk;

    private long clock = Long.MIN_VALUE;

    private volatile long packets, frameBytes, late;
    private volatile long end = Long.MAX_VALUE;
    private volatile boolean stopped, aborted;
    private volatile @Nullable IOException damage;

    /** How far a worker has come; its own cache line is not worth the trouble at one write a chunk. */
    static final class Progress {
        /** The number of the next chunk that the worker will handle. */
        volatile long next;
    }

    Stream(PacketSource source, Progress[] workers, FragmentTable fragments, boolean measured) {
        this.source = source;
        this.workers = workers;
        this.fragments = fragments;
        ring = new Chunk[4 * workers.length];
        for (int i = 0; i < ring.length; i++) {
            ring[i] = new Chunk(workers.length, measured);
        }
    }

    /** The chunk of that number if it is published, else null. */
    @Nullable
    Chunk published(long number) {
        Chunk chunk = at(number);
        return chunk.isPublished(number) ? chunk : null;
    }

    private Chunk at(long number) {
        return ring[(int) (number % ring.length)];
    }

    /** Whether the stream ends before the chunk of that number. */
    boolean endsBefore(long number) {
        return number >= end;
    }

    /**
     * Reads and publishes the next chunk, if nobody else is reading and the ring has room; false when there was nothing
     * to do.
     */
    boolean readOne(KeyExtractor extractor) {
        if (end != Long.MAX_VALUE || token.get() || !token.compareAndSet(false, true)) {
            return false;
        }
        long number = -1;
        try {
            if (end == Long.MAX_VALUE && hasRoom(nextChunk)) {
                number = fill();
            }
        } finally {
            token.set(false);
        }
        if (number < 0) {
            return false;
        }
        Chunk chunk = at(number);
        extractor.extract(chunk.flows);
        if (chunk.flows.hasFragments()) {
            awaitEarlier(number);
            extractor.joinFragments(chunk.flows, fragments);
        }
        chunk.partition();
        chunk.publish(number);
        return true;
    }

    private boolean hasRoom(long number) {
        for (Progress worker : workers) {
            if (worker.next <= number - ring.length) {
                return false;
            }
        }
        return true;
    }

    /** Fills the next chunk and returns its number; -1 at the end of the stream. */
    private long fill() {
        Chunk chunk = at(nextChunk);
        int read = 0;
        if (!stopped) {
            try {
                read = source.read(chunk.packets);
            } catch (IOException e) {
                damage = e;
            }
        }
        if (read == 0) {
            end = nextChunk;
            return -1;
        }
        tick(chunk);
        return nextChunk++;
    }

    /** Moves the clock: it never runs backwards. */
    private void tick(Chunk chunk) {
        PacketVector p = chunk.packets;
        long[] time = p.time;
        long now = clock;
        long bytes = 0;
        int older = 0;
        for (int i = 0; i < p.size; i++) {
            long t = time[i];
            older += t < now ? 1 : 0;
            now = Math.max(now, t);
            time[i] = now;
            bytes += p.length[i];
        }
        if (p.size == 0) {
            now = Math.max(now, source.clock()); // a live source has nothing for now
        }
        clock = now;
        chunk.endTime = now;
        publish(p.size, bytes, older);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the holder of the token
    private void publish(int read, long bytes, int older) {
        packets += read;
        frameBytes += bytes;
        late += older;
    }

    /** Fragments are joined in stream order: all chunks before are published, so theirs are. */
    private void awaitEarlier(long number) {
        for (long earlier = Math.max(0, number - ring.length + 1); earlier < number; earlier++) {
            while (!at(earlier).isPublished(earlier)) {
                if (aborted) {
                    return;
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Ends the stream after what was read; any thread. */
    void stop() {
        stopped = true;
    }

    /** Ends everything at once, since a worker has failed; any thread. */
    void abort() {
        aborted = true;
    }

    boolean isAborted() {
        return aborted;
    }

    /** What ended the stream early, or null. */
    @Nullable
    IOException damage() {
        return damage;
    }

    long packets() {
        return packets;
    }

    long frameBytes() {
        return frameBytes;
    }

    long late() {
        return late;
    }
}
