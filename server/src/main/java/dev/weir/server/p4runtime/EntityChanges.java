package dev.weir.server.p4runtime;

import com.google.rpc.Code;
import dev.weir.api.p4.config.v1.ActionRef;
import dev.weir.api.p4.v1.ActionProfileGroup;
import dev.weir.api.p4.v1.ActionProfileMember;
import dev.weir.api.p4.v1.CloneSessionEntry;
import dev.weir.api.p4.v1.PacketReplicationEngineEntry;
import dev.weir.api.p4.v1.Update;
import dev.weir.api.p4.v1.ValueSetEntry;
import dev.weir.api.p4.v1.ValueSetMember;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.ir.Match;
import dev.weir.p4.node.CpuPort;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.server.p4runtime.ProgramInfo.ProfileLink;
import dev.weir.server.p4runtime.ProgramInfo.ValueSetLink;
import java.util.ArrayList;
import java.util.List;

/** What updates of members, groups, value sets and clone sessions change (P4Runtime 1.5, sections 9.2, 9.5 and 9.6). Immutable; any thread. */
final class EntityChanges {
    /** Of PNA's {@code MulticastInstance_t}. */
    private static final int MOST_INSTANCE = 0xFFFF;

    private final ProgramInfo program;

    EntityChanges(ProgramInfo program) {
        this.program = program;
    }

    private static Edit edit(Update.Type type) throws EntityFault {
        return switch (type) {
            case INSERT -> Edit.INSERT;
            case MODIFY -> Edit.MODIFY;
            case DELETE -> Edit.DELETE;
            case UNSPECIFIED, UNRECOGNIZED ->
                throw EntityFault.invalid("type: is missing; give INSERT, MODIFY or DELETE");
        };
    }

    Change member(Update.Type type, ActionProfileMember member) throws EntityFault {
        ProfileLink profile = program.profile(member.getActionProfileId());
        long id = ActionCodec.number(member.getMemberId(), "member_id");
        Edit edit = edit(type);
        if (edit == Edit.DELETE)
            return new Change.SetMember(edit, profile.schema().name(), id, null);
        if (!member.hasAction()) throw EntityFault.invalid(profile.name() + ": a member has an action; give one");
        return new Change.SetMember(
                edit,
                profile.schema().name(),
                id,
                ActionCodec.call(member.getAction(), profile.actions(), profile.name(), ActionRef.Scope.DEFAULT_ONLY));
    }

    Change group(Update.Type type, ActionProfileGroup group) throws EntityFault {
        ProfileLink profile = program.profile(group.getActionProfileId());
        if (!profile.info().getWithSelector()) {
            throw EntityFault.invalid(profile.name() + ": is an action profile without a selector; it has no groups");
        }
        long id = ActionCodec.number(group.getGroupId(), "group_id");
        Edit edit = edit(type);
        String name = profile.schema().name();
        if (edit == Edit.DELETE) return new Change.SetGroup(edit, name, id, null);
        checkMaxSize(group.getMaxSize(), profile);
        List<Weighted> members = new ArrayList<>();
        for (ActionProfileGroup.Member each : group.getMembersList()) {
            members.add(new Weighted(
                    ActionCodec.number(each.getMemberId(), "member_id"),
                    profile.weight(each.getWeight()),
                    watch(each)));
        }
        int size = profile.size(members.stream().map(Weighted::weight).toList());
        if (group.getMaxSize() > 0 && size > group.getMaxSize()) {
            throw new EntityFault(
                    Code.RESOURCE_EXHAUSTED,
                    profile.name() + ": the group's size is " + size + ", and its max_size " + group.getMaxSize()
                            + "; give fewer members");
        }
        return new Change.SetGroup(edit, name, id, new Group(members, group.getMaxSize()));
    }

    @SuppressWarnings("deprecation") // controllers of before 1.4 have nothing else
    private static int watch(ActionProfileGroup.Member member) throws EntityFault {
        return switch (member.getWatchKindCase()) {
            case WATCH_PORT -> ActionCodec.watch(member.getWatchPort());
            case WATCH -> ActionCodec.watch(member.getWatch());
            case WATCHKIND_NOT_SET -> ProfileRun.UNWATCHED;
        };
    }

    private static void checkMaxSize(int size, ProfileLink profile) throws EntityFault {
        int most = profile.info().getMaxGroupSize();
        if (size < 0 || (most > 0 && (size == 0 || size > most))) {
            throw EntityFault.invalid(profile.name() + ": max_size=" + size
                    + (most > 0 ? "; give 1 to " + most + ", its max_group_size" : "; give 0 or more"));
        }
    }

    Change values(Update.Type type, ValueSetEntry entry) throws EntityFault {
        ValueSetLink set = program.valueSet(entry.getValueSetId());
        if (type != Update.Type.MODIFY) {
            throw EntityFault.invalid("type=" + type + ": value sets are there from the begin; use MODIFY");
        }
        if (entry.getMembersCount() > set.schema().size()) {
            throw new EntityFault(
                    Code.RESOURCE_EXHAUSTED,
                    set.name() + ": has room for " + set.schema().size() + " members, not " + entry.getMembersCount());
        }
        List<List<Match>> members = new ArrayList<>();
        for (ValueSetMember member : entry.getMembersList()) {
            members.add(EntryCodec.matches(member.getMatchList(), set.fields(), set.name()));
        }
        return new Change.SetValues(set.schema().name(), members);
    }

    Change replication(Update.Type type, PacketReplicationEngineEntry entry) throws EntityFault {
        return switch (entry.getTypeCase()) {
            case CLONE_SESSION_ENTRY -> session(type, entry.getCloneSessionEntry());
            case MULTICAST_GROUP_ENTRY ->
                throw new EntityFault(
                        Code.UNIMPLEMENTED,
                        "multicast_group_entry: programs for PNA send a packet to one port and have no multicast"
                                + " groups; mirror it to a clone session of several replicas");
            case TYPE_NOT_SET ->
                throw EntityFault.invalid("packet_replication_engine_entry: says nothing; give clone_session_entry");
        };
    }

    private static Change session(Update.Type type, CloneSessionEntry entry) throws EntityFault {
        int id = entry.getSessionId();
        if (id == 0) throw EntityFault.invalid("session_id: is 0, which stands for all; give another");
        Edit edit = edit(type);
        if (edit == Edit.DELETE) return new Change.SetSession(edit, id, null);
        if (entry.getClassOfService() != 0) {
            throw new EntityFault(Code.UNIMPLEMENTED, "class_of_service: copies have none here; leave it 0");
        }
        List<Replica> replicas = new ArrayList<>();
        for (var each : entry.getReplicasList()) replicas.add(replica(each));
        try {
            MirrorCopy came = MirrorCopy.AS_IT_CAME;
            MirrorCopy copy = new MirrorCopy(came.contents(), entry.getPacketLengthBytes(), came.oneIn());
            return new Change.SetSession(edit, id, new Session(replicas, copy));
        } catch (IllegalArgumentException e) {
            throw EntityFault.invalid("packet_length_bytes: " + e.getMessage());
        }
    }

    @SuppressWarnings("deprecation") // controllers of before 1.4 have nothing else
    private static Replica replica(dev.weir.api.p4.v1.Replica replica) throws EntityFault {
        int port = switch (replica.getPortKindCase()) {
            case PORT ->
                Octets.number(replica.getPort(), Integer.SIZE, "replica's port").intValue();
            case EGRESS_PORT -> replica.getEgressPort();
            case PORTKIND_NOT_SET -> throw EntityFault.invalid("replica: has no port; give one");
        };
        if (port == CpuPort.NUMBER) {
            throw new EntityFault(
                    Code.UNIMPLEMENTED,
                    "replica: copies do not go to the controller, since they have no packet_in header; have the program"
                            + " send the packet there, or a digest");
        }
        if (replica.getBackupReplicasCount() != 0) {
            throw new EntityFault(
                    Code.UNIMPLEMENTED, "backup_replicas: a copy goes to one port, up or down; leave them out");
        }
        int instance = replica.getInstance();
        if (instance < 0 || instance > MOST_INSTANCE) {
            throw EntityFault.invalid(
                    "replica: instance=" + Integer.toUnsignedString(instance) + "; give 0 to " + MOST_INSTANCE);
        }
        return new Replica(port, instance);
    }
}
