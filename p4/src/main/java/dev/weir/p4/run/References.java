package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Table;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.table.match.MatchTable;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of one worker's table refer to: members and groups of the table's profile. Does nothing for a table whose entries have actions. Calls come with the words
 * of an entry, as {@link EntryCodec} makes them. The worker's thread.
 */
final class References {
    private final TableRun run;
    private final EntryCodec codec;

    References(TableRun run, EntryCodec codec) {
        this.run = run;
        this.codec = codec;
    }

    /**
     * Whether an entry may refer so.
     *
     * @param set what is to be the entry's own, and is made; null for what is there
     */
    Result admit(long[] words, @Nullable List<WeightedCall> set) {
        ProfileRun profile = run.profile;
        if (profile == null) return Result.DONE;
        Table.Call call = codec.call(words);
        if (!profile.goesWithOthers(call)) return Result.MIXED;
        if (set != null) return profile.addSet(number(call), set);
        return profile.slot(call) < 0 ? Result.MISSING : Result.DONE;
    }

    private static long number(Table.Call call) {
        return call.arguments().getFirst().longValue();
    }

    /** No entry refers so after all. */
    void dismiss(long[] words) {
        if (run.profile != null) run.profile.drop(number(codec.call(words)));
    }

    /** Has an entry that is there refer to nothing, when it may refer to something else instead; that is for {@link #refer}. */
    Result exchange(int entry, long[] words, @Nullable List<WeightedCall> set) {
        ProfileRun profile = run.profile;
        if (profile == null) return Result.DONE;
        Table.Call before = call(entry);
        List<WeightedCall> own = profile.set(number(before));
        if (set == null && codec.call(words).equals(before)) {
            profile.count(before, -1);
            return Result.DONE;
        }
        profile.leave(before);
        Result admitted = admit(words, set);
        if (admitted != Result.DONE) {
            if (own != null) profile.addSet(number(before), own);
            profile.use(before);
            setSlot(entry, before);
        }
        return admitted;
    }

    /** Makes what an entry had; false where it is not there any more. */
    boolean restore(long[] words, @Nullable List<WeightedCall> set) {
        ProfileRun profile = run.profile;
        if (profile == null) return true;
        Table.Call call = codec.call(words);
        if (set != null && profile.slot(call) < 0) return profile.addSet(number(call), set) == Result.DONE;
        return profile.slot(call) >= 0;
    }

    /** Whether words of another run can be those of an entry here, which has a group of its own or none. */
    boolean fits(long[] words, boolean hasSet) {
        boolean isGroup = (words[0] & EntryLayout.GROUP) != 0;
        long id = words[EntryLayout.REFERENCE];
        return (words[0] & EntryLayout.ACTION) == 0 && (hasSet ? isGroup && id < 0 : id >= 0);
    }

    /** Whether an entry of another run, whose words fit, may refer so now. */
    Result refused(long[] words, boolean hasSet) {
        ProfileRun profile = run.profile;
        if (profile == null) return Result.DONE;
        Table.Call call = codec.call(words);
        if (!profile.goesWithOthers(call)) return Result.MIXED;
        return hasSet || profile.slot(call) >= 0 ? Result.DONE : Result.MISSING;
    }

    /** Has an entry know where what it refers to is, which stays from now on. */
    void refer(int entry) {
        if (run.profile == null) return;
        Table.Call call = call(entry);
        run.profile.use(call);
        setSlot(entry, call);
    }

    private void setSlot(int entry, Table.Call call) {
        int slot = Objects.requireNonNull(run.profile).slot(call);
        MatchTable entries = entries();
        entries.payload().set(JAVA_LONG, entries.payloadAt(entry) + 8L * EntryLayout.SLOT, slot);
    }

    /** The entry does not refer any more. */
    void release(int entry) {
        if (run.profile != null) run.profile.leave(call(entry));
    }

    /** What is an entry's own; null for others. */
    @Nullable
    List<WeightedCall> set(long[] words) {
        return set(words, 0);
    }

    /** The same of words that begin at {@code at}. */
    @Nullable
    List<WeightedCall> set(long[] words, int at) {
        if (run.profile == null || (words[at] & EntryLayout.GROUP) == 0) return null;
        return run.profile.set(words[at + EntryLayout.REFERENCE]);
    }

    private Table.Call call(int entry) {
        MatchTable entries = entries();
        return codec.call(entries.payload(), entries.payloadAt(entry));
    }

    private MatchTable entries() {
        return Objects.requireNonNull(run.entries, "a table with a profile has keys");
    }
}
