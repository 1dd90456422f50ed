package dev.weir.p4.node;

import dev.weir.dataplane.graph.RingPositions;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.DigestListener;
import dev.weir.p4.run.EntryCodec;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryLayout;
import dev.weir.p4.run.EntryNotes;
import dev.weir.p4.run.TableControl;
import dev.weir.p4.run.TableListener;
import dev.weir.table.match.ExactTable;
import dev.weir.table.match.MatchKey;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of entries, and digests, on their way from one worker to the control plane. One producer, the worker, which never waits: what finds no room is dropped
 * and counted. One consumer. Events of the control plane's own changes are not among them, nor those of entries without the permission to be published.
 *
 * <p>As long as nobody reads ({@link #open}), an event costs the worker one look. Telling of exact entries allocates nothing; of others it makes the key.
 *
 * <pre>
 * word 0                                   1      2          3          4          5      5 + key words
 *     | kind u8, author u8, table u32 << 16 | time | lifetime | last hit | priority | key  | payload |
 *     | DIGEST,             digest    << 16 | time | values |
 * </pre>
 */
public final class EventRing implements TableListener, DigestListener {
    /** What became of an entry. */
    public enum Kind {
        CREATED,
        UPDATED,
        DELETED,
        IDLE
    }

    /** Takes events, in the order in which they happened. */
    public interface Sink {
        /** @param table its number in the pipeline */
        void entry(Kind kind, int table, Author author, EntryCopy entry, long now);

        /** @param words as {@link DigestListener} gets them */
        void digest(int digest, long[] words, long now);
    }

    private static final int SLOTS = 1 << 13;
    private static final int HEAD = 5, TABLE = 16, AUTHOR = 8, DIGEST = 0xFF;
    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final List<Author> AUTHORS = List.of(Author.values());

    private final Pipeline pipeline;
    private final EntryCodec[] codecs;
    private final int stride;
    private final RingPositions positions = new RingPositions();
    private final AtomicLong lost = new AtomicLong();
    private volatile @Nullable Slots slots;
    private volatile boolean open;
    private volatile boolean ended;

    /** The worker's clock. */
    private long now;

    private static final class Slots {
        final long[] words;
        final @Nullable MatchKey[] keys = new MatchKey[SLOTS];
        final @Nullable EntryNotes[] notes = new EntryNotes[SLOTS];

        Slots(int stride) {
            words = new long[SLOTS * stride];
        }
    }

    EventRing(Pipeline pipeline) {
        this.pipeline = pipeline;
        codecs = pipeline.tables().stream()
                .map(table -> new EntryCodec(pipeline, table))
                .toArray(EntryCodec[]::new);
        int most = HEAD;
        for (EntryCodec codec : codecs) most = Math.max(most, HEAD + codec.keyWords() + codec.words());
        for (Pipeline.Digest digest : pipeline.digests()) most = Math.max(most, 2 + words(digest));
        stride = most;
    }

    /** How many longs the values of a digest take. Allocates nothing. */
    public static int words(Pipeline.Digest digest) {
        int words = 0;
        for (int i = 0; i < digest.fields().size(); i++) {
            words += limbs(digest.fields().get(i).width());
        }
        return words;
    }

    private static int limbs(int bits) {
        return (bits + Long.SIZE - 1) / Long.SIZE;
    }

    /** Has the worker tell from now on. The consumer. */
    void open() {
        if (slots == null) slots = new Slots(stride);
        open = true;
    }

    /** Has it tell nothing more; what was not taken is gone. The consumer. */
    void shut() {
        open = false;
        positions.headRelease(positions.tailAcquire());
    }

    /** What time it is. The worker. */
    void at(long now) {
        this.now = now;
    }

    @Override
    public void created(TableControl table, int entry, Author author) {
        if (open && author != Author.CONTROL) tell(Kind.CREATED, table, entry, author);
    }

    @Override
    public void updated(TableControl table, int entry, Author author) {
        if (open && author != Author.CONTROL) tell(Kind.UPDATED, table, entry, author);
    }

    @Override
    public void deleted(TableControl table, int entry, Author author) {
        if (open && author != Author.CONTROL) tell(Kind.DELETED, table, entry, author);
    }

    @Override
    public void idle(TableControl table, int entry) {
        if (open) tell(Kind.IDLE, table, entry, Author.TIMER);
    }

    private void tell(Kind kind, TableControl table, int entry, Author author) {
        Slots to = slots;
        if (to == null || (table.permissions(entry) & EntryLayout.PUBLISH) == 0) return;
        long tail = positions.tail();
        if (isFull(tail)) return;
        int slot = (int) tail & (SLOTS - 1);
        int at = slot * stride;
        long[] words = to.words;
        words[at] = KINDS.indexOf(kind) | ((long) AUTHORS.indexOf(author) << AUTHOR) | ((long) table.number() << TABLE);
        words[at + 1] = now;
        words[at + 2] = table.lifetime(entry);
        words[at + 3] = table.lastHit(entry);
        words[at + 4] = table.priority(entry);
        to.keys[slot] = table.loadKey(entry, words, at + HEAD);
        table.loadPayload(entry, words, at + HEAD + codecs[table.number()].keyWords());
        to.notes[slot] = table.notes(entry);
        positions.tailRelease(tail + 1);
    }

    private boolean isFull(long tail) {
        if (tail - positions.headAcquire() < SLOTS) return false;
        lost.lazySet(lost.getPlain() + 1);
        return true;
    }

    @Override
    public void digest(Pipeline.Digest digest, long[] values) {
        Slots to = slots;
        if (to == null || !open) return;
        long tail = positions.tail();
        if (isFull(tail)) return;
        int at = ((int) tail & (SLOTS - 1)) * stride;
        to.words[at] = DIGEST | ((long) number(digest) << TABLE);
        to.words[at + 1] = now;
        System.arraycopy(values, 0, to.words, at + 2, words(digest));
        positions.tailRelease(tail + 1);
    }

    private int number(Pipeline.Digest digest) {
        for (int i = 0; i < pipeline.digests().size(); i++) {
            if (pipeline.digests().get(i).name().equals(digest.name())) return i;
        }
        throw new IllegalArgumentException(digest.name() + ": it is no digest of this program");
    }

    /** No more will come. The worker. */
    void end() {
        ended = true;
    }

    boolean isEnded() {
        return ended;
    }

    /** Gives everything that is there. The consumer. */
    public void drainTo(Sink sink) {
        Slots from = slots;
        if (from == null) return;
        long tail = positions.tailAcquire();
        for (long head = positions.head(); head < tail; head++) {
            int slot = (int) head & (SLOTS - 1);
            give(from, slot, sink);
            from.keys[slot] = null;
            positions.headRelease(head + 1);
        }
    }

    private void give(Slots from, int slot, Sink sink) {
        int at = slot * stride;
        long[] words = from.words;
        int which = (int) (words[at] >>> TABLE);
        if ((words[at] & 0xFF) == DIGEST) {
            int length = words(pipeline.digests().get(which));
            sink.digest(which, Arrays.copyOfRange(words, at + 2, at + 2 + length), words[at + 1]);
            return;
        }
        EntryCodec codec = codecs[which];
        int payload = at + HEAD + codec.keyWords();
        MatchKey made = from.keys[slot];
        MatchKey key =
                made != null ? made : ExactTable.key(codec.keys(), Arrays.copyOfRange(words, at + HEAD, payload));
        EntryCopy entry = new EntryCopy(
                key,
                (int) words[at + 4],
                Arrays.copyOfRange(words, payload, payload + codec.words()),
                words[at + 2],
                words[at + 3],
                from.notes[slot]);
        Author author = AUTHORS.get((int) (words[at] >> AUTHOR) & 0xFF);
        sink.entry(KINDS.get((int) words[at] & 0xFF), which, author, entry, words[at + 1]);
    }

    /** How many events found no room, since the worker began. Any thread. */
    public long lost() {
        return lost.get();
    }
}
