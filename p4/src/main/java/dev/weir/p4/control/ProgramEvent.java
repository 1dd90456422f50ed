package dev.weir.p4.control;

import dev.weir.p4.run.Origin;
import java.math.BigInteger;
import java.util.List;

/** What watchers are told, each once. Immutable. {@code at} is nanoseconds since 1970, of the worker's clock. */
public sealed interface ProgramEvent {
    long at();

    enum Kind {
        CREATED,
        UPDATED,
        DELETED,
        /** It was not hit for its lifetime, and stays. */
        IDLE
    }

    /** @param by who did it */
    record OfEntry(Kind kind, EntryState entry, Origin by, long at) implements ProgramEvent {}

    /** Entries were deleted together; of those no event of their own tells. */
    record Flushed(TableSchema table, int entries, Origin by, long at) implements ProgramEvent {}

    /** @param values one for each of the digest's fields, in their order */
    record OfDigest(String digest, List<BigInteger> values, long at) implements ProgramEvent {
        public OfDigest {
            values = List.copyOf(values);
        }
    }

    /** So many events were not told, as they came faster than they were taken. */
    record Lost(long events, long at) implements ProgramEvent {}
}
