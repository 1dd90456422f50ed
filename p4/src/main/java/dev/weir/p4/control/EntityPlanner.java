package dev.weir.p4.control;

import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.control.Planner.Refused;
import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.run.MatchKeys;
import dev.weir.p4.run.MirrorSessions;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Makes {@link Step}s of changes of members, groups, value sets and sessions. For the control plane's own thread. */
final class EntityPlanner {
    private final ProgramSchema schema;
    private final Pipeline pipeline;
    private final IntSupplier ports;

    /** The number of the group that the next entry has for itself; below all that were given. */
    private long nextSet = -1;

    /** @param ports how many the program has */
    EntityPlanner(ProgramSchema schema, Pipeline pipeline, IntSupplier ports) {
        this.schema = schema;
        this.pipeline = pipeline;
        this.ports = ports;
    }

    void inherit(EntityPlanner before) {
        nextSet = Math.min(nextSet, before.nextSet);
    }

    /** Takes note of the number of a group that is an entry's own and was put back from another run. */
    void restored(long set) {
        nextSet = Math.min(nextSet, set - 1);
    }

    private ProfileSchema profile(String name) throws Refused {
        ProfileSchema profile = schema.profile(name);
        if (profile != null) return profile;
        List<String> names = schema.profiles().stream().map(ProfileSchema::name).toList();
        throw new Refused(
                Status.MISSING,
                "action profile '" + name + "': " + schema.name() + " has none of that name; it has " + names);
    }

    Step member(Change.SetMember change) throws Refused {
        ProfileSchema profile = profile(change.profile());
        checkNumber(profile.name(), change.id());
        if (change.edit() != Edit.DELETE) {
            checkCall(profile, given(change.call(), profile.name() + ": a member needs an action; give one"));
        }
        return new EntityStep<>(new Entities.Members(profile.name()), change.id(), change.edit(), change.call());
    }

    Step group(Change.SetGroup change) throws Refused {
        ProfileSchema profile = profile(change.profile());
        checkNumber(profile.name(), change.id());
        checkSelects(profile);
        if (change.edit() != Edit.DELETE) {
            Group group = given(change.group(), profile.name() + ": a group needs members, none at the least");
            checkWeights(profile, group.members().stream().map(Weighted::weight).toList());
            checkMembers(profile, group);
        }
        return new EntityStep<>(new Entities.Groups(profile.name()), change.id(), change.edit(), change.group());
    }

    private void checkMembers(ProfileSchema profile, Group group) throws Refused {
        Set<Long> seen = new HashSet<>();
        for (Weighted each : group.members()) {
            checkNumber(profile.name(), each.member());
            checkWatch(profile.name(), each.watch());
            if (!seen.add(each.member())) {
                throw invalid(profile.name() + ": the member " + each.member()
                        + " is there twice; give it once, with the weight of both");
            }
        }
        if (group.maxSize() < 0) throw invalid(profile.name() + ": a size of " + group.maxSize() + "; give 0 or more");
    }

    private void checkWatch(String where, int port) throws Refused {
        if (port == ProfileRun.UNWATCHED || (port >= 0 && port < ports.getAsInt())) return;
        throw invalid(where + ": there is no port " + Integer.toUnsignedString(port) + " to watch; give 0 to "
                + (ports.getAsInt() - 1));
    }

    Step session(Change.SetSession change) throws Refused {
        if (change.id() < 0 || change.id() >= MirrorSessions.MOST) {
            throw invalid(
                    "mirror session " + change.id() + ": is out of range; give 0 to " + (MirrorSessions.MOST - 1));
        }
        if (change.edit() != Edit.DELETE) {
            checkCopies(change.id(), given(change.session(), "mirror session " + change.id() + ": give its copies"));
        }
        return new EntityStep<>(new Entities.Sessions(), change.id(), change.edit(), change.session());
    }

    private void checkCopies(int id, Session session) throws Refused {
        Set<MirrorSessions.Replica> seen = new HashSet<>();
        for (MirrorSessions.Replica each : session.replicas()) {
            if (each.port() < 0 || each.port() >= ports.getAsInt()) {
                throw invalid("mirror session " + id + ": there is no port " + Integer.toUnsignedString(each.port())
                        + "; give 0 to " + (ports.getAsInt() - 1));
            }
            if (seen.add(each)) continue;
            throw invalid("mirror session " + id + ": a copy to port " + each.port()
                    + " is there twice; give them different instances, or one");
        }
    }

    Step values(Change.SetValues change) throws Refused {
        ValueSet set = pipeline.valueSets().stream()
                .filter(each -> each.name().equals(change.valueSet()))
                .findFirst()
                .orElse(null);
        if (set == null) {
            throw new Refused(
                    Status.MISSING,
                    "value set '" + change.valueSet() + "': " + schema.name() + " has none of that name; it has "
                            + schema.valueSets().stream()
                                    .map(ValueSetSchema::name)
                                    .toList());
        }
        MatchKeys.check(set, change.members());
        return new EntityStep.Values(set.name(), change.members());
    }

    /** The call of an entry that has a group for itself, under a number that no other has. */
    Table.Call ofSet(TableSchema table, List<WeightedCall> set) throws Refused {
        String name = table.profile();
        if (name == null) {
            throw invalid(table.path() + ": its entries have an action of their own; it has no action selector");
        }
        ProfileSchema profile = profile(name);
        checkSelects(profile);
        checkWeights(profile, set.stream().map(WeightedCall::weight).toList());
        for (WeightedCall each : set) {
            checkCall(profile, each.call());
            checkWatch(profile.name(), each.watch());
        }
        return Table.Call.group(nextSet--);
    }

    /** Entries refer to numbers that the control plane gave. */
    static void checkReference(TableSchema table, Table.@Nullable Call call) throws Refused {
        if (call == null || !call.refers()) return;
        checkNumber(table.path(), call.arguments().getFirst().longValue());
    }

    private static void checkNumber(String where, long id) throws Refused {
        if (id < 0) throw invalid(where + ": number " + id + "; count from 0");
    }

    private static void checkSelects(ProfileSchema profile) throws Refused {
        if (!profile.selects()) {
            throw invalid(profile.name() + ": it has no groups; declare an ActionSelector for them");
        }
    }

    private static void checkCall(ProfileSchema profile, Table.Call call) throws Refused {
        String fault = profile.fault(call);
        if (fault != null) throw invalid(fault);
    }

    private static void checkWeights(ProfileSchema profile, List<Integer> weights) throws Refused {
        long all = 0;
        for (int weight : weights) {
            if (weight < 1) throw invalid(profile.name() + ": weight " + weight + "; give 1 or more");
            all += weight;
        }
        if (all > ActionProfile.MOST_IN_GROUP) {
            throw new Refused(
                    Status.FULL,
                    profile.name() + ": the weights of a group are " + all + "; " + ActionProfile.MOST_IN_GROUP
                            + " are the most");
        }
    }

    private static <T> T given(@Nullable T value, String why) throws Refused {
        if (value == null) throw invalid(why);
        return Objects.requireNonNull(value);
    }

    private static Refused invalid(String why) {
        return new Refused(Status.INVALID, why);
    }
}
