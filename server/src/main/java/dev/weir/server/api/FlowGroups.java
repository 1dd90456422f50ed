package dev.weir.server.api;

import dev.weir.api.FlowKeys;
import dev.weir.api.v1.FlowGroup;
import dev.weir.api.v1.FlowGrouping;
import dev.weir.api.v1.FlowSums;
import dev.weir.api.v1.GroupFlowsResponse;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowRecord;
import dev.weir.table.TcpState;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Sums flows up in several groupings at a time; see {@link FlowSumsTable} for what is bounded, and how. One thread. */
final class FlowGroups {
    private static final int IPV4 = 4, TCP = 6;

    private final List<FlowGrouping> by;
    private final FlowSumsTable[] tables;
    private long flows, packets, bytes;

    /** @param order a sum of {@link FlowSumsTable} */
    FlowGroups(List<FlowGrouping> by, int order, int maxKeys) {
        this.by = by;
        tables = new FlowSumsTable[by.size()];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = new FlowSumsTable(order, maxKeys);
        }
    }

    void add(FlowRecord flow) {
        long forward = flow.forwardBytes(), reverse = flow.reverseBytes();
        long there = flow.forwardPackets(), back = flow.reversePackets();
        flows++;
        packets += there + back;
        bytes += forward + reverse;
        for (int i = 0; i < tables.length; i++) {
            FlowSumsTable table = tables[i];
            switch (by.get(i)) {
                case HOST -> {
                    long from = flow.sourceAt(), to = flow.destinationAt();
                    addAddress(table, flow, from, there + back, forward + reverse, there, forward);
                    if (!sameAddress(flow)) {
                        addAddress(table, flow, to, there + back, forward + reverse, back, reverse);
                    }
                }
                case SOURCE -> addAddress(table, flow, flow.sourceAt(), there + back, forward + reverse, 0, 0);
                case DESTINATION ->
                    addAddress(table, flow, flow.destinationAt(), there + back, forward + reverse, 0, 0);
                case SERVICE ->
                    table.add(
                            flow.protocol(),
                            0,
                            FlowKeys.hasPorts(flow.protocol()) ? flow.destinationPort() : 0,
                            there + back,
                            forward + reverse,
                            0,
                            0);
                case PROTOCOL -> table.add(0, 0, flow.protocol(), there + back, forward + reverse, 0, 0);
                case STATE -> table.add(0, 0, state(flow), there + back, forward + reverse, 0, 0);
                case TENANT_NUMBER -> table.add(0, 0, flow.tenant(), there + back, forward + reverse, 0, 0);
                case FLOW_GROUPING_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalArgumentException("by=" + by.get(i));
            }
        }
    }

    private static int state(FlowRecord flow) {
        return flow.protocol() == TCP ? flow.tcpState() : TcpState.NONE;
    }

    private static void addAddress(
            FlowSumsTable table, FlowRecord flow, long at, long packets, long bytes, long sentPackets, long sentBytes) {
        boolean v4 = flow.family() == IPV4;
        long high = v4 ? 0 : Octets.getLong(flow.segment(), at);
        long low = v4 ? Octets.getUnsignedInt(flow.segment(), at) : Octets.getLong(flow.segment(), at + Long.BYTES);
        table.add(flow.family(), high, low, packets, bytes, sentPackets, sentBytes);
    }

    private static boolean sameAddress(FlowRecord flow) {
        long from = flow.sourceAt(), to = flow.destinationAt();
        if (flow.family() == IPV4) {
            return Octets.getUnsignedInt(flow.segment(), from) == Octets.getUnsignedInt(flow.segment(), to);
        }
        return Octets.getLong(flow.segment(), from) == Octets.getLong(flow.segment(), to)
                && Octets.getLong(flow.segment(), from + Long.BYTES) == Octets.getLong(flow.segment(), to + Long.BYTES);
    }

    /** @param limit how many groups of each */
    GroupFlowsResponse answer(int limit) {
        var answer = GroupFlowsResponse.newBuilder().setAll(sums(flows, packets, bytes));
        for (int i = 0; i < tables.length; i++) {
            FlowSumsTable table = tables[i];
            var grouping = answer.addGroupingsBuilder()
                    .setBy(by.get(i))
                    .setSeen(table.seen())
                    .setShortBy(table.shortBy());
            for (int at : table.largest(limit)) {
                grouping.addGroups(group(by.get(i), table, at));
            }
        }
        return answer.build();
    }

    private static FlowSums sums(long flows, long packets, long bytes) {
        return FlowSums.newBuilder()
                .setFlows(flows)
                .setPackets(packets)
                .setBytes(bytes)
                .build();
    }

    private static FlowGroup group(FlowGrouping by, FlowSumsTable table, int at) {
        String name = name(by, table, at);
        return FlowGroup.newBuilder()
                .setName(name)
                .setFilter(filter(by, name))
                .setSums(sums(
                        table.sum(at, FlowSumsTable.FLOWS),
                        table.sum(at, FlowSumsTable.PACKETS),
                        table.sum(at, FlowSumsTable.BYTES)))
                .setSentPackets(table.sum(at, FlowSumsTable.SENT_PACKETS))
                .setSentBytes(table.sum(at, FlowSumsTable.SENT_BYTES))
                .build();
    }

    private static String name(FlowGrouping by, FlowSumsTable table, int at) {
        return switch (by) {
            case HOST, SOURCE, DESTINATION -> address(table, at);
            case SERVICE -> {
                String protocol = FlowKeys.protocolName(table.kind(at));
                yield FlowKeys.hasPorts(table.kind(at)) ? protocol + "/" + table.low(at) : protocol;
            }
            case PROTOCOL -> FlowKeys.protocolName((int) table.low(at));
            case STATE -> table.low(at) == TcpState.NONE ? "none" : TcpState.name((int) table.low(at));
            case TENANT_NUMBER, FLOW_GROUPING_UNSPECIFIED, UNRECOGNIZED -> Long.toString(table.low(at));
        };
    }

    private static String address(FlowSumsTable table, int at) {
        byte[] text = new byte[Addresses.MAX_TEXT];
        int end = table.kind(at) == IPV4
                ? Addresses.formatIpv4((int) table.low(at), text, 0)
                : Addresses.formatIpv6(table.high(at), table.low(at), text, 0);
        return new String(text, 0, end, StandardCharsets.US_ASCII);
    }

    private static String filter(FlowGrouping by, String name) {
        return switch (by) {
            case HOST -> "host == " + name;
            case SOURCE -> "src == " + name;
            case DESTINATION -> "dst == " + name;
            case SERVICE -> {
                int slash = name.indexOf('/');
                yield slash < 0
                        ? "proto == " + name
                        : "proto == " + name.substring(0, slash) + " && dst_port == " + name.substring(slash + 1);
            }
            case PROTOCOL -> "proto == " + name;
            case STATE -> "state == " + name;
            case TENANT_NUMBER, FLOW_GROUPING_UNSPECIFIED, UNRECOGNIZED -> "tenant == " + name;
        };
    }
}
