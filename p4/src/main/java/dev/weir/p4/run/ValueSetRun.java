package dev.weir.p4.run;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.run.TableControl.Result;
import dev.weir.table.match.MatchKey;
import dev.weir.table.match.MatchTable;
import dev.weir.table.match.MatchTableConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of values that one worker has. Packets ask {@link #contains}, which allocates nothing; {@link #add}, {@link #remove}, {@link #clear} and
 * {@link #members} are the control plane's, between vectors. The worker's thread makes every call.
 */
public final class ValueSetRun implements AutoCloseable {
    /** What {@link #contains} looks up; compiled code fills it in, as the key layout says. */
    public final long[] key;

    private final ValueSet set;
    private final ProgramState state;
    private final MatchKeys keys;
    private final MatchTable members;
    private long version;

    /**
     * Some members, for a walk over all of them in bounded steps.
     *
     * @param next where to go on from; -1 at the end
     */
    public record Piece(List<MatchKey> keys, int next) {}

    ValueSetRun(ValueSet set, ProgramState state) {
        this.set = set;
        this.state = state;
        keys = new MatchKeys(set.name(), set.fields());
        key = new long[keys.layout().words()];
        members = MatchTable.create(MatchTableConfig.of(keys.layout(), set.size()), (_, _, _) -> {});
    }

    public ValueSet set() {
        return set;
    }

    /** 1 when a member matches the {@link #key}. */
    public long contains() {
        return members.match(key, 0, state.now) < 0 ? 0 : 1;
    }

    /**
     * Adds a member, one match a field.
     *
     * @throws IllegalArgumentException when the matches do not fit the fields
     */
    public Result add(List<Match> matches) {
        version++;
        int number = members.add(keys.key(matches), 0, 0, state.now);
        return number >= 0 ? Result.DONE : number == MatchTable.FULL ? Result.FULL : Result.EXISTS;
    }

    /**
     * Removes a member.
     *
     * @throws IllegalArgumentException when the matches do not fit the fields
     */
    public Result remove(List<Match> matches) {
        int number = members.find(keys.key(matches), 0);
        if (number < 0) return Result.MISSING;
        version++;
        members.remove(number);
        return Result.DONE;
    }

    /**
     * Has the set consist of these; of those that there is no room for, or that are there twice, it says so and stays as it was.
     *
     * @throws IllegalArgumentException when the matches do not fit the fields
     */
    public Result setAll(List<List<Match>> wanted) {
        List<List<Match>> before = members();
        Result result = replace(wanted);
        if (result != Result.DONE) replace(before);
        return result;
    }

    private Result replace(List<List<Match>> wanted) {
        clear();
        for (List<Match> matches : wanted) {
            Result result = add(matches);
            if (result != Result.DONE) return result;
        }
        return Result.DONE;
    }

    /** Removes all members. */
    public void clear() {
        version++;
        for (int n = next(0); n >= 0; n = next(n + 1)) members.remove(n);
    }

    /** Adds what another set of the same fields has, as long as there is room. */
    void addAll(ValueSetRun other) {
        for (List<Match> matches : other.members()) {
            if (add(matches) == Result.FULL) return;
        }
    }

    public int size() {
        return members.size();
    }

    /** All members, in no order. */
    public List<List<Match>> members() {
        List<List<Match>> all = new ArrayList<>();
        for (int n = next(0); n >= 0; n = next(n + 1)) all.add(keys.matches(members.key(n)));
        return all;
    }

    /** Members from a place on, so many at the most; the first place is 0. */
    public Piece members(int from, int most) {
        List<MatchKey> all = new ArrayList<>();
        int number = next(from);
        for (; number >= 0 && all.size() < most; number = next(number + 1)) all.add(members.key(number));
        return new Piece(all, number);
    }

    /** Adds a member of another run, as {@link MatchKey#toWords} has it; false where it can be none here, or there is no room. */
    public boolean restore(long[] words) {
        try {
            return members.add(MatchKey.ofWords(keys.layout(), words), 0, 0, state.now) >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Another number after each change. */
    public long version() {
        return version;
    }

    private int next(int from) {
        return members.next(from, members.end());
    }

    @Override
    public void close() {
        members.close();
    }
}
