package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.api.v1.ActionCall;
import dev.weir.api.v1.ActionProfile;
import dev.weir.api.v1.ActionSet;
import dev.weir.api.v1.Argument;
import dev.weir.api.v1.EntryFailure;
import dev.weir.api.v1.EntryName;
import dev.weir.api.v1.EntryWish;
import dev.weir.api.v1.GetProgramRequest;
import dev.weir.api.v1.Group;
import dev.weir.api.v1.GroupMember;
import dev.weir.api.v1.KeyMatch;
import dev.weir.api.v1.ListEntriesRequest;
import dev.weir.api.v1.ListMembersRequest;
import dev.weir.api.v1.ListMembersResponse;
import dev.weir.api.v1.LoadProgramRequest;
import dev.weir.api.v1.Member;
import dev.weir.api.v1.MirrorSession;
import dev.weir.api.v1.ValueSet;
import dev.weir.api.v1.ValueSetMember;
import dev.weir.api.v1.WeightedAction;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.api.v1.WriteEntriesRequest.Atomicity;
import dev.weir.api.v1.WriteEntriesRequest.Change;
import dev.weir.api.v1.WriteEntriesRequest.Edit;
import dev.weir.server.p4runtime.SelectorProgram;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls about members, groups, value sets and mirror sessions of a loaded program, through a real channel. */
@Timeout(60)
class MemberCallsTest {
    private final ApiRig rig = new ApiRig(2);

    @BeforeEach
    void load() {
        rig.programs.loadProgram(LoadProgramRequest.newBuilder()
                .setName("ways")
                .setSource(SelectorProgram.SOURCE)
                .build());
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private List<EntryFailure> write(Change... changes) {
        return rig.programs
                .writeEntries(WriteEntriesRequest.newBuilder()
                        .setProgram("ways")
                        .setAtomicity(Atomicity.ROLLBACK_ON_ERROR)
                        .addAllChanges(List.of(changes))
                        .build())
                .getFailuresList();
    }

    private static ActionCall send(String port) {
        return ActionCall.newBuilder()
                .setAction("send")
                .addArguments(Argument.newBuilder().setName("port").setValue(port))
                .build();
    }

    private static Member member(long number, String port) {
        return Member.newBuilder()
                .setProfile("chosen")
                .setNumber(number)
                .setAction(send(port))
                .build();
    }

    private static Change edit(Edit.Kind kind, Member member) {
        return Change.newBuilder()
                .setEdit(Edit.newBuilder().setKind(kind).setMember(member))
                .build();
    }

    private static Group group(long number, long... members) {
        Group.Builder group = Group.newBuilder().setProfile("C/chosen").setNumber(number);
        for (long member : members) group.addMembers(GroupMember.newBuilder().setMember(member));
        return group.build();
    }

    private static Change edit(Edit.Kind kind, Group group) {
        return Change.newBuilder()
                .setEdit(Edit.newBuilder().setKind(kind).setGroup(group))
                .build();
    }

    private static EntryWish.Builder way(String dst) {
        return EntryWish.newBuilder()
                .setName(EntryName.newBuilder()
                        .setTable("ways")
                        .addMatches(KeyMatch.newBuilder().setKey("dst").setValue(dst)));
    }

    private static Change insert(EntryWish.Builder wish) {
        return Change.newBuilder().setInsert(wish).build();
    }

    private ListMembersResponse list(String name) {
        return rig.programs.listMembers(
                ListMembersRequest.newBuilder().setProgram("ways").setName(name).build());
    }

    @Test
    void program_tellsItsProfilesAndValueSets() {
        var answer = rig.programs.getProgram(
                GetProgramRequest.newBuilder().setName("ways").build());
        assertThat(answer.getProfilesList())
                .extracting(ActionProfile::getName)
                .containsExactly("C/chosen", "C/limited", "C/marks");
        assertThat(answer.getValueSetsList()).extracting(ValueSet::getName).contains("P/refused", "P/kinds");
        assertThat(answer.getTablesList())
                .extracting(dev.weir.api.v1.Table::getProfile)
                .contains("C.chosen", "");
    }

    @Test
    void membersGroupsAndEntries_areOneBatch() {
        assertThat(write(
                        edit(Edit.Kind.INSERT, member(1, "0")),
                        edit(Edit.Kind.INSERT, member(2, "1")),
                        edit(Edit.Kind.INSERT, group(5, 1, 2)),
                        insert(way("02:00:00:00:00:01").setGroup(5))))
                .isEmpty();
        ListMembersResponse all = list("");
        assertThat(all.getMembersList()).extracting(Member::getNumber).containsExactly(1L, 2L);
        assertThat(all.getGroups(0).getMembersList())
                .extracting(GroupMember::getMember, GroupMember::getWeight)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1L, 1), org.assertj.core.groups.Tuple.tuple(2L, 1));
        assertThat(entries()).singleElement().satisfies(entry -> {
            assertThat(entry.getGroup()).isEqualTo(5);
            assertThat(entry.hasAction()).isFalse();
        });
        assertThat(write(
                        edit(Edit.Kind.MODIFY, member(1, "1")),
                        edit(
                                Edit.Kind.DELETE,
                                Member.newBuilder()
                                        .setProfile("chosen")
                                        .setNumber(2)
                                        .build())))
                .anySatisfy(failure -> assertThat(failure.getMessage())
                        .isEqualTo("C.chosen: the member 2 is in use; take it out of its groups and entries first"));
        assertThat(list("chosen").getMembers(0)).isEqualTo(all.getMembers(0));
    }

    private List<dev.weir.api.v1.Entry> entries() {
        return rig.programs
                .listEntries(ListEntriesRequest.newBuilder()
                        .setProgram("ways")
                        .setTable("ways")
                        .build())
                .getEntriesList();
    }

    @Test
    void entry_canHaveAGroupOfItsOwn() {
        ActionSet set = ActionSet.newBuilder()
                .addActions(WeightedAction.newBuilder().setAction(send("0")).setWeight(3))
                .addActions(WeightedAction.newBuilder()
                        .setAction(ActionCall.newBuilder().setAction("drop")))
                .build();
        assertThat(write(insert(way("02:00:00:00:00:01").setSet(set)))).isEmpty();
        assertThat(entries().getFirst().getSet().getActionsList())
                .extracting(WeightedAction::getWeight)
                .containsExactly(3, 1);
        assertThat(list("").getMembersList()).isEmpty();
    }

    @Test
    void valuesAndSessions_areWrittenWhole() {
        ValueSetMember type = ValueSetMember.newBuilder()
                .addMatches(KeyMatch.newBuilder().setKey("value").setValue("0x9001"))
                .build();
        MirrorSession session = MirrorSession.newBuilder()
                .setNumber(7)
                .addPorts("left")
                .setTruncate(64)
                .build();
        assertThat(write(
                        Change.newBuilder()
                                .setValues(
                                        ValueSet.newBuilder().setName("refused").addMembers(type))
                                .build(),
                        Change.newBuilder()
                                .setEdit(Edit.newBuilder()
                                        .setKind(Edit.Kind.INSERT)
                                        .setSession(session))
                                .build()))
                .isEmpty();
        assertThat(list("P/refused").getValueSets(0).getMembersCount()).isEqualTo(1);
        assertThat(list("").getSessionsList())
                .containsExactly(session.toBuilder().setOneIn(1).build());
    }

    @Test
    void whatIsWrong_namesTheField() {
        assertThat(catchThrowableOfType(StatusRuntimeException.class, () -> list("nobody")))
                .hasMessageContaining("name: there is no action profile or value set 'nobody'");
        assertThat(write(Change.newBuilder().setEdit(Edit.getDefaultInstance()).build()))
                .first()
                .extracting(EntryFailure::getMessage)
                .asString()
                .startsWith("changes[0].edit.kind: is missing");
        assertThat(write(edit(
                        Edit.Kind.INSERT, Member.newBuilder().setProfile("x").build())))
                .first()
                .extracting(EntryFailure::getMessage)
                .asString()
                .startsWith("changes[0].edit.member.profile: there is no action profile 'x'");
    }
}
