package dev.weir.dataplane.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Letters about aliases on their way from one worker to another: a ring off the heap of records of
 * {@link FlowAliases#LETTER_BYTES} octets, with one producer and one consumer. Allocates nothing after it was made; waits
 * for nothing.
 *
 * <p>The two positions count letters since the beginning. A letter is there for the consumer when {@link #put} returns: the
 * store of the position has release, so it happens before all that the producer sends afterwards, the packet that the
 * letter is about too.
 */
final class LetterRing {
    private static final int BYTES = FlowAliases.LETTER_BYTES;

    private final MemorySegment memory;
    private final int capacity;
    private final RingPositions positions = new RingPositions();

    /** The producer's: how many it has written, and the consumer's position as last seen. */
    private long written, headSeen;
    /** The consumer's: how many it has read. */
    private long read;

    /** A ring of {@code capacity} letters, a power of two, in memory of {@code arena}. */
    LetterRing(int capacity, Arena arena) {
        this.capacity = capacity;
        memory = arena.allocate((long) capacity * BYTES, Long.BYTES);
    }

    /** Puts a copy of a letter in; false when there is no room. The producer. */
    boolean put(MemorySegment letter) {
        if (written - headSeen == capacity && room() == 0) {
            return false;
        }
        MemorySegment.copy(letter, 0, memory, at(written), BYTES);
        written++;
        positions.tailRelease(written);
        return true;
    }

    /** How many letters there is room for. The producer. */
    int room() {
        headSeen = positions.headAcquire();
        return capacity - (int) (written - headSeen);
    }

    /** Has {@code reader} do what all letters say that are there, in order. The consumer. */
    void deliver(FlowAliases reader) {
        long tail = positions.tailAcquire();
        if (read == tail) {
            return;
        }
        while (read != tail) {
            reader.receive(memory, at(read));
            read++;
        }
        positions.headRelease(read);
    }

    /** Whether there is nothing for the consumer. The consumer. */
    boolean isEmpty() {
        return positions.tailAcquire() == read;
    }

    private long at(long position) {
        return (position & (capacity - 1)) * BYTES;
    }
}
