package dev.weir.cli.p4;

import dev.weir.api.v1.Group;
import dev.weir.api.v1.ListMembersResponse;
import dev.weir.api.v1.Member;
import dev.weir.api.v1.MirrorSession;
import dev.weir.api.v1.ValueSetMember;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProfileState;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MirrorCopy;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.MirrorSessions.Replica;
import dev.weir.p4.run.MirrorSessions.Session;
import dev.weir.p4.run.ProfileRun;
import dev.weir.p4.run.ProfileRun.Weighted;
import dev.weir.p4.tc.TcValues;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Members, groups, value sets and mirror sessions of a daemon's program as its control plane has them, made of a message. Immutable. */
final class RemoteMembers {
    private final ListMembersResponse answer;
    private final RemoteProgram program;
    private final TcValues values;

    RemoteMembers(ListMembersResponse answer, RemoteProgram program) {
        this.answer = answer;
        this.program = program;
        values = new TcValues(program.ports());
    }

    ProfileState profile(ProfileSchema profile) {
        SortedMap<Long, Table.Call> members = new TreeMap<>();
        for (Member each : answer.getMembersList()) {
            members.put(each.getNumber(), RemoteProgram.call(each.getAction(), profile.actions(), values));
        }
        SortedMap<Long, ProfileRun.Group> groups = new TreeMap<>();
        for (Group each : answer.getGroupsList()) groups.put(each.getNumber(), group(each));
        return new ProfileState(profile, members, groups);
    }

    private ProfileRun.Group group(Group group) {
        List<Weighted> members = group.getMembersList().stream()
                .map(each -> new Weighted(
                        each.getMember(), each.getWeight(), program.ports().number(each.getWatch())))
                .toList();
        return new ProfileRun.Group(members, group.getMaxSize());
    }

    List<List<Match>> values(ValueSetSchema set) {
        List<List<Match>> members = new ArrayList<>();
        for (var each : answer.getValueSetsList()) {
            for (ValueSetMember member : each.getMembersList()) {
                members.add(RemoteEntries.matches(set.fields(), member.getMatchesList(), values));
            }
        }
        return members;
    }

    SortedMap<Integer, Session> sessions() {
        SortedMap<Integer, Session> sessions = new TreeMap<>();
        for (MirrorSession each : answer.getSessionsList()) sessions.put(each.getNumber(), session(each));
        return sessions;
    }

    private Session session(MirrorSession session) {
        List<Replica> replicas = session.getPortsList().stream()
                .map(name -> new Replica(program.ports().number(name), 0))
                .toList();
        Contents contents = session.getPostModify() ? Contents.POST_MODIFY : Contents.PRE_MODIFY;
        return new Session(replicas, new MirrorCopy(contents, session.getTruncate(), session.getOneIn()));
    }
}
