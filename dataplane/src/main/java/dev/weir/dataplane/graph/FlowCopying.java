package dev.weir.dataplane.graph;

import dev.weir.table.FlowRecord;
import dev.weir.table.FlowTable;
import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;

/**
 * Copies one worker's flows while packets flow: some between two vectors, into blocks that another thread empties and gives back. Where no block is free the worker
 * goes on without; so packets wait for no more than {@link #PIECE_NANOS} and {@link #PLACES} copies at a time, whatever a disk does, and while this code is not compiled yet, and memory is that of the blocks. The worker's side
 * allocates nothing.
 */
final class FlowCopying extends WorkerCalls.Answering<Boolean> implements AutoCloseable {
    /** How many places of a table are looked at at once. */
    private static final int PLACES = 32;
    /** When that was done for so long, packets come first: a part of what a vector of packets takes, which {@code weir bench state} measures beside it. */
    static final long PIECE_NANOS = 20_000;

    private static final int BLOCKS = 16;

    private final Arena arena = Arena.ofShared();
    private final Mailbox<FlowCopies> free = new Mailbox<>(BLOCKS), full = new Mailbox<>(BLOCKS);
    private final FlowRecord view = new FlowRecord();
    private final int annexBytes;
    private FlowCopies block;
    private boolean hasBlock;
    private long cursor;

    FlowCopying(int annexBytes) {
        this.annexBytes = annexBytes;
        block = new FlowCopies(annexBytes, arena);
        hasBlock = true;
        for (int i = 1; i < BLOCKS; i++) {
            free.offer(new FlowCopies(annexBytes, arena));
        }
    }

    CompletableFuture<Boolean> answer() {
        return answer;
    }

    @Override
    public boolean isWaiting() {
        return !hasBlock && free.isEmpty();
    }

    @Override
    boolean proceed(Worker worker) {
        if (worker.table().config().annexBytes() < annexBytes) {
            give(false);
            return true;
        }
        if (!hasBlock && !take()) {
            return false;
        }
        long begin = System.nanoTime();
        boolean ends;
        do {
            ends = copySome(worker);
        } while (!ends && System.nanoTime() - begin < PIECE_NANOS);
        if (ends) {
            hasBlock = false;
            full.offer(block);
        }
        boolean through = cursor == FlowTable.THROUGH;
        if (through) {
            give(true);
        }
        return through;
    }

    /** Whether the block is to be handed on: it is full, or the last. */
    private boolean copySome(Worker worker) {
        int before = block.size();
        cursor = worker.table().copy(cursor, PLACES, block.records());
        for (int i = before; i < block.size(); i++) {
            int first = block.get(i, view).annexInt(FlowLayout.ALIASES);
            int aliases = first == 0
                    ? 0
                    : worker.aliases().copy(first - 1, block.aliasMemory(), block.aliasAt(i), FlowCopies.ALIASES);
            block.aliases(i, aliases);
        }
        return cursor == FlowTable.THROUGH || block.records().room() == 0;
    }

    private boolean take() {
        FlowCopies next = free.poll();
        if (next == null) {
            return false;
        }
        block = next;
        hasBlock = true;
        return true;
    }

    /** A block that was filled, null where there is none. The other thread; {@link #giveBack} follows. */
    @org.jspecify.annotations.Nullable
    FlowCopies poll() {
        return full.poll();
    }

    void giveBack(FlowCopies emptied) {
        emptied.clear();
        free.offer(emptied);
    }

    /** After the worker has answered, or has ended. */
    @Override
    public void close() {
        arena.close();
    }
}
