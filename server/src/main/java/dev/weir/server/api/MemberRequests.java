package dev.weir.server.api;

import dev.weir.api.v1.ActionSet;
import dev.weir.api.v1.Group;
import dev.weir.api.v1.GroupMember;
import dev.weir.api.v1.Member;
import dev.weir.api.v1.MirrorSession;
import dev.weir.api.v1.ValueSet;
import dev.weir.api.v1.WeightedAction;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.tc.PortNames;
import java.util.ArrayList;
import java.util.List;

/** From what requests say of members, groups, value sets and sessions to what a program's control plane takes. Immutable; any thread. */
final class MemberRequests {
    private final ProgramSchema schema;
    private final PortNames ports;
    private final EntryRequests entries;

    MemberRequests(ProgramSchema schema, PortNames ports, EntryRequests entries) {
        this.schema = schema;
        this.ports = ports;
        this.entries = entries;
    }

    ProfileSchema profile(String name, String path) {
        return EntryRequests.named(
                schema.profiles(), List.of(ProfileSchema::path, ProfileSchema::name), name, "action profile", path);
    }

    Change edit(WriteEntriesRequest.Edit edit, String path) {
        Edit kind = switch (edit.getKind()) {
            case INSERT -> Edit.INSERT;
            case MODIFY -> Edit.MODIFY;
            case DELETE -> Edit.DELETE;
            case KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw Refusal.field(path + ".kind", "is missing; give INSERT, MODIFY or DELETE");
        };
        return switch (edit.getWhatCase()) {
            case MEMBER -> member(kind, edit.getMember(), path + ".member");
            case GROUP -> group(kind, edit.getGroup(), path + ".group");
            case SESSION -> session(kind, edit.getSession(), path + ".session");
            case WHAT_NOT_SET -> throw Refusal.field(path, "says not what; give member, group or session");
        };
    }

    private Change member(Edit edit, Member member, String path) {
        ProfileSchema profile = profile(member.getProfile(), path + ".profile");
        if (edit == Edit.DELETE) return new Change.SetMember(edit, profile.name(), member.getNumber(), null);
        return new Change.SetMember(
                edit,
                profile.name(),
                member.getNumber(),
                entries.call(profile.actions(), member.getAction(), path + ".action"));
    }

    private Change group(Edit edit, Group group, String path) {
        ProfileSchema profile = profile(group.getProfile(), path + ".profile");
        if (edit == Edit.DELETE) return new Change.SetGroup(edit, profile.name(), group.getNumber(), null);
        List<Weighted> members = new ArrayList<>();
        for (int i = 0; i < group.getMembersCount(); i++) {
            GroupMember each = group.getMembers(i);
            int watch = watch(each.getWatch(), path + ".members[" + i + "].watch");
            members.add(new Weighted(each.getMember(), weight(each.getWeight()), watch));
        }
        return new Change.SetGroup(
                edit, profile.name(), group.getNumber(), new ProfileRun.Group(members, group.getMaxSize()));
    }

    private static int weight(int weight) {
        return weight == 0 ? 1 : weight;
    }

    private int watch(String name, String path) {
        return name.isEmpty() ? ProfileRun.UNWATCHED : port(name, path);
    }

    private int port(String name, String path) {
        int port = ports.number(name);
        if (port < 0) throw Refusal.field(path, "there is no port '" + name + "'; there are " + ports.names());
        return port;
    }

    /** What a packet gets one of. */
    List<WeightedCall> set(TableSchema table, ActionSet set, String path) {
        List<WeightedCall> calls = new ArrayList<>();
        for (int i = 0; i < set.getActionsCount(); i++) {
            WeightedAction each = set.getActions(i);
            calls.add(new WeightedCall(
                    entries.call(table, each.getAction(), path + ".actions[" + i + "].action"),
                    weight(each.getWeight()),
                    watch(each.getWatch(), path + ".actions[" + i + "].watch")));
        }
        return calls;
    }

    private Change session(Edit edit, MirrorSession session, String path) {
        int number = EntryRequests.index(session.getNumber(), path + ".number");
        if (edit == Edit.DELETE) return new Change.SetSession(edit, number, null);
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < session.getPortsCount(); i++) {
            replicas.add(new Replica(port(session.getPorts(i), path + ".ports[" + i + "]"), 0));
        }
        MirrorCopy copy = EntryRequests.fitting(
                () -> new MirrorCopy(
                        session.getPostModify() ? Contents.POST_MODIFY : Contents.PRE_MODIFY,
                        session.getTruncate(),
                        session.getOneIn() == 0 ? 1 : session.getOneIn()),
                "",
                path);
        return new Change.SetSession(edit, number, new Session(replicas, copy));
    }

    Change values(ValueSet values, String path) {
        ValueSetSchema set = EntryRequests.named(
                schema.valueSets(),
                List.of(ValueSetSchema::path, ValueSetSchema::name),
                values.getName(),
                "value set",
                path + ".name");
        List<List<Match>> members = new ArrayList<>();
        for (int i = 0; i < values.getMembersCount(); i++) {
            members.add(
                    entries.matches(set.fields(), values.getMembers(i).getMatchesList(), path + ".members[" + i + "]"));
        }
        return new Change.SetValues(set.name(), members);
    }
}
