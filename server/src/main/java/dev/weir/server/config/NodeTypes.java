package dev.weir.server.config;

import dev.weir.dataplane.nodes.bridge.BridgeConfig;
import dev.weir.dataplane.nodes.count.CountConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.dataplane.nodes.drop.DropConfig;
import dev.weir.dataplane.nodes.mirror.MirrorConfig;
import dev.weir.dataplane.nodes.mirror.MirrorDirection;
import java.time.Duration;
import java.util.List;

/** The kinds of nodes that a configuration can name. */
final class NodeTypes {
    private static final Kind<String> PORT = Kinds.nameOf(Names.PORT);

    /** In the order of the reference. */
    static final List<NodeType> ALL = List.of(crossConnect(), bridge(), mirror(), MeterType.TYPE, count(), drop());

    private NodeTypes() {}

    private static NodeType crossConnect() {
        Kind<CrossConnectConfig.Pair> pair = Kinds.of(
                new Lists<>(PORT, 2, 2), "two ports", both -> new CrossConnectConfig.Pair(both.get(0), both.get(1)));
        Field<List<CrossConnectConfig.Pair>> pairs = Field.required(
                "pairs",
                Lists.some(pair),
                "What comes in by one port of a pair goes out by the other: `[[left, right]]`.");
        return new NodeType(
                "cross-connect",
                "Wires ports in pairs. A packet whose way out an earlier node chose keeps it.",
                List.of(pairs),
                values -> new CrossConnectConfig(values.get(pairs)));
    }

    private static NodeType bridge() {
        Field<List<String>> ports = Field.required("ports", Lists.some(PORT), "The ports of the bridge, two or more.");
        Field<Integer> maxAddresses = Field.of(
                "max-addresses",
                Kinds.integer(1, 1 << 20),
                BridgeConfig.DEFAULT_MAX_ADDRESSES,
                "16384",
                "How many stations are known at the most; frames to others are flooded.");
        Field<Duration> aging = Field.of(
                "aging",
                Kinds.DURATION,
                BridgeConfig.DEFAULT_AGING,
                "5m",
                "How long a station is known that sends nothing.");
        return new NodeType(
                "bridge",
                "A learning bridge, VLAN by VLAN, without spanning tree: its ports must form no loop.",
                List.of(ports, maxAddresses, aging),
                values -> new BridgeConfig(values.get(ports), values.get(maxAddresses), values.get(aging)));
    }

    private static NodeType mirror() {
        Field<String> to = Field.required("to", PORT, "The port that the copies leave by.");
        Field<Integer> firstPackets = Field.of(
                "first-packets",
                Kinds.integer(0, Integer.MAX_VALUE),
                0,
                "0, all",
                "Of each flow so many packets are copied at the most.");
        Field<MirrorDirection> direction = Field.of(
                "direction",
                Kinds.choice(MirrorDirection.class),
                MirrorDirection.BOTH,
                "both",
                "Whose packets are copied: the initiator's, the responder's, or both.");
        Field<Boolean> expirations = Field.of(
                "expirations",
                Kinds.SWITCH,
                true,
                "true",
                "Whether frames of EtherType 0x0101 tell how much each flow carried that ended.");
        Field<Boolean> onlyWithContext = Field.of(
                "only-with-context", Kinds.SWITCH, false, "false", "Whether they tell only of flows with a `ctx_id`.");
        Field<Integer> backlog = Field.of(
                "backlog",
                Kinds.integer(1, 1 << 24),
                MirrorConfig.DEFAULT_BACKLOG,
                "16384",
                "How many of these a worker keeps while the port takes none.");
        return new NodeType(
                "mirror",
                "Sends copies of packets of flows that are not offloaded to a port; the originals go on.",
                List.of(to, firstPackets, direction, expirations, onlyWithContext, backlog),
                values -> new MirrorConfig(
                        values.get(to),
                        values.get(firstPackets),
                        values.get(direction),
                        values.get(expirations),
                        values.get(onlyWithContext),
                        values.get(backlog)));
    }

    private static NodeType drop() {
        Field<String> reason = Field.of(
                "reason",
                Kinds.TEXT,
                "dropped",
                "dropped",
                "What listings call these drops: lower-case words with hyphens between.");
        return new NodeType(
                "drop",
                "Drops every packet that comes to it: the end of an arc or of a chain.",
                List.of(reason),
                values -> new DropConfig(values.get(reason)));
    }

    private static NodeType count() {
        return new NodeType(
                "count",
                "Counts packets and octets by the direction in their flow, and lets all go on.",
                List.of(),
                values -> new CountConfig());
    }
}
