package dev.weir.server.api;

import dev.weir.api.v1.Group;
import dev.weir.api.v1.GroupMember;
import dev.weir.api.v1.ListMembersRequest;
import dev.weir.api.v1.ListMembersResponse;
import dev.weir.api.v1.Member;
import dev.weir.api.v1.MirrorSession;
import dev.weir.api.v1.ValueSet;
import dev.weir.api.v1.ValueSetMember;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProfileState;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.tc.PortNames;
import dev.weir.server.programs.RunningNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The call about members, groups, value sets and mirror sessions. Any thread; it does not wait. */
final class MemberCalls {
    private final ProgramCalls programs;

    MemberCalls(ProgramCalls programs) {
        this.programs = programs;
    }

    CompletionStage<ListMembersResponse> list(ListMembersRequest request) {
        RunningNode program = programs.found(request.getProgram(), "program");
        ProgramSchema schema = program.image().schema();
        String name = request.getName();
        boolean all = name.isEmpty();
        List<ProfileSchema> profiles = schema.profiles().stream()
                .filter(each -> all || isCalled(name, each.path(), each.name()))
                .toList();
        List<ValueSetSchema> sets = schema.valueSets().stream()
                .filter(each -> all || isCalled(name, each.path(), each.name()))
                .toList();
        if (!all && profiles.isEmpty() && sets.isEmpty()) {
            List<String> known = new ArrayList<>();
            schema.profiles().forEach(each -> known.add(each.path()));
            schema.valueSets().forEach(each -> known.add(each.path()));
            throw Refusal.field("name", "there is no action profile or value set '" + name + "'; there are " + known);
        }
        ProgramRuntime runtime = program.runtime();
        List<CompletableFuture<ProfileState>> states =
                profiles.stream().map(ProfileSchema::name).map(runtime::profile).toList();
        List<CompletableFuture<List<List<Match>>>> values =
                sets.stream().map(ValueSetSchema::name).map(runtime::values).toList();
        CompletableFuture<SortedMap<Integer, Session>> sessions =
                all ? runtime.sessions() : CompletableFuture.completedFuture(Collections.emptySortedMap());
        List<CompletableFuture<?>> asked = new ArrayList<>(states);
        asked.addAll(values);
        asked.add(sessions);
        return ProgramCalls.answered(CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)))
                .thenApply(_ -> {
                    EntryMessages messages = programs.messages();
                    ListMembersResponse.Builder answer = ListMembersResponse.newBuilder();
                    states.forEach(state -> put(state.join(), messages, answer));
                    for (int i = 0; i < sets.size(); i++) {
                        answer.addValueSets(values(sets.get(i), values.get(i).join(), messages));
                    }
                    PortNames ports = programs.ports();
                    sessions.join().forEach((number, session) -> answer.addSessions(session(number, session, ports)));
                    return answer.build();
                });
    }

    private static boolean isCalled(String name, String path, String other) {
        return path.equals(name) || other.equals(name) || path.endsWith("/" + name) || other.endsWith("." + name);
    }

    private static void put(ProfileState state, EntryMessages messages, ListMembersResponse.Builder answer) {
        ProfileSchema profile = state.profile();
        state.members()
                .forEach((number, call) -> answer.addMembers(Member.newBuilder()
                        .setProfile(profile.path())
                        .setNumber(number)
                        .setAction(messages.call(profile.action(call.action()), call))));
        state.groups().forEach((number, group) -> {
            Group.Builder message = Group.newBuilder()
                    .setProfile(profile.path())
                    .setNumber(number)
                    .setMaxSize(group.maxSize());
            group.members()
                    .forEach(each -> message.addMembers(GroupMember.newBuilder()
                            .setMember(each.member())
                            .setWeight(each.weight())
                            .setWatch(messages.watch(each.watch()))));
            answer.addGroups(message);
        });
    }

    private static ValueSet values(ValueSetSchema set, List<List<Match>> members, EntryMessages messages) {
        ValueSet.Builder message = SchemaMessages.values(set);
        for (List<Match> member : members) {
            message.addMembers(ValueSetMember.newBuilder().addAllMatches(messages.matches(set.fields(), member)));
        }
        return message.build();
    }

    private static MirrorSession session(int number, Session session, PortNames ports) {
        MirrorSession.Builder message = MirrorSession.newBuilder()
                .setNumber(number)
                .setTruncate(session.copy().most())
                .setOneIn(session.copy().oneIn())
                .setPostModify(session.copy().contents() == Contents.POST_MODIFY);
        for (Replica each : session.replicas()) {
            String name = ports.name(each.port());
            message.addPorts(name == null ? Integer.toString(each.port()) : name);
        }
        return message.build();
    }
}
