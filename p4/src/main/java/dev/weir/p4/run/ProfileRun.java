package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.TableControl.Result;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Members and groups of an action profile that one worker has. Packets come to them through entries of tables, which allocates nothing; the public methods are
 * the control plane's, between vectors. The worker's thread makes every call. Numbers of members and groups are the caller's, from 0 on; what does not fit
 * throws an {@link IllegalArgumentException} that says why.
 */
public final class ProfileRun {
    private static final int[] EMPTY = {};

    /** Instead of a port: nobody watches one. */
    public static final int UNWATCHED = -1;

    private static final int MOST_PORT = 1 << 16;

    /**
     * Of a group.
     *
     * @param weight how often it counts, from 1 on
     * @param watch a port: while it is down the member is out of the choice; {@link #UNWATCHED} for none
     */
    public record Weighted(long member, int weight, int watch) {
        /** One that is there whatever ports do. */
        public Weighted(long member, int weight) {
            this(member, weight, UNWATCHED);
        }
    }

    /**
     * Members of which a packet gets one.
     *
     * @param maxSize how large the control plane says that it will be at the most, which stays; 0 for nothing said. It is remembered, not enforced
     */
    public record Group(List<Weighted> members, int maxSize) {
        public Group {
            members = List.copyOf(members);
        }

        /** Of which nothing is said beside its members. */
        public static Group of(List<Weighted> members) {
            return new Group(members, 0);
        }
    }

    /**
     * An action of a group that belongs to one entry.
     *
     * @param watch as of {@link Weighted}
     */
    public record WeightedCall(Table.Call call, int weight, int watch) {
        public WeightedCall(Table.Call call, int weight) {
            this(call, weight, UNWATCHED);
        }
    }

    /** Slots of members, one as often as it counts, and of each the port that it watches; no ports where none watches any. */
    private static final class Picks {
        private final int[] slots;
        private final int[] watches;

        Picks(int size, boolean watches) {
            slots = new int[size];
            this.watches = watches ? new int[size] : EMPTY;
        }

        int put(int at, int slot, int weight, int watch) {
            Arrays.fill(slots, at, at + weight, slot);
            if (watches.length > 0) Arrays.fill(watches, at, at + weight, watch);
            return at + weight;
        }

        int watch(int i) {
            return watches.length == 0 ? UNWATCHED : watches[i];
        }
    }

    /** The members, of {@link #memberBytes} each; word 0 is the number of the action in the pipeline. */
    final MemorySegment memory;

    final long memberBytes;

    private final ActionProfile profile;
    private final Pipeline pipeline;
    private final CallWords calls;
    private final List<String> actions;
    private final Slots members;
    private final Slots groups;

    /** Of each group what it consists of. */
    private final Picks[] picks;

    /** Of each group the slots that packets get: of those whose port is up. */
    private final int[][] chosen;

    /** Ports that are watched, and how many members of groups watch each. */
    private final SortedMap<Integer, Integer> watchers = new TreeMap<>();

    private int[] watched = EMPTY;
    private final BitSet down = new BitSet();
    private IntPredicate isUp = port -> true;

    /** Of each group what {@link Group#maxSize} says. */
    private final int[] maxSizes;

    private long ownMembers;

    /** How often something that has a number of the control plane's was made, changed or taken away. */
    private long version;

    /** How many entries refer to what has a number of the control plane's, and how many to what is theirs alone. */
    private int entriesWithNumbers, entriesWithSets;

    ProfileRun(ActionProfile profile, Pipeline pipeline, CallWords calls, Arena arena) {
        this.profile = profile;
        this.pipeline = pipeline;
        this.calls = calls;
        actions = actions(profile, pipeline);
        int words = 0;
        for (Pipeline.Action action : pipeline.actions()) {
            if (actions.contains(action.name())) words = Math.max(words, CallWords.words(action.parameters()));
        }
        memberBytes = 8L * (EntryLayout.ARGUMENTS + words);
        memory = arena.allocate(memberBytes * profile.size(), 8);
        members = new Slots(profile.size());
        groups = new Slots(profile.selects() ? profile.size() : 0);
        chosen = new int[profile.selects() ? profile.size() : 0][];
        picks = new Picks[chosen.length];
        maxSizes = new int[chosen.length];
    }

    /** Those that entries of all its tables can have. */
    private static List<String> actions(ActionProfile profile, Pipeline pipeline) {
        List<String> actions = new ArrayList<>(
                pipeline.actions().stream().map(Pipeline.Action::name).toList());
        for (Table table : pipeline.tables()) {
            Table.Implementation implementation = table.implementation();
            if (implementation == null || !implementation.profile().equals(profile.name())) continue;
            List<String> its = table.actions().stream()
                    .filter(use -> use.scope() != Table.Scope.DEFAULT_ONLY)
                    .map(Table.ActionUse::action)
                    .toList();
            actions.retainAll(its);
        }
        return actions;
    }

    public ActionProfile profile() {
        return profile;
    }

    /** The member of a group for a packet; {@link Slots#NONE} in an empty group. */
    int pick(int group, long by) {
        int[] of = chosen[group];
        return of.length == 0 ? Slots.NONE : of[(int) Long.remainderUnsigned(by, of.length)];
    }

    private void checkCall(Table.Call call) {
        if (!actions.contains(call.action())) {
            throw new IllegalArgumentException(
                    profile.name() + ": " + call.action() + " cannot be a member; its tables have " + actions);
        }
        calls.check(call);
    }

    private void checkNumber(long id) {
        if (id < 0) throw new IllegalArgumentException(profile.name() + ": number " + id + "; count from 0");
    }

    public Result addMember(long id, Table.Call call) {
        checkNumber(id);
        checkCall(call);
        if (members.find(id) >= 0) return Result.EXISTS;
        version++;
        return put(id, call) < 0 ? Result.FULL : Result.DONE;
    }

    private int put(long id, Table.Call call) {
        int slot = members.take(id);
        if (slot >= 0) write(slot, call);
        return slot;
    }

    private void write(int slot, Table.Call call) {
        calls.put(memory, slot * memberBytes, actionNumber(call.action()), call);
    }

    int actionNumber(String action) {
        for (int i = 0; i < pipeline.actions().size(); i++) {
            if (pipeline.actions().get(i).name().equals(action)) return i;
        }
        throw new IllegalArgumentException("there is no action " + action);
    }

    public Result modifyMember(long id, Table.Call call) {
        checkNumber(id);
        checkCall(call);
        int slot = members.find(id);
        if (slot < 0) return Result.MISSING;
        version++;
        write(slot, call);
        return Result.DONE;
    }

    /** {@link Result#IN_USE} while a group or an entry refers to it. */
    public Result deleteMember(long id) {
        checkNumber(id);
        version++;
        return delete(members, id);
    }

    private static Result delete(Slots slots, long id) {
        int slot = slots.find(id);
        if (slot < 0) return Result.MISSING;
        if (slots.isUsed(slot)) return Result.IN_USE;
        slots.release(slot);
        return Result.DONE;
    }

    public Table.@Nullable Call member(long id) {
        int slot = members.find(id);
        return slot < 0 ? null : call(slot);
    }

    private Table.Call call(int slot) {
        long at = slot * memberBytes;
        return calls.get(
                memory,
                at,
                pipeline.actions().get((int) memory.get(JAVA_LONG, at)).name());
    }

    /** All members that were given numbers. */
    public Map<Long, Table.Call> members() {
        Map<Long, Table.Call> all = new LinkedHashMap<>();
        members.all().forEach((id, slot) -> {
            if (id >= 0) all.put(id, call(slot));
        });
        return all;
    }

    /** {@link Result#MISSING} when one of the members is not there. */
    public Result addGroup(long id, Group given) {
        checkNumber(id);
        checkWeights(given);
        if (groups.find(id) >= 0) return Result.EXISTS;
        Picks its = picks(given.members);
        if (its == null) return Result.MISSING;
        version++;
        int group = group(id, its);
        if (group >= 0) maxSizes[group] = given.maxSize;
        return group < 0 ? Result.FULL : Result.DONE;
    }

    private void checkWeights(Group given) {
        checkGroup(given.members.stream().mapToLong(Weighted::weight).toArray());
        for (Weighted each : given.members) checkWatch(each.watch);
    }

    private void checkWatch(int port) {
        if (port < UNWATCHED || port > MOST_PORT) {
            throw new IllegalArgumentException(profile.name() + ": there is no port " + port + " to watch");
        }
    }

    private void checkGroup(long[] weights) {
        if (!profile.selects()) {
            throw new IllegalArgumentException(
                    profile.name() + ": it has no groups; declare an ActionSelector for them");
        }
        long all = 0;
        for (long weight : weights) {
            if (weight < 1)
                throw new IllegalArgumentException(profile.name() + ": weight " + weight + "; give 1 or more");
            all += weight;
        }
        if (all > ActionProfile.MOST_IN_GROUP) {
            throw new IllegalArgumentException(profile.name() + ": the weights of a group are " + all + "; "
                    + ActionProfile.MOST_IN_GROUP + " are the most");
        }
    }

    private int group(long id, Picks its) {
        int group = groups.take(id);
        if (group >= 0) choose(group, its);
        return group;
    }

    private void choose(int group, Picks its) {
        for (int slot : its.slots) members.use(slot, 1);
        for (int port : its.watches) watch(port, 1);
        picks[group] = its;
        chosen[group] = live(its);
    }

    private void clear(int group) {
        for (int slot : picks[group].slots) members.use(slot, -1);
        for (int port : picks[group].watches) watch(port, -1);
        picks[group] = new Picks(0, false);
        chosen[group] = EMPTY;
    }

    private void watch(int port, int more) {
        if (port == UNWATCHED) return;
        int watching = watchers.merge(port, more, Integer::sum);
        if (watching == 0) {
            watchers.remove(port);
        } else if (watching == 1 && more > 0) {
            down.set(port, !isUp.test(port));
        } else {
            return;
        }
        watched = watchers.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    /** The slots of those whose port is not down. */
    private int[] live(Picks its) {
        if (its.watches.length == 0) return its.slots;
        return IntStream.range(0, its.slots.length)
                .filter(i -> its.watches[i] == UNWATCHED || !down.get(its.watches[i]))
                .map(i -> its.slots[i])
                .toArray();
    }

    /** From now on ports are up as this says. */
    void setPorts(IntPredicate up) {
        isUp = up;
        follow();
    }

    /** Looks at the ports that members watch. Allocates only where one has gone down or come up. */
    void follow() {
        boolean changed = false;
        for (int port : watched) {
            boolean is = !isUp.test(port);
            changed |= is != down.get(port);
            down.set(port, is);
        }
        if (!changed) return;
        for (int group : groups.all().values()) chosen[group] = live(picks[group]);
    }

    private @Nullable Picks picks(List<Weighted> of) {
        boolean watches = of.stream().anyMatch(each -> each.watch != UNWATCHED);
        Picks its = new Picks(of.stream().mapToInt(Weighted::weight).sum(), watches);
        int at = 0;
        for (Weighted each : of) {
            int slot = members.find(each.member);
            if (slot < 0) return null;
            at = its.put(at, slot, each.weight, each.watch);
        }
        return its;
    }

    /** {@link Result#MISSING} when it, or one of the members, is not there; {@link Result#FIXED} when it says another size. */
    public Result modifyGroup(long id, Group given) {
        checkNumber(id);
        checkWeights(given);
        int group = groups.find(id);
        Picks its = picks(given.members);
        if (group < 0 || its == null) return Result.MISSING;
        if (maxSizes[group] != given.maxSize) return Result.FIXED;
        version++;
        clear(group);
        choose(group, its);
        return Result.DONE;
    }

    /** {@link Result#IN_USE} while an entry refers to it. */
    public Result deleteGroup(long id) {
        checkNumber(id);
        int group = groups.find(id);
        Result result = delete(groups, id);
        if (result == Result.DONE) clear(group);
        version++;
        return result;
    }

    /** {@code null} when there is none of that number. */
    public @Nullable Group group(long id) {
        int group = groups.find(id);
        return group < 0 ? null : group(group);
    }

    private Group group(int group) {
        return new Group(weighted(group), maxSizes[group]);
    }

    /** All groups that were given numbers. */
    public Map<Long, Group> groups() {
        Map<Long, Group> all = new LinkedHashMap<>();
        groups.all().forEach((id, group) -> {
            if (id >= 0) all.put(id, group(group));
        });
        return all;
    }

    /**
     * Some of what was given numbers, for a walk over all of it in bounded steps.
     *
     * @param next where to go on from; -1 at the end
     */
    public record Piece<T>(Map<Long, T> all, int next) {}

    /** Members from a place on, of so many places at the most; the first place is 0. */
    public Piece<Table.Call> members(int from, int most) {
        Map<Long, Table.Call> all = new LinkedHashMap<>();
        int to = (int) Math.min(members.end(), (long) from + most);
        for (int slot = from; slot < to; slot++) {
            if (members.isTaken(slot) && members.id(slot) >= 0) all.put(members.id(slot), call(slot));
        }
        return new Piece<>(all, to < members.end() ? to : -1);
    }

    /** Groups from a place on, of about so many places and choices at the most; the first place is 0. */
    public Piece<Group> groups(int from, int most) {
        Map<Long, Group> all = new LinkedHashMap<>();
        int slot = from, seen = 0;
        for (; slot < groups.end() && seen < most; slot++, seen++) {
            if (groups.isTaken(slot) && groups.id(slot) >= 0) {
                all.put(groups.id(slot), group(slot));
                seen += picks[slot].slots.length;
            }
        }
        return new Piece<>(all, slot < groups.end() ? slot : -1);
    }

    /** Another number after each change of members and groups that have numbers of the control plane's. */
    public long version() {
        return version;
    }

    private List<Weighted> weighted(int group) {
        List<Weighted> of = new ArrayList<>();
        Picks its = picks[group];
        int[] slots = its.slots;
        for (int i = 0; i < slots.length; ) {
            int end = i;
            while (end < slots.length && slots[end] == slots[i] && its.watch(end) == its.watch(i)) end++;
            of.add(new Weighted(members.id(slots[i]), end - i, its.watch(i)));
            i = end;
        }
        return of;
    }

    /**
     * Makes a group that belongs to the one entry that refers to it, and goes with it: what P4Runtime calls one-shot. Its number is for
     * {@link TableControl#insert} or {@link TableControl#modify}, once; when these do not take it, {@link #drop} gives its room back.
     *
     * @param id of the group, below 0, so that it is nobody else's
     */
    public Result addSet(long id, List<WeightedCall> of) {
        if (id >= 0)
            throw new IllegalArgumentException(profile.name() + ": number " + id + "; sets have those below 0");
        checkGroup(of.stream().mapToLong(WeightedCall::weight).toArray());
        for (WeightedCall each : of) {
            checkCall(each.call);
            checkWatch(each.watch);
        }
        if (groups.find(id) >= 0) return Result.EXISTS;
        if (members.room() < of.size() || groups.room() == 0) return Result.FULL;
        boolean watches = of.stream().anyMatch(each -> each.watch != UNWATCHED);
        Picks its = new Picks(of.stream().mapToInt(WeightedCall::weight).sum(), watches);
        int at = 0;
        for (WeightedCall each : of) at = its.put(at, put(-1 - ownMembers++, each.call), each.weight, each.watch);
        group(id, its);
        return Result.DONE;
    }

    /** The actions and weights of a group that belongs to an entry; {@code null} for other groups. */
    public @Nullable List<WeightedCall> set(long id) {
        int group = id < 0 ? groups.find(id) : Slots.NONE;
        if (group < 0) return null;
        List<WeightedCall> of = new ArrayList<>();
        for (Weighted each : weighted(group)) {
            of.add(new WeightedCall(call(members.find(each.member)), each.weight, each.watch));
        }
        return of;
    }

    /** Gives back the room of a group that {@link #addSet} made and that no entry has. */
    public void drop(long id) {
        int group = id < 0 ? groups.find(id) : Slots.NONE;
        if (group < 0 || groups.isUsed(group)) return;
        TreeSet<Integer> its = new TreeSet<>();
        for (int slot : picks[group].slots) its.add(slot);
        clear(group);
        groups.release(group);
        its.forEach(members::release);
    }

    private Slots slots(Table.Call call) {
        return call.action().equals(Table.Call.MEMBER) ? members : groups;
    }

    private static long number(Table.Call call) {
        return call.arguments().getFirst().longValue();
    }

    /** Where what a call refers to is; {@link Slots#NONE} when it is not there. */
    int slot(Table.Call call) {
        return slots(call).find(number(call));
    }

    /** An entry refers to it from now on. */
    void use(Table.Call call) {
        count(call, 1);
    }

    /** An entry does not refer to it any more. */
    void leave(Table.Call call) {
        count(call, -1);
        if (call.action().equals(Table.Call.GROUP)) drop(number(call));
    }

    /** So many entries more refer to it; what is theirs alone stays when there is none. */
    void count(Table.Call call, int more) {
        slots(call).use(slot(call), more);
        if (number(call) < 0) {
            entriesWithSets += more;
        } else {
            entriesWithNumbers += more;
        }
    }

    /** Whether no entry refers to something of the other kind: numbers of the control plane's and sets of entries are not mixed. */
    boolean goesWithOthers(Table.Call call) {
        return number(call) < 0 ? entriesWithNumbers == 0 : entriesWithSets == 0;
    }

    /**
     * Takes what another program's profile of the same kind has, groups of entries too, as far as members mean the same here and there is room.
     *
     * @return whether it took all
     */
    boolean inherit(ProfileRun before) {
        boolean all = true;
        for (Map.Entry<Long, Integer> each : before.members.all().entrySet()) {
            Table.Call call = before.call(each.getValue());
            all &= meansTheSame(call, before) && put(each.getKey(), call) >= 0;
        }
        ownMembers = before.ownMembers;
        for (Map.Entry<Long, Integer> each : before.groups.all().entrySet()) {
            Group group = before.group(each.getValue());
            Picks its = profile.selects() ? picks(group.members) : null;
            int own = its == null ? Slots.NONE : group(each.getKey(), its);
            if (own >= 0) maxSizes[own] = group.maxSize;
            all &= own >= 0;
        }
        return all;
    }

    private boolean meansTheSame(Table.Call call, ProfileRun before) {
        return actions.contains(call.action()) && calls.hasParameters(call.action(), before.calls);
    }

    /** Drops the groups of entries that no entry refers to. */
    void dropUnused() {
        for (long id : List.copyOf(groups.all().keySet())) drop(id);
    }
}
