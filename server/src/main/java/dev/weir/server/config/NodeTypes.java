package dev.weir.server.config;

import dev.weir.dataplane.nodes.bridge.BridgeConfig;
import dev.weir.dataplane.nodes.count.CountConfig;
import dev.weir.dataplane.nodes.crossconnect.CrossConnectConfig;
import dev.weir.dataplane.nodes.drop.DropConfig;
import dev.weir.dataplane.nodes.mirror.MirrorConfig;
import dev.weir.dataplane.nodes.mirror.MirrorDirection;
import dev.weir.dataplane.nodes.pcapout.PcapOutConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The kinds of nodes that a configuration can name. */
final class NodeTypes {
    private static final Kind<String> PORT = Kinds.nameOf(Names.PORT);

    /** In the order of the reference. */
    static final List<NodeType> ALL = List.of(
            crossConnect(),
            bridge(),
            FirewallType.TYPE,
            NatType.TYPE,
            BalanceType.TYPE,
            mirror(),
            MeterType.TYPE,
            P4Type.TYPE,
            count(),
            pcapOut(),
            drop());

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

    private static NodeType pcapOut() {
        Field<Path> file = Field.required(
                "file",
                Kinds.of(Kinds.FILE, "a file name", NodeTypes::path),
                "The pcap file; replaced. After `out.pcap` come `out.1.pcap`, `out.2.pcap`.");
        Field<Integer> snapLength = Field.of(
                "snap-length",
                Kinds.integer(1, PcapOutConfig.DEFAULT_SNAP_LENGTH),
                PcapOutConfig.DEFAULT_SNAP_LENGTH,
                "whole packets",
                "Of each packet so many octets are written at the most.");
        Field<Long> fileSize = Field.of(
                "file-bytes",
                Kinds.size(0, Long.MAX_VALUE),
                0L,
                "0, no bound",
                "How large a file grows before the next is begun.");
        Field<Integer> files = Field.of(
                "files", Kinds.integer(0, Integer.MAX_VALUE), 0, "0, all", "How many files are kept, the newest.");
        Field<Long> packets = Field.of(
                "packets", Kinds.size(0, Long.MAX_VALUE), 0L, "0, no bound", "After so many no more are written.");
        return new NodeType(
                "pcap-out",
                "Writes the packets that pass to a capture file, and lets them go on; what the disk is too slow for is counted.",
                List.of(file, snapLength, fileSize, files, packets),
                values -> new PcapOutConfig(
                        values.get(file),
                        values.get(snapLength),
                        values.get(fileSize),
                        values.get(files),
                        values.get(packets),
                        PcapOutConfig.DEFAULT_RING_BYTES));
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is no file name; give another", e);
        }
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
