package dev.weir.server.p4runtime;

import com.google.rpc.Code;
import dev.weir.api.p4.v1.ActionProfileGroup;
import dev.weir.api.p4.v1.ActionProfileMember;
import dev.weir.api.p4.v1.CloneSessionEntry;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.PacketReplicationEngineEntry;
import dev.weir.api.p4.v1.ValueSetEntry;
import dev.weir.api.p4.v1.ValueSetMember;
import dev.weir.p4.control.ProfileState;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table.Call;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Group;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.server.p4runtime.ProgramInfo.ProfileLink;
import dev.weir.server.p4runtime.ProgramInfo.ValueSetLink;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What a controller reads of members, groups, value sets and clone sessions. Immutable; any thread. */
final class EntityReads {
    private final ProgramRuntime runtime;
    private final ProgramInfo program;

    EntityReads(ProgramRuntime runtime, ProgramInfo program) {
        this.runtime = runtime;
        this.program = program;
    }

    List<ReadSource> members(ActionProfileMember wanted) throws EntityFault {
        return ofProfiles(
                program.profiles(wanted.getActionProfileId()),
                ProfileState::members,
                wanted.getMemberId(),
                EntityReads::member);
    }

    List<ReadSource> groups(ActionProfileGroup wanted) throws EntityFault {
        return ofProfiles(
                program.profiles(wanted.getActionProfileId()),
                ProfileState::groups,
                wanted.getGroupId(),
                EntityReads::group);
    }

    /** Makes an entity of what has a number in a profile. */
    private interface Encoder<T> {
        Entity entity(ProfileLink profile, int id, T value);
    }

    /** @param id 0 for all */
    private <T> List<ReadSource> ofProfiles(
            List<ProfileLink> profiles, Function<ProfileState, ? extends Map<Long, T>> of, int id, Encoder<T> encoder) {
        List<ReadSource> sources = new ArrayList<>();
        for (ProfileLink profile : profiles) {
            BiFunction<Long, T, Entity> entity = (number, value) -> encoder.entity(profile, number.intValue(), value);
            sources.add(once(() -> runtime.profile(profile.schema().name())
                    .thenApply(state -> entities(of.apply(state), Integer.toUnsignedLong(id), 0L, entity))));
        }
        return sources;
    }

    /** Those of a number, or all. */
    private static <K, T> List<Entity> entities(
            Map<K, ? extends T> all, K wanted, K everything, BiFunction<K, T, Entity> entity) {
        List<Entity> entities = new ArrayList<>();
        all.forEach((id, value) -> {
            if (wanted.equals(everything) || wanted.equals(id)) entities.add(entity.apply(id, value));
        });
        return entities;
    }

    private static ReadSource once(java.util.function.Supplier<CompletableFuture<List<Entity>>> asked) {
        return () -> asked.get().thenApply(entities -> new ReadSource.Page(entities, true));
    }

    private static Entity member(ProfileLink profile, int id, Call call) {
        return Entity.newBuilder()
                .setActionProfileMember(ActionProfileMember.newBuilder()
                        .setActionProfileId(profile.id())
                        .setMemberId(id)
                        .setAction(ActionCodec.action(call, profile.actions())))
                .build();
    }

    private static Entity group(ProfileLink profile, int id, Group group) {
        ActionProfileGroup.Builder made = ActionProfileGroup.newBuilder()
                .setActionProfileId(profile.id())
                .setGroupId(id)
                .setMaxSize(group.maxSize());
        for (Weighted each : group.members()) {
            ActionProfileGroup.Member.Builder member =
                    made.addMembersBuilder().setMemberId((int) each.member()).setWeight(each.weight());
            if (each.watch() != ProfileRun.UNWATCHED) {
                member.setWatchPort(Octets.of(BigInteger.valueOf(each.watch())));
            }
        }
        return Entity.newBuilder().setActionProfileGroup(made).build();
    }

    List<ReadSource> values(ValueSetEntry wanted) throws EntityFault {
        List<ReadSource> sources = new ArrayList<>();
        for (ValueSetLink set : program.valueSets(wanted.getValueSetId())) {
            sources.add(once(
                    () -> runtime.values(set.schema().name()).thenApply(members -> List.of(entity(set, members)))));
        }
        return sources;
    }

    private static Entity entity(ValueSetLink set, List<List<Match>> members) {
        ValueSetEntry.Builder entry = ValueSetEntry.newBuilder().setValueSetId(set.id());
        for (List<Match> member : members) {
            entry.addMembers(ValueSetMember.newBuilder().addAllMatch(EntryCodec.matches(member, set.fields())));
        }
        return Entity.newBuilder().setValueSetEntry(entry).build();
    }

    List<ReadSource> replication(PacketReplicationEngineEntry wanted) throws EntityFault {
        return switch (wanted.getTypeCase()) {
            case MULTICAST_GROUP_ENTRY -> {
                if (wanted.getMulticastGroupEntry().getMulticastGroupId() == 0) yield List.of();
                throw new EntityFault(
                        Code.UNIMPLEMENTED, "multicast_group_entry: programs for PNA have none; read clone sessions");
            }
            case CLONE_SESSION_ENTRY -> sessions(wanted.getCloneSessionEntry().getSessionId());
            case TYPE_NOT_SET -> sessions(0);
        };
    }

    /** Session 0, which a configuration can have, has no name in P4Runtime. */
    private List<ReadSource> sessions(int id) {
        return List.of(once(
                () -> runtime.sessions().thenApply(all -> entities(all.tailMap(1), id, 0, EntityReads::session))));
    }

    private static Entity session(int id, Session session) {
        CloneSessionEntry.Builder entry = CloneSessionEntry.newBuilder()
                .setSessionId(id)
                .setPacketLengthBytes(session.copy().most());
        for (Replica each : session.replicas()) {
            entry.addReplicas(dev.weir.api.p4.v1.Replica.newBuilder()
                    .setPort(Octets.of(BigInteger.valueOf(each.port())))
                    .setInstance(each.instance()));
        }
        return Entity.newBuilder()
                .setPacketReplicationEngineEntry(
                        PacketReplicationEngineEntry.newBuilder().setCloneSessionEntry(entry))
                .build();
    }
}
