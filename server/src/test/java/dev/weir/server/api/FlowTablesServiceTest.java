package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.api.v1.ChangeTableFlowsRequest;
import dev.weir.api.v1.ChangeTableFlowsRequest.Kind;
import dev.weir.api.v1.ChangeTableFlowsRequest.OnError;
import dev.weir.api.v1.ChangeTableFlowsRequest.Selection;
import dev.weir.api.v1.ChangeTableFlowsResponse;
import dev.weir.api.v1.FlowTableDriver;
import dev.weir.api.v1.GetModelRequest;
import dev.weir.api.v1.ListDriversRequest;
import dev.weir.api.v1.Position;
import dev.weir.api.v1.ReadTableFlowsRequest;
import dev.weir.api.v1.TableFlowEvent;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.api.v1.WatchTableFlowsRequest;
import dev.weir.api.v1.WatchTableFlowsResponse;
import dev.weir.offload.dataplane.StandardModel;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.json.JsonFormatException;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls about devices, through a real channel. */
@Timeout(60)
class FlowTablesServiceTest {
    private static final FieldRef IN_PORT = FieldRef.column(4, 4, 1, MaskType.EXACT);

    private final ApiRig rig = new ApiRig(1);

    @AfterEach
    void close() {
        rig.close();
    }

    /** Packets of port {@code uid} are dropped. */
    private static Flow flow(long uid) {
        return Flow.of(
                StandardModel.FORWARD, uid, uid, List.of(IN_PORT.exactly(Value.of(ValueType.U32, uid))), List.of());
    }

    private static List<Flow> flows(long from, long to) {
        return LongStream.range(from, to).mapToObj(FlowTablesServiceTest::flow).toList();
    }

    private static ChangeTableFlowsRequest.Builder change(Kind kind, List<Flow> flows) {
        return ChangeTableFlowsRequest.newBuilder()
                .setInterface("sim0")
                .setKind(kind)
                .setDocument(JsonDocuments.write(new Document.Flows(flows)));
    }

    private ChangeTableFlowsResponse changed(ChangeTableFlowsRequest.Builder change) {
        return rig.tables.changeTableFlows(change.build());
    }

    private List<Long> uids(ReadTableFlowsRequest.Builder request) {
        List<Long> uids = new ArrayList<>();
        rig.tables
                .readTableFlows(request.setInterface("sim0").build())
                .forEachRemaining(answer -> listed(answer.getDocument()).forEach(flow -> uids.add(flow.uid())));
        return uids;
    }

    private static List<Flow> listed(String document) {
        try {
            return ((Document.Flows) JsonDocuments.read(document)).items();
        } catch (JsonFormatException e) {
            throw new AssertionError(document, e);
        }
    }

    @Test
    void drivers_areListedWithWhatTheyCan() {
        List<FlowTableDriver> drivers =
                rig.tables.listDrivers(ListDriversRequest.getDefaultInstance()).getDriversList();
        assertThat(drivers).extracting(FlowTableDriver::getName).containsExactly("sim0", "sims");
        FlowTableDriver several = drivers.getLast();
        assertThat(several.getKind()).isEqualTo("memory");
        assertThat(several.getInterfacesList()).containsExactly(1, 2);
        assertThat(several.getFeaturesList()).contains("atomic", "idle-timeout", "events");
        assertThat(several.getReady()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "HEADERS, headers",
        "ACTIONS, actions",
        "TABLES, tables",
        "HEADER_GRAPH, header_graph",
        "TABLE_GRAPH, table_graph"
    })
    void partsOfAModel_areDocuments(GetModelRequest.Part part, String key) {
        GetModelRequest request = GetModelRequest.newBuilder()
                .setInterface("sims/2")
                .setPart(part)
                .build();
        assertThat(rig.tables.getModel(request).getDocument()).startsWith("{\n  \"" + key + "\": [");
    }

    @Test
    void flowsThatWereSet_areReadByTableAndPriority() {
        assertThat(changed(change(Kind.SET, flows(1, 1501))).getApplied()).isEqualTo(1500);
        assertThat(uids(ReadTableFlowsRequest.newBuilder()))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(1, 1501).boxed().toList());
        assertThat(uids(ReadTableFlowsRequest.newBuilder()
                        .setTable(2)
                        .setMinPriority(10)
                        .setMaxPriority(12)))
                .containsExactlyInAnyOrder(10L, 11L, 12L);
        assertThat(uids(ReadTableFlowsRequest.newBuilder().setTable(1))).isEmpty();
    }

    @Test
    void refusedFlows_areToldAsTheModeSays() {
        changed(change(Kind.SET, flows(1, 3)));
        ChangeTableFlowsResponse aborted = changed(change(Kind.SET, flows(2, 5)));
        assertThat(aborted.getRefused()).isEqualTo(1);
        assertThat(aborted.getFirst()).startsWith("duplicate-uid: table 2 (forward), flow 2");
        assertThat(aborted.getTold()).isEmpty();
        ChangeTableFlowsResponse told = changed(change(Kind.SET, flows(1, 5)).setOnError(OnError.CONTINUE_LOG));
        assertThat(told.getApplied()).isEqualTo(2);
        assertThat(listed(told.getTold())).extracting(Flow::uid).containsExactly(1L, 2L);
        assertThat(listed(told.getTold())).extracting(Flow::refusal).doesNotContainNull();
        assertThat(changed(change(Kind.DELETE, List.of(Flow.of(2, 0, 0, List.of(), List.of())))
                                .setSelection(Selection.COVERED))
                        .getApplied())
                .isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''      | INVALID_ARGUMENT | interface: is missing
            eth9    | NOT_FOUND        | interface 'eth9': there is no such interface; give a driver, as one of [sim0, sims]
            sims    | NOT_FOUND        | interface 'sims': the driver has several interfaces; give one of [sims/1, sims/2]
            sims/3  | NOT_FOUND        | interface 'sims/3': the driver has no such interface; give one of [sims/1, sims/2]
            1       | NOT_FOUND        | interface '1': several drivers have it; give one of [sim0/1, sims/1]
            """)
    void aNameThatMeansNoDevice_isToldWithThoseThatDo(String name, String code, String message) {
        GetModelRequest request = GetModelRequest.newBuilder()
                .setInterface(name)
                .setPart(GetModelRequest.Part.TABLES)
                .build();
        StatusRuntimeException failure =
                catchThrowableOfType(StatusRuntimeException.class, () -> rig.tables.getModel(request));
        assertThat(ApiRig.status(failure)).startsWith(code).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"flows": [{"flow": {"uid": 1}}]}   | document: $.flows[0].flow
            {"tables": []}                      | document: lists no flows
            {                                   | document: $
            """)
    void aDocumentThatCannotBe_isToldWithItsPlace(String document, String message) {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> changed(change(Kind.SET, List.of()).setDocument(document)));
        assertThat(ApiRig.status(failure)).startsWith("INVALID_ARGUMENT ").contains(message);
        assertThat(ApiRig.field(failure)).isEqualTo("document");
    }

    @Test
    void aTableThatIsNotThere_isNotFound() {
        StatusRuntimeException failure = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> uids(ReadTableFlowsRequest.newBuilder().setTable(77)));
        assertThat(ApiRig.status(failure)).startsWith("NOT_FOUND unknown-table: table 77");
    }

    /** The next event of a stream, with the message that it is in. */
    private static WatchTableFlowsResponse next(Iterator<WatchTableFlowsResponse> messages) {
        WatchTableFlowsResponse message = messages.next();
        while (message.getEventsCount() == 0 && !message.hasGap()) message = messages.next();
        return message;
    }

    private static List<Long> uids(TableFlowEvent event) {
        return listed(event.getDocument()).stream().map(Flow::uid).toList();
    }

    private Iterator<WatchTableFlowsResponse> watch(@Nullable Position after) {
        WatchTableFlowsRequest.Builder request =
                WatchTableFlowsRequest.newBuilder().setInterface("sim0");
        if (after != null) request.setResumeAfter(after);
        return rig.tables.watchTableFlows(request.build());
    }

    @Test
    void watchers_areToldWhatComesAndEnds() throws InterruptedException {
        Iterator<WatchTableFlowsResponse> events = watch(null);
        while (rig.services.watchers() == 0) Thread.sleep(5);
        changed(change(Kind.SET, flows(1, 2)));
        TableFlowEvent set = next(events).getEvents(0);
        assertThat(set.getCause()).isEqualTo(TableFlowEvent.Cause.SET);
        assertThat(set.getDriver()).isEqualTo("sim0");
        assertThat(uids(set)).containsExactly(1L);
        changed(change(Kind.DELETE, flows(1, 2)));
        TableFlowEvent deleted = next(events).getEvents(0);
        assertThat(deleted.getCause()).isEqualTo(TableFlowEvent.Cause.DELETED);
        assertThat(uids(deleted)).containsExactly(1L);
    }

    @Test
    void watching_resumedAfterAPosition_goesOnWithTheNextEvent() throws InterruptedException {
        Iterator<WatchTableFlowsResponse> before = watch(null);
        while (rig.services.watchers() == 0) Thread.sleep(5);
        changed(change(Kind.SET, flows(1, 2)));
        Position reached = next(before).getPosition();
        changed(change(Kind.SET, flows(2, 4)));
        Iterator<WatchTableFlowsResponse> events = watch(reached);
        List<Long> told = new ArrayList<>();
        while (told.size() < 2) {
            WatchTableFlowsResponse message = next(events);
            assertThat(message.hasGap()).isFalse();
            message.getEventsList().forEach(event -> told.addAll(uids(event)));
        }
        assertThat(told).containsExactly(2L, 3L);
    }

    @Test
    void watching_resumedOfAnotherRun_beginsWithTheGap() {
        Iterator<WatchTableFlowsResponse> another =
                watch(Position.newBuilder().setRun("another").setSequence(7).build());
        assertThat(next(another).getGap().getReason()).isEqualTo(WatchFlowsResponse.Reason.OTHER_RUN);
    }

    @Test
    void watching_resumedAfterWhatHasNotHappened_isRefused() {
        Iterator<WatchTableFlowsResponse> messages = watch(null);
        Position later =
                messages.next().getPosition().toBuilder().setSequence(99).build();
        assertThatThrownBy(() -> next(watch(later)))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("give a position that WatchTableFlows told");
    }
}
