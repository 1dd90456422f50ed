package dev.weir.cli.boxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.nodes.IpPrefix;
import dev.weir.testing.Frames;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the OTR learns of packets from the data centre, and what it makes of it. */
class OtrLearningTest {
    private static final long SECOND = 1_000_000_000, LIFETIME = 60 * SECOND, BEGIN = -7 * SECOND;
    private static final long ROUTER_MAC = 0x0200_0000_000DL,
            TENANT_MAC = 0x0200_0000_0101L,
            GATEWAY_MAC = 0x0200_0000_00FEL;
    private static final Vtep NEAR = new Vtep(IpPrefix.of("10.0.0.254"), 0x0200_0000_005EL);
    private static final Vtep NEAR6 = new Vtep(IpPrefix.of("fd00::fe"), 0x0200_0000_005EL);

    private final Otr otr = otr(NEAR, 100);

    private static Otr otr(Vtep near, int room) {
        Associations table = new Associations(room, true);
        TunnelLessons.Vlans vlans = TunnelLessons.Vlans.these(new TreeMap<>(Map.of(100, 10, 200, 20)));
        TunnelLessons lessons = new TunnelLessons(table, near, vlans, LIFETIME);
        FrameText silent = new FrameText(new PrintStream(OutputStream.nullOutputStream()), false, 0);
        return new Otr(table, null, lessons, near, GATEWAY_MAC, false, Long.MAX_VALUE, silent);
    }

    @AfterEach
    void close() {
        otr.close();
    }

    private static byte[] answer(int vlan, String tenant) {
        String server = tenant.contains(":") ? "2001:db8::1" : "1.1.1.1";
        byte[] packet = Frames.ip(server, tenant, Frames.UDP, Frames.udp(1000, 12345, new byte[20]));
        return Frames.ethernet(0x8100, Frames.tagged(vlan, Frames.typeOf(packet), packet));
    }

    private static byte[] tunnelled(String from, String to, int vni, byte[] inner) {
        byte[] datagram = Frames.udp(50000, 4789, Frames.vxlan(vni, inner));
        byte[] packet = Frames.ip(from, to, Frames.UDP, datagram);
        return Frames.ethernet(NEAR.mac(), ROUTER_MAC, Frames.typeOf(packet), packet);
    }

    private static byte[] inner(String tenant, long mac) {
        String server = tenant.contains(":") ? "2001:db8::1" : "1.1.1.1";
        byte[] packet = Frames.ip(tenant, server, Frames.UDP, Frames.udp(12345, 1000, new byte[20]));
        return Frames.ethernet(GATEWAY_MAC, mac, Frames.typeOf(packet), packet);
    }

    private static byte[] asked(int vni, String tenant) {
        return tunnelled("10.0.0.1", "10.0.0.254", vni, inner(tenant, TENANT_MAC));
    }

    private long figure(String name) {
        return otr.figures().getOrDefault(name, -1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.168.0.1", "fd00:c0a8::1"})
    void answer_toATenantThatAsked_goesWhereItAskedFrom(String tenant) {
        assertThat(MemoryQueue.through(otr, answer(10, tenant), BEGIN)).isEmpty();
        assertThat(figure("unknown")).isOne();
        assertThat(MemoryQueue.through(otr, asked(100, tenant), BEGIN)).isEmpty();
        assertThat(figure("learnt")).isOne();
        byte[] sent = MemoryQueue.through(otr, answer(10, tenant), BEGIN).getFirst();
        String outer = HexFormat.of().formatHex(Arrays.copyOf(sent, 64));
        assertThat(outer.substring(0, 24)).as("MACs").isEqualTo("02000000000d02000000005e");
        assertThat(outer.substring(52, 68)).as("addresses").isEqualTo("0a0000fe0a000001");
        assertThat(outer.substring(84, 100)).as("VNI 100, VLAN 10").isEqualTo("080000000000640a");
        assertThat(outer.substring(100, 124)).as("inner MACs").isEqualTo("0200000001010200000000fe");
        assertThat(MemoryQueue.through(otr, answer(20, tenant), BEGIN))
                .as("another tenant's")
                .isEmpty();
    }

    @Test
    void answer_overIpv6_goesWhereItAskedFrom() {
        try (Otr six = otr(NEAR6, 10)) {
            MemoryQueue.through(six, tunnelled("fd00::1", "fd00::fe", 200, inner("192.168.0.1", TENANT_MAC)), 0);
            byte[] sent = MemoryQueue.through(six, answer(20, "192.168.0.1"), 0).getFirst();
            assertThat(sent[12]).isEqualTo((byte) 0x86);
            assertThat(HexFormat.of().formatHex(Arrays.copyOfRange(sent, 22, 54)))
                    .isEqualTo("fd0000000000000000000000000000fefd000000000000000000000000000001");
        }
    }

    @Test
    void association_thatIsNotSeenAgain_endsAndOneThatMovedIsFollowed() {
        MemoryQueue.through(otr, asked(100, "192.168.0.1"), BEGIN);
        MemoryQueue.through(otr, asked(100, "192.168.0.2"), BEGIN);
        long later = BEGIN + LIFETIME - 1;
        byte[] moved = tunnelled("10.0.0.9", "10.0.0.254", 100, inner("192.168.0.1", TENANT_MAC));
        MemoryQueue.through(otr, moved, later);
        assertThat(figure("moved")).isOne();
        MemoryQueue.through(otr, moved, later);
        assertThat(figure("seen-again")).isOne();
        assertThat(MemoryQueue.through(otr, answer(10, "192.168.0.2"), later)).hasSize(1);
        assertThat(MemoryQueue.through(otr, answer(10, "192.168.0.2"), later + 1))
                .isEmpty();
        byte[] sent =
                MemoryQueue.through(otr, answer(10, "192.168.0.1"), later + 1).getFirst();
        assertThat(sent[33]).isEqualTo((byte) 9);
        otr.turn(later + LIFETIME + SECOND, new MemoryQueue());
        assertThat(figure("associations")).isZero();
        assertThat(figure("aged")).isOne();
    }

    @Test
    void fullTable_learnsNoMore_andWhatWasSaidStays() {
        try (Otr small = otr(NEAR, 2)) {
            small.associations().put(4, 0, 0xC0A8_0001L, 10, 7, NEAR, 1);
            for (int i = 1; i <= 4; i++) MemoryQueue.through(small, asked(100, "192.168.0." + i), 0);
            assertThat(small.figures())
                    .containsEntry("said-otherwise", 1L)
                    .containsEntry("learnt", 1L)
                    .containsEntry("not-learnt", 2L)
                    .containsEntry("associations", 2L);
            assertThat(small.associations().vni(small.associations().find(4, 0, 0xC0A8_0001L, 10, 0)))
                    .isEqualTo(7);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another gateway's, 10.0.0.7, 100, 192.168.0.1, 2, teaches-nothing",
        "of a network without a VLAN, 10.0.0.254, 300, 192.168.0.1, 2, vni-not-known",
        "from many, 10.0.0.254, 100, 224.0.0.1, 2, teaches-nothing",
        "from nobody, 10.0.0.254, 100, 0.0.0.0, 2, teaches-nothing",
        "from itself, 10.0.0.254, 100, 127.0.0.1, 2, teaches-nothing",
        "from nobody of IPv6, 10.0.0.254, 100, ::, 2, teaches-nothing",
        "from many of IPv6, 10.0.0.254, 100, ff02::1, 2, teaches-nothing",
        "from a group of interfaces, 10.0.0.254, 100, 192.168.0.1, 1099511627776, teaches-nothing",
    })
    void packet_thatSaysNothing_teachesNothing(
            String what, String to, int vni, String tenant, long mac, String figure) {
        MemoryQueue.through(otr, tunnelled("10.0.0.1", to, vni, inner(tenant, mac)), 0);
        assertThat(figure(figure)).as(what).isOne();
        assertThat(figure("associations")).isZero();
    }

    @Test
    void frameWithoutAnIpPacket_orWithATag_teachesNothing() {
        byte[] tagged = Frames.ethernet(
                0x8100,
                Frames.tagged(
                        5, 0x0800, Frames.ipv4("192.168.0.1", "1.1.1.1", 17, 0, 0, Frames.udp(1, 2, new byte[9]))));
        for (byte[] inner : List.of(Frames.arp(), tagged)) {
            MemoryQueue.through(otr, tunnelled("10.0.0.1", "10.0.0.254", 100, inner), 0);
        }
        assertThat(figure("teaches-nothing")).isEqualTo(2);
        assertThat(figure("associations")).isZero();
    }

    /** Nothing throws, and what is learnt is one of the networks that there are. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 0x5EED})
    void damagedPackets_teachAtMostWhatTheySay(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] frame = asked(random.nextBoolean() ? 100 : 200, random.nextBoolean() ? "192.168.0.1" : "fd00::1");
            for (int n = random.nextInt(4); n >= 0; n--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
            }
            if (random.nextInt(3) == 0) frame = Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            assertThat(MemoryQueue.through(otr, frame, i))
                    .as("seed=%d packet=%d", seed, i)
                    .isEmpty();
        }
        Map<String, Long> said = otr.figures();
        long all = List.of(
                        "learnt",
                        "moved",
                        "seen-again",
                        "not-learnt",
                        "vni-not-known",
                        "teaches-nothing",
                        "malformed",
                        "ignored",
                        "unknown",
                        "ttl-over")
                .stream()
                .mapToLong(name -> said.getOrDefault(name, 0L))
                .sum();
        assertThat(all).as("seed=%d %s", seed, said).isEqualTo(20_000);
        assertThat(said.get("learnt")).isPositive();
        assertThat(said.get("malformed")).isPositive();
        assertThat(said.get("associations")).isLessThanOrEqualTo(100);
    }
}
