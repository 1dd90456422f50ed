package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import dev.weir.api.v1.ActionCall;
import dev.weir.api.v1.Argument;
import dev.weir.api.v1.Cell;
import dev.weir.api.v1.Counted;
import dev.weir.api.v1.Entry;
import dev.weir.api.v1.EntryAuthor;
import dev.weir.api.v1.EntryFailure;
import dev.weir.api.v1.EntryLifetime;
import dev.weir.api.v1.EntryName;
import dev.weir.api.v1.EntryWish;
import dev.weir.api.v1.GetProgramRequest;
import dev.weir.api.v1.KeyMatch;
import dev.weir.api.v1.ListEntriesRequest;
import dev.weir.api.v1.ListEntriesResponse;
import dev.weir.api.v1.Position;
import dev.weir.api.v1.ProgramEvent;
import dev.weir.api.v1.ReadCellsRequest;
import dev.weir.api.v1.ScanEntriesRequest;
import dev.weir.api.v1.SetTableRequest;
import dev.weir.api.v1.Table;
import dev.weir.api.v1.WatchEntriesRequest;
import dev.weir.api.v1.WatchEntriesResponse;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.api.v1.WriteCellsRequest;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.api.v1.WriteEntriesRequest.Atomicity;
import dev.weir.api.v1.WriteEntriesRequest.Change;
import dev.weir.api.v1.WriteEntriesResponse;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls about the tables of a loaded program, through a real channel. */
@Timeout(60)
class EntryCallsTest {
    private final ApiRig rig = new ApiRig(2);

    @BeforeEach
    void load() {
        rig.programs.loadProgram(ProgramCallsTest.tracker("tracker").build());
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void packets(int flows) {
        for (int n = 0; n < flows; n++) rig.packet(n, false, 1000);
        rig.settle();
    }

    static EntryName.Builder name(String port, String source) {
        return EntryName.newBuilder()
                .setTable("flows")
                .addMatches(KeyMatch.newBuilder().setKey("port").setValue(port))
                .addMatches(KeyMatch.newBuilder().setKey("src").setValue(source));
    }

    static Change insert(EntryName.Builder name, String as) {
        ActionCall.Builder mark = ActionCall.newBuilder()
                .setAction("mark")
                .addArguments(Argument.newBuilder().setName("as").setValue(as))
                .addArguments(Argument.newBuilder().setName("number").setValue("0x11"));
        return Change.newBuilder()
                .setInsert(EntryWish.newBuilder().setName(name).setAction(mark).setMetadata("ours"))
                .build();
    }

    private WriteEntriesResponse write(Atomicity atomicity, Change... changes) {
        return rig.programs.writeEntries(WriteEntriesRequest.newBuilder()
                .setProgram("tracker")
                .setAtomicity(atomicity)
                .addAllChanges(List.of(changes))
                .build());
    }

    private static String said(EntryFailure failure) {
        return failure.getIndex() + " " + failure.getCode() + " " + failure.getMessage();
    }

    private ListEntriesResponse list(ListEntriesRequest.Builder request) {
        return rig.programs.listEntries(
                request.setProgram("tracker").setTable("Main/flows").build());
    }

    private static String source(Entry entry) {
        return entry.getName().getMatches(1).getValue();
    }

    @Test
    void entryThatAPacketAdded_saysWhoseItIs() {
        packets(1);
        Entry entry = list(ListEntriesRequest.newBuilder()).getEntries(0);
        assertThat(entry.getName())
                .isEqualTo(name("left", "10.0.0.0").setTable("Main/flows").build());
        assertThat(entry.getAction().getAction()).isEqualTo("Main/seen");
        assertThat(entry.getPermissions()).isEqualTo("-RUD-PS-R--XP-");
        assertThat(entry.getCreatedBy().getKind()).isEqualTo(EntryAuthor.Kind.DATA_PATH);
        assertThat(entry.getAging())
                .isEqualTo(Duration.newBuilder().setSeconds(30).build());
        assertThat(entry.hasUpdatedBy()).isFalse();
    }

    @Test
    void entryThatIsWritten_isInEveryWorker_andSaysWhoAsked() {
        WriteEntriesResponse written = write(Atomicity.CONTINUE_ON_ERROR, insert(name("left", "10.0.0.1"), "10.9.9.9"));
        assertThat(written.getFailuresList()).isEmpty();
        assertThat(written.getEntries()).isOne();
        Entry entry = list(ListEntriesRequest.newBuilder()).getEntries(0);
        assertThat(entry.getAction().getArgumentsList())
                .extracting(Argument::getName, Argument::getValue)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("as", "10.9.9.9"),
                        org.assertj.core.groups.Tuple.tuple("number", "17"));
        assertThat(entry.getCreatedBy().getKind()).isEqualTo(EntryAuthor.Kind.CONTROL);
        assertThat(entry.getCreatedBy().getPid())
                .isEqualTo(ProcessHandle.current().pid());
        assertThat(entry.getMetadata()).isEqualTo("ours");
        assertThat(entry.hasAging()).isFalse();
        packets(2);
        assertThat(list(ListEntriesRequest.newBuilder()
                                .addAllMatches(name("left", "10.0.0.1").getMatchesList()))
                        .getEntriesList())
                .singleElement()
                .satisfies(hit -> assertThat(hit.hasFirstUsed()).isTrue());
    }

    @Test
    void changesThatFail_areToldOneByOne_orTakeTheOthersAlong() {
        Change good = insert(name("left", "10.0.0.1"), "10.9.9.9");
        Change wrong = insert(name("middle", "10.0.0.2"), "10.9.9.9");
        assertThat(write(Atomicity.ROLLBACK_ON_ERROR, good, wrong).getFailuresList())
                .extracting(EntryCallsTest::said)
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("0 10 not done"),
                        second -> assertThat(second)
                                .startsWith("1 3 changes[1].insert.name.matches[0].value: 'middle': there is no port"));
        assertThat(list(ListEntriesRequest.newBuilder()).getEntriesList()).isEmpty();
        Change missing =
                Change.newBuilder().setDelete(name("right", "10.0.0.9")).build();
        Change nothing = Change.getDefaultInstance();
        WriteEntriesResponse some = write(Atomicity.CONTINUE_ON_ERROR, good, wrong, good, missing, nothing);
        assertThat(some.getEntries()).isOne();
        assertThat(some.getFailuresList()).extracting(EntryFailure::getIndex).containsExactly(1, 2, 3, 4);
        assertThat(some.getFailuresList()).extracting(EntryFailure::getCode).containsExactly(3, 6, 5, 3);
        assertThat(write(Atomicity.DATAPLANE_ATOMIC, insert(name("left", "10.0.0.5"), "1.1.1.1"), good)
                        .getFailuresList())
                .extracting(EntryFailure::getCode)
                .contains(6);
        assertThat(list(ListEntriesRequest.newBuilder()).getEntriesList()).hasSize(1);
    }

    @Test
    void entries_areListedInPages_scanned_filtered_flushed() {
        packets(250);
        Set<String> seen = new HashSet<>();
        String token = "";
        int pages = 0;
        do {
            ListEntriesResponse page =
                    list(ListEntriesRequest.newBuilder().setPageSize(60).setPageToken(token));
            page.getEntriesList()
                    .forEach(entry -> assertThat(seen.add(source(entry))).isTrue());
            token = page.getNextPageToken();
            pages++;
        } while (!token.isEmpty());
        assertThat(seen).hasSize(250);
        assertThat(pages).isGreaterThan(4);
        List<Entry> scanned = new ArrayList<>();
        rig.programs
                .scanEntries(ScanEntriesRequest.newBuilder()
                        .setProgram("tracker")
                        .setTable("flows")
                        .build())
                .forEachRemaining(message -> scanned.addAll(message.getEntriesList()));
        assertThat(scanned).extracting(EntryCallsTest::source).containsExactlyInAnyOrderElementsOf(seen);
        assertThat(list(ListEntriesRequest.newBuilder().setFilter("key.src = @4:10.0.0.7"))
                        .getEntriesList())
                .singleElement()
                .satisfies(entry -> assertThat(source(entry)).isEqualTo("10.0.0.7"));
        Change flush = Change.newBuilder()
                .setFlush(
                        WriteEntriesRequest.Flush.newBuilder().setTable("flows").setFilter("key.src > @4:10.0.0.9"))
                .build();
        assertThat(write(Atomicity.CONTINUE_ON_ERROR, flush).getEntries()).isEqualTo(240);
        assertThat(list(ListEntriesRequest.newBuilder()).getEntriesCount()).isEqualTo(10);
    }

    @Test
    void requestThatIsWrong_namesItsField() {
        assertThat(refused(ListEntriesRequest.newBuilder().setFilter("key.nothing = 1")))
                .startsWith("filter: at ");
        assertThat(refused(ListEntriesRequest.newBuilder().setPageSize(10_001))).startsWith("page_size: ");
        assertThat(refused(ListEntriesRequest.newBuilder().setPageToken("x"))).startsWith("page_token: ");
        StatusRuntimeException none = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> rig.programs.listEntries(ListEntriesRequest.newBuilder()
                        .setProgram("tracker")
                        .setTable("routes")
                        .build()));
        assertThat(ApiRig.status(none))
                .isEqualTo("INVALID_ARGUMENT table: there is no table 'routes'; there are Main/flows");
    }

    private String refused(ListEntriesRequest.Builder request) {
        StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, () -> list(request));
        return "" + e.getStatus().getDescription();
    }

    @Test
    void tableAttributes_areSet_orRefused() {
        SetTableRequest.Builder profile = SetTableRequest.newBuilder()
                .setProgram("tracker")
                .setTable("flows")
                .addProfiles(SetTableRequest.Profile.newBuilder()
                        .setNumber(1)
                        .setAging(Duration.newBuilder().setSeconds(2)));
        Table table = rig.programs.setTable(profile.build()).getTable();
        assertThat(table.getProfilesList()).extracting(Duration::getSeconds).containsExactly(30L, 2L, 90L, 120L);
        assertThat(table.getPermissions()).isEqualTo("CRUD-PSCR--XP-");
        Change aging = Change.newBuilder()
                .setInsert(EntryWish.newBuilder()
                        .setName(name("left", "10.0.0.1"))
                        .setAction(ActionCall.newBuilder().setAction("seen"))
                        .setLifetime(EntryLifetime.newBuilder().setProfile(1)))
                .build();
        assertThat(write(Atomicity.CONTINUE_ON_ERROR, aging).getFailuresList()).isEmpty();
        SetTableRequest permissions = SetTableRequest.newBuilder()
                .setProgram("tracker")
                .setTable("flows")
                .setPermissions("0x3da4")
                .build();
        StatusRuntimeException while1 =
                catchThrowableOfType(StatusRuntimeException.class, () -> rig.programs.setTable(permissions));
        assertThat(while1.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.FAILED_PRECONDITION);
        write(
                Atomicity.CONTINUE_ON_ERROR,
                Change.newBuilder().setDelete(name("left", "10.0.0.1")).build());
        assertThat(rig.programs.setTable(permissions).getTable().getPermissions())
                .isEqualTo("CRUD-PS-R--X--");
        packets(3);
        Table after = rig.programs
                .getProgram(GetProgramRequest.newBuilder().setName("tracker").build())
                .getTables(0);
        assertThat(after.getEntries()).isZero();
        assertThat(after.getMisses()).isEqualTo(3);
    }

    @Test
    void cells_areRead_andWritten() {
        packets(5);
        ReadCellsRequest udp = ReadCellsRequest.newBuilder()
                .setProgram("tracker")
                .setName("protocols")
                .setFirst(17)
                .setCount(1)
                .build();
        Cell cell = rig.programs.readCells(udp).getCells(0);
        assertThat(cell.getIndex()).isEqualTo(17);
        assertThat(cell.getCounted().getPackets()).isEqualTo(5);
        WriteCellsRequest set = WriteCellsRequest.newBuilder()
                .setProgram("tracker")
                .addChanges(WriteCellsRequest.Change.newBuilder()
                        .setName("protocols")
                        .setIndex(17)
                        .setCounted(Counted.newBuilder().setPackets(100).setBytes(1)))
                .addChanges(WriteCellsRequest.Change.newBuilder()
                        .setName("notes")
                        .setAll(true)
                        .setRegister("0x1234"))
                .addChanges(WriteCellsRequest.Change.newBuilder().setName("nothing"))
                .build();
        assertThat(rig.programs.writeCells(set).getFailuresList())
                .extracting(EntryFailure::getIndex)
                .containsExactly(2);
        assertThat(rig.programs.readCells(udp).getCells(0).getCounted().getPackets())
                .isEqualTo(100);
        assertThat(rig.programs
                        .readCells(ReadCellsRequest.newBuilder()
                                .setProgram("tracker")
                                .setName("Main.notes")
                                .build())
                        .getCellsList())
                .hasSize(4)
                .allSatisfy(each -> assertThat(each.getRegister()).isEqualTo("0x1234"));
    }

    private Iterator<WatchEntriesResponse> watch(WatchEntriesRequest.Builder request) {
        Iterator<WatchEntriesResponse> answers = rig.programs.watchEntries(request.build());
        assertThat(answers.next().getEventsList()).isEmpty();
        return answers;
    }

    private static List<ProgramEvent> next(Iterator<WatchEntriesResponse> answers, int count) {
        List<ProgramEvent> events = new ArrayList<>();
        while (events.size() < count) events.addAll(answers.next().getEventsList());
        return events;
    }

    @Test
    void watcher_isToldOfPacketsAndPeople_inTheirOrder() {
        Iterator<WatchEntriesResponse> all = watch(WatchEntriesRequest.newBuilder());
        Iterator<WatchEntriesResponse> some = watch(WatchEntriesRequest.newBuilder()
                .setProgram("tracker")
                .setTable("flows")
                .setFilter("key.src = @4:10.0.0.1")
                .addKinds(ProgramEvent.Kind.DELETED));
        packets(2);
        List<ProgramEvent> created = next(all, 2);
        assertThat(created).allSatisfy(event -> {
            assertThat(event.getKind()).isEqualTo(ProgramEvent.Kind.CREATED);
            assertThat(event.getBy().getKind()).isEqualTo(EntryAuthor.Kind.DATA_PATH);
            assertThat(event.getProgram()).isEqualTo("tracker");
            assertThat(event.getNumber()).isOne();
        });
        for (String source : List.of("10.0.0.0", "10.0.0.1")) {
            write(
                    Atomicity.CONTINUE_ON_ERROR,
                    Change.newBuilder().setDelete(name("left", source)).build());
        }
        assertThat(next(all, 2)).extracting(ProgramEvent::getKind).containsOnly(ProgramEvent.Kind.DELETED);
        assertThat(next(some, 1)).singleElement().satisfies(event -> {
            assertThat(source(event.getEntry())).isEqualTo("10.0.0.1");
            assertThat(event.getBy().getKind()).isEqualTo(EntryAuthor.Kind.CONTROL);
        });
    }

    @Test
    void watcherThatWasCut_goesOnWhereItWas() {
        Iterator<WatchEntriesResponse> first = watch(WatchEntriesRequest.newBuilder());
        packets(1);
        WatchEntriesResponse answer = first.next();
        while (answer.getEventsCount() == 0) answer = first.next();
        Position reached = answer.getPosition();
        rig.packet(7, false, 1001);
        rig.packet(8, false, 1001);
        rig.settle();
        Iterator<WatchEntriesResponse> again = rig.programs.watchEntries(
                WatchEntriesRequest.newBuilder().setResumeAfter(reached).build());
        assertThat(next(again, 2))
                .extracting(event -> source(event.getEntry()))
                .containsExactlyInAnyOrder("10.0.0.7", "10.0.0.8");
        WatchEntriesResponse other = rig.programs
                .watchEntries(WatchEntriesRequest.newBuilder()
                        .setResumeAfter(Position.newBuilder().setRun("another").setSequence(1))
                        .build())
                .next();
        assertThat(other.getGap().getReason()).isEqualTo(WatchFlowsResponse.Reason.OTHER_RUN);
    }

    @Test
    void watcher_isToldOfProgramsThatAreLoadedLater() {
        Iterator<WatchEntriesResponse> all = watch(WatchEntriesRequest.newBuilder());
        rig.programs.loadProgram(ProgramCallsTest.tracker("other").build());
        packets(1);
        assertThat(next(all, 2)).extracting(ProgramEvent::getNode).containsExactlyInAnyOrder("tracker", "other");
    }
}
