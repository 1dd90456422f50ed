package dev.weir.cli.p4;

import dev.weir.api.v1.Group;
import dev.weir.api.v1.GroupMember;
import dev.weir.api.v1.Member;
import dev.weir.api.v1.MirrorSession;
import dev.weir.api.v1.ValueSet;
import dev.weir.api.v1.ValueSetMember;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.Change.Edit;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MirrorCopy.Contents;
import dev.weir.p4.run.MirrorSessions.Session;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What commands want of members, groups, value sets and mirror sessions of a daemon's program, as messages. Immutable. */
final class MemberMessages {
    private final RemoteProgram program;
    private final ChangeMessages entries;

    MemberMessages(RemoteProgram program) {
        this.program = program;
        entries = new ChangeMessages(program);
    }

    void put(Change change, WriteEntriesRequest.Change.Builder to) {
        switch (change) {
            case Change.SetMember c ->
                to.getEditBuilder().setKind(kind(c.edit())).setMember(member(c));
            case Change.SetGroup c ->
                to.getEditBuilder().setKind(kind(c.edit())).setGroup(group(c));
            case Change.SetSession c ->
                to.getEditBuilder().setKind(kind(c.edit())).setSession(session(c.id(), c.session()));
            case Change.SetValues c -> to.setValues(values(c));
            default -> throw new IllegalArgumentException(change.toString());
        }
    }

    private static WriteEntriesRequest.Edit.Kind kind(Edit edit) {
        return switch (edit) {
            case INSERT -> WriteEntriesRequest.Edit.Kind.INSERT;
            case MODIFY -> WriteEntriesRequest.Edit.Kind.MODIFY;
            case DELETE -> WriteEntriesRequest.Edit.Kind.DELETE;
        };
    }

    private ProfileSchema profile(String name) {
        return Objects.requireNonNull(program.schema().profile(name), name);
    }

    private Member.Builder member(Change.SetMember change) {
        ProfileSchema profile = profile(change.profile());
        Member.Builder member = Member.newBuilder().setProfile(profile.path()).setNumber(change.id());
        Table.Call call = change.call();
        if (call == null) return member;
        return member.setAction(entries.call(Objects.requireNonNull(profile.action(call.action())), call));
    }

    private Group.Builder group(Change.SetGroup change) {
        Group.Builder group =
                Group.newBuilder().setProfile(profile(change.profile()).path()).setNumber(change.id());
        if (change.group() == null) return group;
        change.group()
                .members()
                .forEach(each -> group.addMembers(GroupMember.newBuilder()
                        .setMember(each.member())
                        .setWeight(each.weight())
                        .setWatch(program.ports().text(each.watch()))));
        return group.setMaxSize(change.group().maxSize());
    }

    private MirrorSession.Builder session(int number, @Nullable Session session) {
        MirrorSession.Builder message = MirrorSession.newBuilder().setNumber(number);
        if (session == null) return message;
        session.replicas()
                .forEach(each ->
                        message.addPorts(Objects.requireNonNull(program.ports().name(each.port()))));
        return message.setTruncate(session.copy().most())
                .setOneIn(session.copy().oneIn())
                .setPostModify(session.copy().contents() == Contents.POST_MODIFY);
    }

    private ValueSet.Builder values(Change.SetValues change) {
        ValueSetSchema set = Objects.requireNonNull(program.schema().valueSet(change.valueSet()));
        ValueSet.Builder message = ValueSet.newBuilder().setName(set.path());
        for (List<Match> member : change.members()) {
            message.addMembers(ValueSetMember.newBuilder().addAllMatches(entries.matches(set.fields(), member)));
        }
        return message;
    }
}
