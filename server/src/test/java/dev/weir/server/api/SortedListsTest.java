package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.weir.api.v1.Direction;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowChange;
import dev.weir.api.v1.ListFlowsRequest;
import dev.weir.api.v1.ListFlowsResponse;
import dev.weir.api.v1.ScanFlowsRequest;
import dev.weir.api.v1.UpdateFlowRequest;
import dev.weir.testing.Frames;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of sorted lists against a plain sort of all flows. */
@Timeout(60)
class SortedListsTest {
    private static final long SEED = 4;
    private static final Map<String, ToLongFunction<Flow>> COLUMNS = Map.ofEntries(
            Map.entry("flow_id", Flow::getFlowId),
            Map.entry("start_time", flow -> nanos(flow.getStartTime())),
            Map.entry("end_time", flow -> nanos(flow.getEndTime())),
            Map.entry("duration", SortedListsTest::duration),
            Map.entry("protocol", flow -> flow.getKey().getProtocol()),
            Map.entry("src_port", flow -> flow.getKey().getSourcePort()),
            Map.entry("dst_port", flow -> flow.getKey().getDestinationPort()),
            Map.entry("fwd_packets", flow -> flow.getForward().getPackets()),
            Map.entry("rev_frame_bytes", flow -> flow.getReverse().getFrameBytes()),
            Map.entry("fwd_tcp_flags", flow -> flow.getForward().getTcpFlags()),
            Map.entry("offloaded", flow -> flow.getOffloaded() ? 1 : 0),
            Map.entry("ctx_id", flow -> flow.getCtxId() & 0xFFFF_FFFFL),
            Map.entry("packets", flow -> sum(flow, Direction::getPackets)),
            Map.entry("bytes", flow -> sum(flow, Direction::getBytes)),
            Map.entry(
                    "rate",
                    flow -> duration(flow) == 0
                            ? 0
                            : (long) ((double) sum(flow, Direction::getBytes) * 1_000_000_000L / duration(flow))));

    private static ApiRig rig;
    private static List<Flow> all;

    @BeforeAll
    static void start() {
        var random = new SplittableRandom(SEED);
        rig = new ApiRig(3);
        for (int i = 0; i < 8000; i++) {
            int n = random.nextInt(1500);
            boolean v6 = n % 4 == 0, reverse = random.nextInt(3) == 0;
            String a = v6 ? "2001:db8::" + Integer.toHexString(n) : "10.0.0." + n % 200;
            String b = v6 ? "2001:db8::1:1" : "10.1.0.1";
            byte[] segment = n % 3 == 0
                    ? Frames.tcp(reverse ? 80 : n, reverse ? n : 80, random.nextInt(32), Frames.payload(n % 7))
                    : Frames.udp(reverse ? 53 : n, reverse ? n : 53, Frames.payload(random.nextInt(500)));
            int protocol = n % 3 == 0 ? Frames.TCP : Frames.UDP;
            rig.frame(
                    random.nextInt(3),
                    reverse,
                    1000 + i / 10,
                    Frames.ip(reverse ? b : a, reverse ? a : b, protocol, segment));
        }
        rig.settle();
        all = scan();
        for (int i = 0; i < 200; i++) {
            Flow flow = all.get(random.nextInt(all.size()));
            var change = FlowChange.newBuilder().setKey(flow.getKey()).setCtxId(random.nextInt());
            rig.flows.updateFlow(UpdateFlowRequest.newBuilder()
                    .setChange(change.setOffloaded(random.nextBoolean()))
                    .build());
        }
        all = scan();
    }

    private static List<Flow> scan() {
        List<Flow> flows = new ArrayList<>();
        rig.flows
                .scanFlows(ScanFlowsRequest.getDefaultInstance())
                .forEachRemaining(message -> flows.addAll(message.getFlowsList()));
        return flows;
    }

    @AfterAll
    static void close() {
        rig.close();
    }

    private static long nanos(Timestamp time) {
        return time.getSeconds() * 1_000_000_000L + time.getNanos();
    }

    private static long duration(Flow flow) {
        return nanos(flow.getEndTime()) - nanos(flow.getStartTime());
    }

    private static long sum(Flow flow, ToLongFunction<Direction> value) {
        return value.applyAsLong(flow.getForward()) + value.applyAsLong(flow.getReverse());
    }

    static List<String> columns() {
        return COLUMNS.keySet().stream().sorted().toList();
    }

    private static List<Flow> pages(String order, String filter, int size) {
        List<Flow> flows = new ArrayList<>();
        var request = ListFlowsRequest.newBuilder()
                .setOrderBy(order)
                .setFilter(filter)
                .setPageSize(size);
        do {
            ListFlowsResponse page = rig.flows.listFlows(request.build());
            assertThat(page.getFlowsCount()).isBetween(page.getNextPageToken().isEmpty() ? 0 : size, size);
            flows.addAll(page.getFlowsList());
            request.setPageToken(page.getNextPageToken());
        } while (!request.getPageToken().isEmpty());
        return flows;
    }

    @ParameterizedTest
    @MethodSource("columns")
    void listFlows_sortedByAColumn_isThePlainSort_inPagesOfAnySize(String column) {
        ToLongFunction<Flow> value = COLUMNS.getOrDefault(column, Flow::getFlowId);
        Comparator<Flow> up = Comparator.comparingLong(value);
        Comparator<Flow> byId = Comparator.comparingLong(Flow::getFlowId);
        assertThat(pages(column, "", 10_000)).isEqualTo(sorted(all, up.thenComparing(byId)));
        assertThat(pages(column + " desc", "", 97))
                .isEqualTo(sorted(all, up.reversed().thenComparing(byId)));
        List<Flow> tcp = all.stream()
                .filter(flow -> flow.getKey().getProtocol() == Frames.TCP)
                .toList();
        assertThat(pages(column + " asc", "proto == tcp", 50)).isEqualTo(sorted(tcp, up.thenComparing(byId)));
    }

    private static List<Flow> sorted(List<Flow> flows, Comparator<Flow> order) {
        return flows.stream().sorted(order).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"src_addr", "dst_addr"})
    void listFlows_sortedByAddress_comparesNumbers_withIpv4WhereIpv6HasIt(String column) {
        List<BigInteger> addresses = pages(column, "", 113).stream()
                .map(flow -> flow.getKey())
                .map(key -> number(column.equals("src_addr") ? key.getSource() : key.getDestination()))
                .toList();
        assertThat(addresses).hasSize(all.size()).isSorted();
    }

    private static BigInteger number(String address) {
        try {
            byte[] octets = InetAddress.getByName(address).getAddress();
            BigInteger number = new BigInteger(1, octets);
            return octets.length == 4 ? number.add(BigInteger.valueOf(0xFFFF_0000_0000L)) : number;
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
