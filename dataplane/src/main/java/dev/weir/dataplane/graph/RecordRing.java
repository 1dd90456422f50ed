package dev.weir.dataplane.graph;

import dev.weir.dataplane.RecordSink;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecords;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records and events on their way from one worker to the thread that passes them on. The worker never waits. When the
 * ring is full, events are dropped and counted; final records wait in memory of the worker's own, which grows, and
 * {@link #isCongested} asks it to let flows live on a while. One producer, one consumer.
 */
final class RecordRing implements RecordOutlet {
    static final int SLOTS = 1 << 14;
    private static final int CONGESTED = 1 << 16;

    private final MemorySegment memory;
    /** Which kinds are wanted, and which those were when the worker last looked. */
    private volatile int wanted;

    private int kinds;
    private final RingPositions positions = new RingPositions();
    private final FlowRecord written = new FlowRecord(), read = new FlowRecord();

    /** Final records that wait, from {@link #waitingFrom} on; the worker's. */
    private Arena waitingArena = Arena.ofShared();

    private MemorySegment waiting = MemorySegment.NULL;
    private int waitingFrom, waitingTo;
    private final AtomicLong droppedEvents = new AtomicLong();
    private volatile boolean ended;

    /** A ring in memory of {@code arena} for events of these kinds at first. */
    RecordRing(int kinds, Arena arena) {
        this.kinds = kinds;
        wanted = kinds;
        memory = arena.allocate((long) SLOTS * FlowRecord.SIZE, Long.BYTES);
    }

    /** From the worker's next look on, events of these kinds are wanted. Any thread. */
    void want(int eventKinds) {
        wanted = eventKinds;
    }

    @Override
    public int kinds() {
        kinds = wanted;
        return kinds;
    }

    @Override
    public void accept(FlowRecords block) {
        if (kinds == 0) {
            return;
        }
        advance();
        long tail = positions.tail();
        long head = positions.headAcquire();
        long dropped = 0;
        for (int r = 0; r < block.size(); r++) {
            block.get(r, written);
            if ((written.kind() & kinds) == 0) {
                continue;
            }
            if (waitingFrom == waitingTo && tail - head < SLOTS) {
                copy(written.segment(), written.offset(), memory, slot(tail++));
            } else if (written.kind() == FlowEvent.ENDED) {
                wait(written);
            } else {
                dropped++;
            }
        }
        positions.tailRelease(tail);
        if (dropped != 0) {
            droppedEvents.lazySet(droppedEvents.getPlain() + dropped);
        }
    }

    private static long slot(long number) {
        return (number & (SLOTS - 1)) * FlowRecord.SIZE;
    }

    private static void copy(MemorySegment from, long fromOffset, MemorySegment to, long toOffset) {
        MemorySegment.copy(from, fromOffset, to, toOffset, FlowRecord.SIZE);
    }

    private void wait(FlowRecord record) {
        long end = (long) waitingTo * FlowRecord.SIZE;
        if (end == waiting.byteSize()) {
            Arena arena = Arena.ofShared();
            MemorySegment larger = arena.allocate(Math.max(2 * end, (long) SLOTS * FlowRecord.SIZE), Long.BYTES);
            MemorySegment.copy(waiting, 0, larger, 0, end);
            waitingArena.close();
            waitingArena = arena;
            waiting = larger;
        }
        copy(record.segment(), record.offset(), waiting, end);
        waitingTo++;
    }

    @Override
    public void advance() {
        if (waitingFrom == waitingTo) {
            return;
        }
        long tail = positions.tail();
        long head = positions.headAcquire();
        while (waitingFrom < waitingTo && tail - head < SLOTS) {
            copy(waiting, (long) waitingFrom++ * FlowRecord.SIZE, memory, slot(tail++));
        }
        if (waitingFrom == waitingTo) {
            waitingFrom = 0;
            waitingTo = 0;
        }
        positions.tailRelease(tail);
    }

    @Override
    public boolean isWaiting() {
        return waitingFrom != waitingTo;
    }

    @Override
    public boolean isCongested() {
        return waitingTo - waitingFrom > CONGESTED;
    }

    /** Nothing more will come. The worker. */
    void end() {
        ended = true;
    }

    /** Passes on all that is there; returns how many. The consumer. */
    int drainTo(RecordSink sink) throws IOException {
        long head = positions.head();
        long tail = positions.tailAcquire();
        int n = (int) (tail - head);
        try {
            while (head != tail) {
                sink.accept(read.wrap(memory, slot(head++)));
            }
        } finally {
            positions.headRelease(head);
        }
        return n;
    }

    /** Whether nothing more will come and all has been passed on. The consumer. */
    boolean isFinished() {
        return ended && positions.tailAcquire() == positions.head();
    }

    /** How many events had no room; any thread. */
    long droppedEvents() {
        return droppedEvents.get();
    }

    /** Gives the memory of what waited back; the ring's own is its arena's. */
    void close() {
        waitingArena.close();
    }
}
