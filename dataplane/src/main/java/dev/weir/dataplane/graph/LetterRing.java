package dev.weir.dataplane.graph;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Letters about aliases on their way from one worker to another: a ring off the heap of records of
 * {@link FlowAliases#LETTER_BYTES} octets, with one producer and one consumer. Allocates nothing after it was made; waits
 * for nothing.
 *
 * <p>The two positions count letters since the beginning, and each lies on cache lines of its own. A letter is there for
 * the consumer when {@link #put} returns: the store of the position has release, so it happens before all that the
 * producer sends afterwards, the packet that the letter is about too; the consumer loads it with acquire.
 */
final class LetterRing {
    private static final int BYTES = FlowAliases.LETTER_BYTES;
    /** Where in {@link #positions} the two are. */
    private static final int TAIL = 16, HEAD = 32, POSITIONS = 48;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final MemorySegment memory;
    private final int capacity;
    private final long[] positions = new long[POSITIONS];

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
        LONGS.setRelease(positions, TAIL, written);
        return true;
    }

    /** How many letters there is room for. The producer. */
    int room() {
        headSeen = (long) LONGS.getAcquire(positions, HEAD);
        return capacity - (int) (written - headSeen);
    }

    /** Has {@code reader} do what all letters say that are there, in order. The consumer. */
    void deliver(FlowAliases reader) {
        long tail = (long) LONGS.getAcquire(positions, TAIL);
        if (read == tail) {
            return;
        }
        while (read != tail) {
            reader.receive(memory, at(read));
            read++;
        }
        LONGS.setRelease(positions, HEAD, read);
    }

    /** Whether there is nothing for the consumer. The consumer. */
    boolean isEmpty() {
        return (long) LONGS.getAcquire(positions, TAIL) == read;
    }

    private long at(long position) {
        return (position & (capacity - 1)) * BYTES;
    }
}
