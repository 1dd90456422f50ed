package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Timestamps;
import dev.weir.api.FlowKeys;
import dev.weir.api.v1.DeleteFlowRequest;
import dev.weir.api.v1.EndReason;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowChange;
import dev.weir.api.v1.FlowKey;
import dev.weir.api.v1.GetFlowRequest;
import dev.weir.api.v1.Lifetime;
import dev.weir.api.v1.ListFlowsRequest;
import dev.weir.api.v1.ListFlowsResponse;
import dev.weir.api.v1.PurgeFlowsRequest;
import dev.weir.api.v1.ScanFlowsRequest;
import dev.weir.api.v1.ScanFlowsResponse;
import dev.weir.api.v1.TcpState;
import dev.weir.api.v1.UpdateFlowRequest;
import dev.weir.api.v1.UpdateFlowsRequest;
import dev.weir.api.v1.UpdateFlowsResponse;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls on flows through a real channel, against a data plane of two workers. Tests share its flows 0 to 2999. */
@Timeout(60)
class FlowCallsTest {
    private static final int FLOWS = 3000;
    private static ApiRig rig;

    @BeforeAll
    static void start() {
        rig = new ApiRig(2);
        for (int n = 0; n < FLOWS; n++) {
            rig.packet(n, false, 1000);
        }
        rig.settle();
        for (int n = 0; n < FLOWS; n += 3) {
            rig.packet(n, true, 1400);
        }
        rig.settle();
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private static Flow get(String key) {
        return rig.flows
                .getFlow(GetFlowRequest.newBuilder()
                        .setKey(FlowKey.newBuilder().setText(key))
                        .build())
                .getFlow();
    }

    private static FlowChange.Builder change(int n) {
        return FlowChange.newBuilder().setKey(FlowKey.newBuilder().setText(ApiRig.key(n)));
    }

    private static Flow update(FlowChange.Builder change) {
        return rig.flows
                .updateFlow(UpdateFlowRequest.newBuilder().setChange(change).build())
                .getFlow();
    }

    @Test
    void getFlow_byEitherOrientation_tellsAllThereIs() {
        Flow flow = get("udp 10.255.0.1:53 > 10.0.0.3:1000");
        assertThat(flow).isEqualTo(get(ApiRig.key(3)));
        assertThat(FlowKeys.format(flow.getKey())).isEqualTo(ApiRig.key(3));
        assertThat(flow.getKey().getText()).isEmpty();
        assertThat(flow.getFlowId()).isPositive();
        assertThat(flow.getStartTime()).isEqualTo(Timestamps.fromMillis(1000));
        assertThat(flow.getEndTime()).isEqualTo(Timestamps.fromMillis(1400));
        assertThat(flow.getForward().getPackets()).isOne();
        assertThat(flow.getForward().getBytes()).isEqualTo(38);
        assertThat(flow.getForward().getFrameBytes()).isEqualTo(52);
        assertThat(flow.getReverse().getPackets()).isOne();
        assertThat(flow.getReverse().getFirstTime()).isEqualTo(flow.getEndTime());
        assertThat(flow.getTcpState()).isEqualTo(TcpState.TCP_STATE_UNSPECIFIED);
        assertThat(flow.getEndReason()).isEqualTo(EndReason.END_REASON_UNSPECIFIED);
        assertThat(flow.getLifetime().getIdle().getSeconds()).isEqualTo(60);
        assertThat(flow.getInfos().size()).isEqualTo(16);
        assertThat(get(ApiRig.key(4)).getReverse().hasFirstTime()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            udp 10.9.9.9:1 > 10.255.0.1:53                    | NOT_FOUND there is no such flow | ''
            tcp 10.0.0.1:1 > x                                | INVALID_ARGUMENT key.text: at character 18: 'x' is no address; write 10.0.0.1, or [2001:db8::1] where a port follows | key.text
            ''                                                | INVALID_ARGUMENT key: names no flow; give its text, or protocol, addresses and ports | key
            """)
    void getFlow_ofWhatIsNotThereOrNoKey_saysSo(String key, String status, String field) {
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> get(key));
        assertThat(ApiRig.status(e)).isEqualTo(status);
        assertThat(ApiRig.field(e)).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"text": "udp 10.0.0.1:1 > 10.0.0.2:1", "tenant": 3}                              | key.text
            {"protocol": 256, "source": "10.0.0.1", "destination": "10.0.0.2"}                 | key.protocol
            {"protocol": 17, "source": "10.0.0.1", "sourcePort": 65536, "destination": "::1"}  | key.source_port
            {"protocol": 17, "source": "10.0.0.1", "destinationPort": 70000}                   | key.destination_port
            {"protocol": 17, "source": "10.0.0.1", "destination": "::1"}                       | key.destination
            {"protocol": 17, "source": "10.0.0.256", "destination": "10.0.0.1"}                | key.source
            {"protocol": 17, "source": "10.0.0.1"}                                             | key.destination
            {"protocol": 17, "source": "10.0.0.1", "destination": "10.0.0.2", "tenant": 16777216} | key.tenant
            """)
    void getFlow_byFieldsThatAreWrong_namesTheField(String json, String field) throws Exception {
        var key = FlowKey.newBuilder();
        com.google.protobuf.util.JsonFormat.parser().merge(json, key);
        var e = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> rig.flows.getFlow(GetFlowRequest.newBuilder().setKey(key).build()));
        assertThat(ApiRig.field(e)).as(ApiRig.status(e)).isEqualTo(field);
    }

    @Test
    void updateFlow_changesWhatIsNamed_andNothingElse() {
        Flow before = get(ApiRig.key(10));
        Flow after = update(change(10).setCtxId(77));
        assertThat(after).isEqualTo(get(ApiRig.key(10)));
        assertThat(after.toBuilder().clearCtxId().setInfos(before.getInfos()).build())
                .isEqualTo(before);
        assertThat(after.getCtxId()).isEqualTo(77);
        after = update(change(10).setInfos(ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5})));
        assertThat(after.getInfos().toByteArray()).startsWith(1, 2, 3, 4, 5, 0);
        after = update(change(10)
                .setLifetime(Lifetime.newBuilder()
                        .setIdle(Duration.newBuilder().setSeconds(90).setNanos(500_000_000))));
        assertThat(after.getLifetime().getIdle().getNanos()).isEqualTo(500_000_000);
        assertThat(after.getInfos().toByteArray()).startsWith(1, 2, 3, 4, 5, 0);
        after = update(change(10).setOffloaded(true));
        assertThat(after.getOffloaded()).isTrue();
        after = update(change(10).setLifetime(Lifetime.newBuilder().setNever(true)));
        assertThat(after.getLifetime().getNever()).isTrue();
        assertThat(after.getOffloaded()).isTrue();
        after = update(
                change(10).setOffloaded(false).setLifetime(Lifetime.newBuilder().setAgingProfile(3)));
        assertThat(after.getLifetime().getIdle().getSeconds()).isEqualTo(120);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"ctxId": 1, "infos": "AA=="}                  | change.ctx_id
            {"infos": "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}      | change.infos
            {"lifetime": {}}                               | change.lifetime
            {"lifetime": {"never": false}}                 | change.lifetime.never
            {"lifetime": {"agingProfile": 4}}              | change.lifetime.aging_profile
            {"lifetime": {"idle": "-1s"}}                  | change.lifetime.idle
            {"lifetime": {"idle": "0.0001s"}}              | change.lifetime.idle
            {"lifetime": {"idle": "5000000s"}}             | change.lifetime.idle
            {"forwardChain": "lost"}                       | change.forward_chain
            {"reverseChain": "lost"}                       | change.reverse_chain
            """)
    void updateFlow_ofWhatCannotBe_namesTheField_andChangesNothing(String json, String field) throws Exception {
        Flow before = get(ApiRig.key(11));
        var change = change(11);
        com.google.protobuf.util.JsonFormat.parser().merge(json, change);
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> update(change));
        assertThat(ApiRig.field(e)).as(ApiRig.status(e)).isEqualTo(field);
        assertThat(get(ApiRig.key(11))).isEqualTo(before);
    }

    @Test
    void updateFlows_changesEachForItself_andNamesThoseItDidNot() {
        var request = UpdateFlowsRequest.newBuilder();
        for (int n = 20; n < 220; n++) {
            request.addChanges(change(n).setCtxId(n));
        }
        request.setChanges(3, change(FLOWS + 1).setCtxId(1));
        request.setChanges(5, change(25).setForwardChain("lost"));
        request.setChanges(
                7, FlowChange.newBuilder().setKey(FlowKey.newBuilder().setText("nonsense")));
        UpdateFlowsResponse answer = rig.flows.updateFlows(request.build());
        assertThat(answer.getUpdated()).isEqualTo(197);
        assertThat(answer.getFailuresList().stream().map(f -> f.getIndex() + " " + f.getCode() + " " + f.getMessage()))
                .containsExactly(
                        "3 5 there is no such flow",
                        "5 3 changes[5].forward_chain: there is no such chain; there are [default]",
                        "7 3 changes[7].key.text: at character 1: 'nonsense' is no protocol; begin with tcp, udp, icmp, "
                                + "or a number up to 255");
        assertThat(get(ApiRig.key(24)).getCtxId()).isEqualTo(24);
        assertThat(get(ApiRig.key(219)).getCtxId()).isEqualTo(219);
    }

    @Test
    void deleteFlow_endsIt_andThenThereIsNone() {
        rig.packet(4000, false, 1500);
        rig.settle();
        var request = DeleteFlowRequest.newBuilder()
                .setKey(FlowKey.newBuilder().setText(ApiRig.key(4000)))
                .build();
        rig.flows.deleteFlow(request);
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> rig.flows.deleteFlow(request));
        assertThat(ApiRig.status(e)).isEqualTo("NOT_FOUND there is no such flow");
    }

    @Test
    void purgeFlows_endsThoseThatTheFilterChooses() {
        for (int n = 5000; n < 5200; n++) {
            rig.packet(n, false, 1500);
        }
        rig.settle();
        var request = PurgeFlowsRequest.newBuilder().setFilter("src in 10.0.19.0/24");
        assertThat(rig.flows.purgeFlows(request.build()).getPurged()).isEqualTo(120);
        assertThat(rig.flows
                        .purgeFlows(request.setFilter("src in 10.0.20.0/24").build())
                        .getPurged())
                .isEqualTo(80);
    }

    @ParameterizedTest
    @CsvSource({"0, 100", "1, 1", "100, 100", "999, 999", "10000, 3000"})
    void listFlows_givesPages_ofTheSizeThatIsAskedFor(int asked, int first) {
        var seen = new TreeSet<Long>();
        var request = ListFlowsRequest.newBuilder()
                .setFilter("ip_version == 4 && src in 10.0.0.0/20")
                .setPageSize(asked);
        int pages = 0;
        do {
            ListFlowsResponse page = rig.flows.listFlows(request.build());
            if (pages++ == 0) {
                assertThat(page.getFlowsCount()).isEqualTo(first);
            }
            page.getFlowsList()
                    .forEach(flow -> assertThat(seen.add(flow.getFlowId())).isTrue());
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty() && pages < 40);
        if (asked != 1) {
            assertThat(seen).hasSize(FLOWS);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"pageSize": 10001}                     | page_size
            {"pageSize": 4294967295}                | page_size
            {"orderBy": "colour"}                   | order_by
            {"orderBy": "bytes sideways"}           | order_by
            {"orderBy": "bytes desc now"}           | order_by
            {"filter": "proto =="}                  | filter
            {"pageToken": "AAAA"}                   | page_token
            {"pageToken": "no base64!"}             | page_token
            """)
    void listFlows_ofWhatCannotBe_namesTheField(String json, String field) throws Exception {
        var request = ListFlowsRequest.newBuilder();
        com.google.protobuf.util.JsonFormat.parser().merge(json, request);
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> rig.flows.listFlows(request.build()));
        assertThat(ApiRig.field(e)).as(ApiRig.status(e)).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource({"'',bytes", "bytes,''", "bytes,bytes desc", "bytes,packets"})
    void listFlows_withATokenOfAnotherOrder_isRefused(String order, String other) {
        String token = rig.flows
                .listFlows(ListFlowsRequest.newBuilder()
                        .setOrderBy(order)
                        .setPageSize(5)
                        .build())
                .getNextPageToken();
        var request = ListFlowsRequest.newBuilder().setOrderBy(other).setPageToken(token);
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> rig.flows.listFlows(request.build()));
        assertThat(ApiRig.field(e)).isEqualTo("page_token");
        request.setOrderBy(order).setFilter("proto == udp");
        e = catchThrowableOfType(StatusRuntimeException.class, () -> rig.flows.listFlows(request.build()));
        assertThat(ApiRig.field(e)).isEqualTo("page_token");
    }

    @ParameterizedTest
    @CsvSource({"0, 3000", "1, 1", "1000, 1000", "1001, 1001", "100000, 3000"})
    void scanFlows_streamsAllUpToTheLimit_eachOnce(long limit, int expected) {
        Iterator<ScanFlowsResponse> scan = rig.flows.scanFlows(ScanFlowsRequest.newBuilder()
                .setFilter("src in 10.0.0.0/20")
                .setLimit(limit)
                .build());
        List<Flow> flows = new ArrayList<>();
        scan.forEachRemaining(message -> flows.addAll(message.getFlowsList()));
        assertThat(flows).hasSize(expected);
        assertThat(flows.stream().map(Flow::getFlowId).distinct()).hasSize(expected);
        assertThat(flows.getFirst())
                .isEqualTo(get(FlowKeys.format(flows.getFirst().getKey())));
    }
}
