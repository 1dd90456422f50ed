package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Table;
import dev.weir.table.match.MatchTable;
import org.jspecify.annotations.Nullable;

/**
 * Has entries that move into the table of another program refer there to what has the same number, and what they refer to know it. Groups of entries stay until the move is over,
 * whether an entry refers to them or not. The worker's thread.
 */
final class ReferenceMove {
    private final EntryCodec codec;
    private final ProfileRun profile;
    private final MatchTable target;

    /** By number in the target. */
    private final Table.@Nullable Call[] calls;

    /** @param codec of both tables */
    ReferenceMove(EntryCodec codec, ProfileRun profile, MatchTable target) {
        this.codec = codec;
        this.profile = profile;
        this.target = target;
        calls = new Table.@Nullable Call[target.capacity()];
    }

    /** Whether what an entry of the source refers to is there. */
    boolean isThere(MatchTable source, int entry) {
        return profile.slot(call(source, entry)) >= 0;
    }

    private Table.Call call(MatchTable source, int entry) {
        return codec.call(source.payload(), source.payloadAt(entry));
    }

    /** An entry of the target refers to what one of the source does. */
    void refer(MatchTable source, int entry, int number) {
        Table.Call call = call(source, entry);
        if (!call.equals(calls[number])) {
            leave(number);
            profile.count(call, 1);
            calls[number] = call;
        }
        target.payload().set(JAVA_LONG, target.payloadAt(number) + 8L * EntryLayout.SLOT, profile.slot(call));
    }

    /** An entry of the target goes. */
    void leave(int number) {
        Table.Call call = calls[number];
        calls[number] = null;
        if (call != null) profile.count(call, -1);
    }
}
