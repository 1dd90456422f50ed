package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.FlowChangeSink.Moment;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTable;
import java.lang.foreign.Arena;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Copies what changes of one worker's flows, round after round, as {@link FlowCopying} copies all: some between two vectors, into blocks that another thread empties and
 * gives back. The worker's side allocates nothing but, at the beginning, its marks.
 */
final class FlowChanging implements AutoCloseable {
    /** How many marks are looked at at once: 64 words. {@link FlowCopying#PIECE_NANOS} bounds how often. */
    private static final int PLACES = 1 << 12;
    /** How many places are gone over between two vectors for what changed without a mark; each may be a line that no cache has. */
    private static final int SWEPT = 256;

    /** Where a piece can end before it is through: with a family of addresses, of which there are two, and one of them twice. */
    private static final int ENDS = 3;

    private static final int BLOCKS = 16;

    private final Arena arena = Arena.ofShared();
    private final Mailbox<FlowChanges> free = new Mailbox<>(BLOCKS), full = new Mailbox<>(BLOCKS);
    private final FlowRecord view = new FlowRecord();
    private final int annexBytes;
    private @Nullable FlowChanges block;
    private boolean marks;
    private long sweep;

    FlowChanging(int annexBytes) {
        this.annexBytes = annexBytes;
        for (int i = 0; i < BLOCKS; i++) {
            free.offer(new FlowChanges(annexBytes, arena));
        }
    }

    /**
     * The mail of a round. The one before is over.
     *
     * @param share of what places are gone over for what changed without a mark, one of so many: they come with the next round
     */
    Round round(int share) {
        return new Round(share);
    }

    /** Answers how the worker was at its end; with nothing where its table is not the one any more that was followed. */
    final class Round extends WorkerCalls.Answering<Optional<Moment>> {
        private final int share;
        private long cursor;
        /** Places to go over; negative before it is known how many there are. */
        private int left = -1;

        private Round(int share) {
            this.share = share;
        }

        @Override
        public boolean isWaiting() {
            return cursor != FlowTable.THROUGH && block == null && free.isEmpty();
        }

        @Override
        boolean proceed(Worker worker) {
            FlowTable table = worker.table();
            if (!marks && table.config().annexBytes() >= annexBytes) {
                table.markChanges();
                marks = true;
            }
            if (!table.marksChanges() || table.config().annexBytes() < annexBytes) {
                give(Optional.empty());
                return true;
            }
            if (cursor != FlowTable.THROUGH) {
                long begin = System.nanoTime();
                do {
                    copy(worker, table);
                } while (cursor != FlowTable.THROUGH
                        && block != null
                        && System.nanoTime() - begin < FlowCopying.PIECE_NANOS);
                return false;
            }
            if (left < 0) {
                left = table.usedPlaces() / share + 1;
                if (share == 1) {
                    left += ENDS * SWEPT; // all, wherever it begins
                }
            }
            if (left > 0) {
                sweep = Math.max(0, table.mark(sweep, Math.min(left, SWEPT))); // THROUGH is below 0: from the beginning
                left = Math.max(0, left - SWEPT);
                return false;
            }
            give(Optional.of(new Moment(table.now(), worker.nextNumber(), table.size())));
            return true;
        }

        private void copy(Worker worker, FlowTable table) {
            FlowChanges into = block == null ? free.poll() : block;
            if (into == null) {
                return;
            }
            block = into;
            FlowCopies flows = into.flows();
            int before = flows.size();
            cursor = table.copyChanged(cursor, PLACES, flows.records(), into.places());
            for (int i = before; i < flows.size(); i++) {
                int first = flows.get(i, view).annexInt(FlowLayout.ALIASES);
                int aliases = first == 0
                        ? 0
                        : worker.aliases().copy(first - 1, flows.aliasMemory(), flows.aliasAt(i), FlowCopies.ALIASES);
                flows.aliases(i, aliases);
            }
            if (cursor == FlowTable.THROUGH || into.isFull()) {
                block = null;
                full.offer(into);
            }
        }
    }

    /** A block that was filled, null where there is none. The other thread; {@link #giveBack} follows. */
    @Nullable
    FlowChanges poll() {
        return full.poll();
    }

    void giveBack(FlowChanges emptied) {
        emptied.clear();
        free.offer(emptied);
    }

    /** After the worker has answered, or has ended. */
    @Override
    public void close() {
        arena.close();
    }
}
