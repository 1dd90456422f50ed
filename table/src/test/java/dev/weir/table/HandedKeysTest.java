package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that go from one owner to another, keys of quoted packets, and flows by their names. */
class HandedKeysTest {
    private static final byte[] V4 = Frames.ipv4(10, 9, Frames.UDP, Frames.udp(1000, 53, Frames.payload(20)));
    private static final byte[] V4_BACK = Frames.ipv4(9, 10, Frames.UDP, Frames.udp(53, 1000, Frames.payload(20)));
    private static final byte[] V6 = Frames.ipv6(10, 9, Frames.TCP, Frames.tcp(1000, 53, Frames.SYN, new byte[0]));

    private final FlowTable table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(1000));
    private final KeyExtractor extractor =
            new KeyExtractor(table, TunnelMode.OUTER, TenantMode.INTERFACE, new int[] {5, 5});
    private final FlowRecords records = new FlowRecords(10_000, FlowEvent.ENDED, Arena.ofAuto());

    @AfterEach
    void close() {
        table.close();
    }

    private static Vectors live() {
        return new Vectors(new PacketVector(FlowTable.VECTOR, true), true);
    }

    @Test
    void keys_savedAndRestored_nameTheSameFlows() {
        Vectors there = live(), here = live();
        for (byte[] packet : List.of(V4, V6, V4_BACK)) {
            there.add(1, Frames.ethernet(packet), 90, LinkType.ETHERNET, 1);
            here.add(1, Frames.ethernet(packet), 90, LinkType.ETHERNET, 0);
        }
        extractor.extract(there.flows);
        MemorySegment saved = Arena.ofAuto().allocate(3L * FlowVector.SAVED);
        for (int i = 0; i < 3; i++) {
            there.flows.save(i, saved, (long) i * FlowVector.SAVED);
            here.flows.restore(i, saved, (long) i * FlowVector.SAVED);
        }
        here.track(table, records);
        assertThat(table.size()).isEqualTo(2);
        assertThat(List.of(here.flows.isReverse(0), here.flows.isReverse(1), here.flows.isReverse(2)))
                .containsExactly(false, false, true);
        for (int i = 0; i < 3; i++) {
            assertThat(here.flows.transport(i)).isEqualTo(there.flows.transport(i));
            assertThat(here.flows.tenant(i)).as("ports share a tenant").isEqualTo(5);
            assertThat(table.find(there.flows, i)).isEqualTo(here.flows.flow(i));
        }
    }

    @Test
    void folded_ofBothDirections_isTheSame() {
        Vectors v = live();
        v.add(1, Frames.ethernet(V4));
        v.add(1, Frames.ethernet(V4_BACK));
        extractor.extract(v.flows);
        assertThat(v.flows.foldedAddresses(0))
                .isEqualTo(v.flows.foldedAddresses(1))
                .isEqualTo(9 ^ 10);
        assertThat(v.flows.foldedPorts(0)).isEqualTo(v.flows.foldedPorts(1)).isEqualTo(1000 ^ 53);
    }

    @ParameterizedTest(name = "{0} octets of the transport header are quoted")
    @ValueSource(ints = {4, 8, 20})
    void quoted_cutOff_stillNamesItsFlowAndDirection(int octets) {
        Vectors v = live();
        v.add(1, Frames.ethernet(V4));
        v.add(2, error(Arrays.copyOf(V4_BACK, 20 + octets)));
        extractor.extract(v.flows);
        v.track(table, records);
        var probe = new FlowVector(new PacketVector(1));
        assertThat(extractor.extractQuoted(v.flows, 0, probe, 0)).as("no error").isFalse();
        assertThat(extractor.extractQuoted(v.flows, 1, probe, 0)).isTrue();
        int found = table.find(probe, 0);
        assertThat(found).isEqualTo(v.flows.flow(0));
        assertThat(table.isReverse(probe, 0, found)).isTrue();
    }

    @Test
    void quoted_withoutPorts_namesNoFlow() {
        Vectors v = live();
        v.add(1, Frames.ethernet(V4));
        v.add(2, error(Arrays.copyOf(V4_BACK, 22)));
        extractor.extract(v.flows);
        v.track(table, records);
        var probe = new FlowVector(new PacketVector(1));
        assertThat(extractor.extractQuoted(v.flows, 1, probe, 0)).isTrue();
        assertThat(table.find(probe, 0)).isEqualTo(FlowVector.NO_FLOW);
    }

    private static byte[] error(byte[] quoted) {
        byte[] message = ByteBuffer.allocate(8 + quoted.length)
                .putShort((short) 0x0301)
                .position(8)
                .put(quoted)
                .array();
        return Frames.ethernet(Frames.ipv4(77, 9, Frames.ICMP, message));
    }

    @Test
    void walksInPieces_seeAllFlowsOnce_andPurgeThem() {
        Vectors v = live();
        for (int flow = 0; flow < 200; flow++) {
            byte[] segment = Frames.udp(flow, 1, Frames.payload(1));
            v.add(
                    1,
                    Frames.ethernet(
                            flow % 2 == 0
                                    ? Frames.ipv4(1, 2, Frames.UDP, segment)
                                    : Frames.ipv6(1, 2, Frames.UDP, segment)));
        }
        extractor.extract(v.flows);
        v.track(table, records);
        boolean[] seen = new boolean[200];
        for (long cursor = 0; cursor != FlowTable.THROUGH; ) {
            cursor = table.forEach(cursor, 7, record -> seen[record.sourcePort()] ^= true);
        }
        assertThat(seen).as("each an odd number of times").containsOnly(true);
        assertThat(table.forEach(0, 7, _ -> false)).as("the visitor has enough").isEqualTo(FlowTable.THROUGH);
        int ended = 0;
        for (long cursor = 0; cursor != FlowTable.THROUGH; ) {
            records.clear();
            cursor = table.purge(cursor, 7, record -> record.sourcePort() < 150, records);
            assertThat(records.size()).isLessThanOrEqualTo(7);
            ended += records.size();
        }
        assertThat(ended).isEqualTo(150);
        assertThat(table.size()).isEqualTo(50);
        table.assertValid();
    }
}
