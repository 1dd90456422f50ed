package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fragments find the flow of their first fragment. Flows are written {@code protocol/source port>destination port: packets}. */
class FragmentTest {
    private static final int A = 0x0A000001, B = 0x0A000002;
    private static final long SECOND = 1_000_000_000L;

    private final Vectors vectors = new Vectors(64);
    private final FlowTable table =
            new FlowTable(FlowTableConfig.defaults().withMaxFlows(100).withLifetime(Lifetime.NEVER));
    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void close() {
        table.assertValid();
        table.close();
        arena.close();
    }

    private void add(long time, byte[] packet) {
        vectors.add(time, Frames.ethernet(packet));
    }

    private static byte[] first(int from, int to, int id, int sourcePort, int destinationPort) {
        byte[] udp = Frames.udp(sourcePort, destinationPort, Frames.payload(8));
        return Frames.ipv4(from, to, Frames.UDP, id, Frames.MORE_FRAGMENTS, udp);
    }

    private static byte[] later(int from, int to, int id) {
        return Frames.ipv4(from, to, Frames.UDP, id, 2, Frames.payload(24));
    }

    private List<String> flows(TenantMode tenants) {
        var extractor = new KeyExtractor(table, TunnelMode.OUTER, tenants);
        extractor.extract(vectors.flows);
        extractor.joinFragments(vectors.flows, new FragmentTable(table));
        var records = new FlowRecords(64 * FlowTable.RECORDS_PER_PACKET, FlowEvent.ENDED, arena);
        vectors.track(table, records);
        assertThat(records.size()).isZero();
        table.flush(records);
        List<String> flows = new ArrayList<>();
        for (Event e : Event.allOf(records)) {
            flows.add("%d/%d>%d: %d+%d"
                    .formatted(
                            e.protocol(),
                            e.sourcePort(),
                            e.destinationPort(),
                            e.forward().packets(),
                            e.reverse().packets()));
        }
        return flows;
    }

    @Test
    void laterFragments_afterTheirFirst_joinItsFlow() {
        add(1, first(A, B, 7, 5000, 53));
        add(2, later(A, B, 7));
        add(3, later(A, B, 7));
        assertThat(flows(TenantMode.NONE)).containsExactly("17/5000>53: 3+0");
    }

    @Test
    void laterFragment_beforeItsFirst_isAFlowWithoutPorts() {
        add(1, later(A, B, 7));
        add(2, first(A, B, 7, 5000, 53));
        add(3, later(A, B, 7));
        assertThat(flows(TenantMode.NONE)).containsExactly("17/0>0: 1+0", "17/5000>53: 2+0");
    }

    @Test
    void fragments_ofBothDirectionsWithOneId_joinOneFlow() {
        add(1, first(B, A, 7, 53, 5000));
        add(2, first(A, B, 7, 5000, 53));
        add(3, later(A, B, 7));
        add(4, later(B, A, 7));
        add(5, later(B, A, 7));
        assertThat(flows(TenantMode.NONE)).containsExactly("17/53>5000: 3+2");
    }

    @Test
    void id_usedAgain_meansTheNewerPacket() {
        add(1, first(A, B, 7, 5000, 53));
        add(2, first(A, B, 7, 6000, 53));
        add(3, later(A, B, 7));
        assertThat(flows(TenantMode.NONE)).containsExactly("17/5000>53: 1+0", "17/6000>53: 2+0");
    }

    @Test
    void laterFragment_ofAnotherIdAddressOrProtocol_joinsNothing() {
        add(1, first(A, B, 7, 5000, 53));
        add(2, later(A, B, 8));
        add(3, later(A, B + 1, 7));
        add(4, Frames.ipv4(A, B, Frames.TCP, 7, 2, Frames.payload(24)));
        assertThat(flows(TenantMode.NONE))
                .containsExactly("17/5000>53: 1+0", "17/0>0: 1+0", "17/0>0: 1+0", "6/0>0: 1+0");
    }

    @Test
    void firstFragment_sixtySecondsOld_isForgotten() {
        add(1, first(A, B, 7, 5000, 53));
        add(1 + 60 * SECOND, later(A, B, 7));
        add(2 + 60 * SECOND, later(A, B, 7));
        assertThat(flows(TenantMode.NONE)).containsExactly("17/5000>53: 2+0", "17/0>0: 1+0");
    }

    /** The extension header of a later fragment says what follows the first one's, here more headers; the protocol comes with the ports. */
    @Test
    void ipv6Fragments_joinTheirFirst() {
        byte[] udp = Frames.udp(5000, 53, Frames.payload(8));
        add(1, Frames.ipv6Fragment(1, 2, Frames.UDP, 0xFFFF_FFF7, 0, true, udp));
        add(2, Frames.ipv6Fragment(1, 2, Frames.UDP, 0xFFFF_FFF7, 16, true, Frames.payload(16)));
        add(3, Frames.ipv6Fragment(1, 2, Frames.UDP, 0xFFFF_FFF7, 32, false, Frames.payload(5)));
        add(4, Frames.ipv6Fragment(1, 2, Frames.UDP, 0x0000_FFF7, 32, false, Frames.payload(5)));
        assertThat(flows(TenantMode.NONE)).containsExactly("17/5000>53: 3+0", "17/0>0: 1+0");
    }

    @Test
    void fragments_ofTwoTenantsWithOneId_stayApart() {
        for (int vlan : new int[] {10, 20}) {
            byte[] first = first(A, B, 7, 5000 + vlan, 53);
            vectors.add(vlan, Frames.ethernet(0x8100, Frames.tagged(vlan, 0x0800, first)));
        }
        for (int vlan : new int[] {10, 20, 30}) {
            vectors.add(100 + vlan, Frames.ethernet(0x8100, Frames.tagged(vlan, 0x0800, later(A, B, 7))));
        }
        assertThat(flows(TenantMode.VLAN)).containsExactly("17/5010>53: 2+0", "17/5020>53: 2+0", "17/0>0: 1+0");
    }

    /** A later fragment of a VXLAN packet has no VXLAN header, so it cannot say which network it is of. */
    @Test
    void fragments_ofAVirtualNetwork_takeOverItsTenant() {
        byte[] inner = Frames.ethernet(Frames.ipv4(1, 2, Frames.UDP, Frames.udp(1, 2, Frames.payload(20))));
        byte[] outer = Frames.udp(5000, 4789, Frames.vxlan(42, inner));
        add(1, Frames.ipv4(A, B, Frames.UDP, 7, Frames.MORE_FRAGMENTS, outer));
        add(2, later(A, B, 7));
        assertThat(flows(TenantMode.VNI)).containsExactly("17/5000>4789: 2+0");
    }

    /** The oldest gives way when a set is full; the table neither grows nor fails. */
    @Test
    void firstFragments_moreThanThereIsRoomFor_evictTheOldest() {
        var fragments = new FragmentTable(table);
        var one = new Vectors(1);
        int room = 1 << 16, many = 4 * room, found = 0;
        for (int n = 0; n < many; n++) {
            one.clear();
            one.add(n, first(A + n, B, 7, 1, 2), 0, 0, 0);
            fragments.put(one.packets.data, 0, 4, 7, Frames.UDP, Frames.UDP, 1 << 16 | 2, n);
        }
        for (int n = 0; n < many; n++) {
            one.clear();
            one.add(n, later(A + n, B, 7), 0, 0, 0);
            found += fragments.find(one.packets.data, 0, 4, 7, Frames.UDP, many) == FragmentTable.NONE ? 0 : 1;
        }
        assertThat(found).isBetween(room * 9 / 10, room);
    }

    @Test
    void fragments_whenJoined_sayWhatTheyAreAndOfWhichPacket() {
        add(1, later(A, B, 7));
        add(2, first(A, B, 7, 5000, 53));
        add(3, later(A, B, 8));
        add(4, later(A, B, 7));
        flows(TenantMode.NONE);
        FlowVector v = vectors.flows;
        List<Integer> kinds = new ArrayList<>(), packets = new ArrayList<>();
        List<Boolean> ofTheFirst = new ArrayList<>();
        for (int f = 0; f < v.fragments(); f++) {
            kinds.add(v.fragmentKind(f));
            packets.add(v.fragmentPacket(f));
            ofTheFirst.add(v.fragmentDatagram(f) == v.fragmentDatagram(1));
        }
        assertThat(kinds)
                .containsExactly(
                        FlowVector.ORPHAN_FRAGMENT,
                        FlowVector.FIRST_FRAGMENT,
                        FlowVector.ORPHAN_FRAGMENT,
                        FlowVector.JOINED_FRAGMENT);
        assertThat(packets).containsExactly(0, 1, 2, 3);
        assertThat(ofTheFirst).containsExactly(true, true, false, true);
    }
}
