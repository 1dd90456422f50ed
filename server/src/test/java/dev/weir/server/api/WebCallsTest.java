package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.api.v1.FlowGroup;
import dev.weir.api.v1.FlowGrouping;
import dev.weir.api.v1.FlowKey;
import dev.weir.api.v1.GetCallerRequest;
import dev.weir.api.v1.GetFlowRequest;
import dev.weir.api.v1.GetHistoryRequest;
import dev.weir.api.v1.GroupFlowsRequest;
import dev.weir.api.v1.GroupFlowsResponse;
import dev.weir.api.v1.ListNodesRequest;
import dev.weir.api.v1.ListPortsRequest;
import dev.weir.api.v1.Node;
import dev.weir.api.v1.Role;
import dev.weir.api.v1.Sample;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls that the web page lives by, through a real channel. */
@Timeout(60)
class WebCallsTest {
    private static final int FLOWS = 100;

    private final ApiRig rig = new ApiRig(2);

    @AfterEach
    void close() {
        rig.close();
    }

    /** Flow n: one packet there, and back as many as n; 38 octets of IP each. */
    private void traffic() {
        for (int n = 0; n < FLOWS; n++) {
            rig.packet(n, false, 1000);
            for (int i = 0; i < n; i++) {
                rig.packet(n, true, 1001);
            }
        }
        rig.settle();
    }

    private GroupFlowsResponse group(GroupFlowsRequest.Builder request) {
        return rig.flows.groupFlows(request.build());
    }

    @Test
    void groups_ofHosts_countBothEnds_andWhatEachSent() {
        traffic();
        GroupFlowsResponse answer = group(GroupFlowsRequest.newBuilder()
                .addBy(FlowGrouping.HOST)
                .addBy(FlowGrouping.SERVICE)
                .setLimit(3));
        assertThat(answer.getAll().getFlows()).isEqualTo(FLOWS);
        assertThat(answer.getAll().getPackets()).isEqualTo(FLOWS + FLOWS * (FLOWS - 1) / 2);
        var hosts = answer.getGroupings(0);
        assertThat(hosts.getSeen()).isEqualTo(FLOWS + 1);
        assertThat(hosts.getShortBy()).isZero();
        assertThat(hosts.getGroupsList().stream().map(FlowGroup::getName))
                .containsExactly("10.255.0.1", "10.0.0.99", "10.0.0.98");
        FlowGroup server = hosts.getGroups(0), second = hosts.getGroups(1);
        assertThat(server.getSums()).isEqualTo(answer.getAll());
        assertThat(server.getSentPackets()).isEqualTo(FLOWS * (FLOWS - 1) / 2);
        assertThat(second.getSums().getPackets()).isEqualTo(100);
        assertThat(second.getSentPackets()).isEqualTo(1);
        assertThat(second.getFilter()).isEqualTo("host == 10.0.0.99");
        var services = answer.getGroupings(1);
        assertThat(services.getGroupsList().stream().map(FlowGroup::getName)).containsExactly("udp/53");
    }

    @Test
    void groups_haveAFilterThatChoosesTheirFlows() {
        traffic();
        GroupFlowsResponse answer = group(GroupFlowsRequest.newBuilder()
                .addAllBy(List.of(FlowGrouping.SOURCE, FlowGrouping.SERVICE, FlowGrouping.PROTOCOL, FlowGrouping.STATE))
                .setOrderBy("flows"));
        for (var grouping : answer.getGroupingsList()) {
            for (FlowGroup group : grouping.getGroupsList()) {
                GroupFlowsResponse alone = group(
                        GroupFlowsRequest.newBuilder().addBy(grouping.getBy()).setFilter(group.getFilter()));
                assertThat(alone.getAll()).as(group.getFilter()).isEqualTo(group.getSums());
            }
        }
        GroupFlowsResponse others = group(
                GroupFlowsRequest.newBuilder().addBy(FlowGrouping.TENANT_NUMBER).addBy(FlowGrouping.DESTINATION));
        assertThat(others.getGroupings(0).getGroups(0).getFilter()).isEqualTo("tenant == 0");
        assertThat(others.getGroupings(1).getGroups(0).getName()).isEqualTo("10.255.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "0, '', 1, by",
        "5, '', 1, by",
        "1, speed, 1, order_by",
        "1, '', 1001, limit",
        "1, '', -1, limit",
    })
    void groups_thatThereAreNot_areRefusedByField(int by, String order, int limit, String field) {
        var request = GroupFlowsRequest.newBuilder().setOrderBy(order).setLimit(limit);
        for (int i = 0; i < by; i++) {
            request.addBy(FlowGrouping.HOST);
        }
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> group(request));
        assertThat(ApiRig.field(e)).isEqualTo(field);
    }

    @Test
    void groups_ofSomethingUnspecified_areRefused() {
        var request = GroupFlowsRequest.newBuilder().addBy(FlowGrouping.FLOW_GROUPING_UNSPECIFIED);
        var e = catchThrowableOfType(StatusRuntimeException.class, () -> group(request));
        assertThat(ApiRig.status(e)).contains("HOST, SOURCE, DESTINATION");
    }

    @Test
    void history_andRates_addUpToWhatWasForwarded() {
        awaitSample(1);
        traffic();
        long packets = FLOWS + FLOWS * (FLOWS - 1) / 2;
        awaitSample(newest() + 2);
        List<Sample> samples = samples(0);
        double in = 0, created = 0, seconds;
        for (int i = 1; i < samples.size(); i++) {
            seconds = seconds(samples.get(i)) - seconds(samples.get(i - 1));
            in += samples.get(i).getRxPackets() * seconds;
            created += samples.get(i).getCreated() * seconds;
        }
        // by the wall clock, which the samples do not go by
        assertThat(in).isBetween(packets * 0.8, packets * 1.2);
        assertThat(created).isBetween(FLOWS * 0.8, FLOWS * 1.2);
        assertThat(samples.getLast().getFlows()).isEqualTo(FLOWS);
        assertThat(samples.stream().map(Sample::getNumber)).isSorted().doesNotHaveDuplicates();
        long half = samples.get(samples.size() / 2).getNumber();
        assertThat(samples(half)).isNotEmpty().allMatch(sample -> sample.getNumber() > half);
    }

    @Test
    void nodes_andPorts_haveTheRatesOfTheLastSecond() {
        awaitSample(1);
        double node = 0, port = 0;
        for (int round = 0; round < 200 && (node == 0 || port == 0); round++) {
            rig.packet(round, false, 1000 + round);
            rig.settle();
            LockSupport.parkNanos(20 * ApiRig.MILLI);
            node = Math.max(node, wires().getPacketRate());
            port = Math.max(
                    port,
                    rig.dataplane
                            .listPorts(ListPortsRequest.getDefaultInstance())
                            .getPorts(0)
                            .getRxPacketRate());
        }
        assertThat(node).isPositive();
        assertThat(port).isPositive();
        awaitSample(newest() + 2);
        assertThat(wires().getPacketRate()).isZero();
    }

    private Node wires() {
        return rig.dataplane.listNodes(ListNodesRequest.getDefaultInstance()).getNodes(1);
    }

    private List<Sample> samples(long after) {
        return rig.dataplane
                .getHistory(GetHistoryRequest.newBuilder().setAfter(after).build())
                .getSamplesList();
    }

    private long newest() {
        return samples(0).getLast().getNumber();
    }

    private void awaitSample(long number) {
        while (samples(0).isEmpty() || newest() < number) {
            LockSupport.parkNanos(20 * ApiRig.MILLI);
        }
    }

    private static double seconds(Sample sample) {
        return sample.getTime().getSeconds() + sample.getTime().getNanos() / 1e9;
    }

    @Test
    void flow_saysHowLongItLivesOn_byTheTablesTime() {
        rig.packet(0, false, 1000);
        rig.packet(2, false, 11_000);
        rig.settle();
        var answer = rig.flows.getFlow(GetFlowRequest.newBuilder()
                .setKey(FlowKey.newBuilder().setText(ApiRig.key(0)))
                .build());
        assertThat(answer.getRemaining().getSeconds()).isEqualTo(50);
    }

    @Test
    void caller_bySocket_isItsUser_andMayDoAll() {
        var answer = rig.daemon.getCaller(GetCallerRequest.getDefaultInstance());
        assertThat(answer.getName()).startsWith("uid ");
        assertThat(answer.getRole()).isEqualTo(Role.ADMINISTER);
    }
}
