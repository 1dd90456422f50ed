package dev.weir.dataplane.nodes.reassemble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.packet.LinkType;
import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.table.FlowTable;
import dev.weir.table.FlowTableConfig;
import dev.weir.table.FlowVector;
import dev.weir.table.FragmentTable;
import dev.weir.table.KeyExtractor;
import dev.weir.table.TenantMode;
import dev.weir.testing.Allocation;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fragments through a hold as the flow stage uses it. Packets are written {@code ID/part}: part 0 is the first fragment,
 * and what comes out carries the ports that it was found to have.
 */
class FragmentHoldTest {
    private static final String A = "10.0.0.1", B = "10.0.0.2";
    private static final long SECOND = 1_000_000_000L;
    private static final int ROOM = 2048;
    private static final ValueLayout.OfShort ID = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final FlowTable table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(10));
    private final KeyExtractor extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
    private final FragmentTable fragments = new FragmentTable(table);
    private final FlowVector vector = new FlowVector(new PacketVector(256, true), true);
    private final MemorySegment wire = Arena.ofAuto().allocate(256 * ROOM);
    private final long[] counts = new long[FragmentHold.COUNTERS.size()];
    private final boolean[] tracked = {true, true, true, true};
    private FragmentHold hold = new FragmentHold(ReassembleConfig.DEFAULT, counts);
    private long now = SECOND;

    @AfterEach
    void close() {
        table.close();
    }

    private void add(byte[] frame) {
        PacketVector p = vector.packets;
        int i = p.size++;
        p.data = wire;
        p.offset[i] = (long) i * ROOM;
        p.captured[i] = frame.length;
        p.length[i] = frame.length;
        p.time[i] = now;
        p.link[i] = LinkType.ETHERNET;
        p.port[i] = 3;
        p.offload[i] = 0;
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, p.data, p.offset[i], frame.length);
    }

    /** Part {@code n} of a packet of UDP to port {@code 1000 + id}, 16 octets each. */
    private static byte[] part(int id, int n) {
        byte[] payload = n == 0 ? Frames.udp(id, 1000 + id, Frames.payload(8)) : Frames.payload(16 + id % 100);
        return Frames.ethernet(Frames.ipv4(A, B, Frames.UDP, id, (n == 0 ? 0x2000 : 0x2000 | 2 * n), payload));
    }

    private void add(String... parts) {
        for (String part : parts) {
            int slash = part.indexOf('/');
            add(part(Integer.parseInt(part, 0, slash, 10), Integer.parseInt(part, slash + 1, part.length(), 10)));
        }
    }

    /** Takes the vector through; then what the hold sets free. What went on, and with which destination port. */
    private List<String> run() {
        List<String> out = new ArrayList<>();
        through(out);
        while (hold.receive(vector.packets) > 0) {
            through(out);
            hold.release();
        }
        vector.packets.size = 0;
        return out;
    }

    private void through(List<String> out) {
        extractor.extract(vector);
        extractor.joinFragments(vector, fragments);
        hold.hold(vector, tracked);
        for (int i = 0; i < vector.packets.size; i++) {
            if (!hold.isTaken(i)) {
                out.add(name(i) + ":" + vector.destinationPort(i));
            }
        }
    }

    private String name(int i) {
        PacketVector p = vector.packets;
        long ip = p.offset[i] + 14;
        int id = p.data.get(ID, ip + 4) & 0xFFFF;
        return id + "/" + p.data.get(ValueLayout.JAVA_BYTE, ip + 7) / 2;
    }

    @Test
    void fragmentsInOrder_passAtOnce() {
        add("1/0", "1/1", "1/2");
        assertThat(run()).containsExactly("1/0:1001", "1/1:1001", "1/2:1001");
        assertThat(counts[0]).isZero();
    }

    @Test
    void fragmentsBeforeTheirFirst_followIt_inTheirOrder() {
        add("1/3", "1/1", "2/1");
        assertThat(run()).isEmpty();
        add("1/2", "1/0");
        assertThat(run()).containsExactly("1/0:1001", "1/3:1001", "1/1:1001", "1/2:1001");
        assertThat(hold.waiting()).as("2/1").isOne();
        add("2/0");
        assertThat(run()).containsExactly("2/0:1002", "2/1:1002");
        assertThat(counts[1]).as("released").isEqualTo(4);
    }

    @Test
    void ipv6Fragments_waitTheSame() {
        byte[] udp = Frames.udp(5, 53, Frames.payload(8));
        add(Frames.ethernet(Frames.ipv6Fragment("2001:db8::1", "2001:db8::2", Frames.UDP, 9, 16, false, new byte[8])));
        assertThat(run()).isEmpty();
        add(Frames.ethernet(Frames.ipv6Fragment("2001:db8::1", "2001:db8::2", Frames.UDP, 9, 0, true, udp)));
        assertThat(run()).hasSize(2).allMatch(packet -> packet.endsWith(":53"));
    }

    @Test
    void fragmentSetFree_isAsItCame_atTheTimeOfItsFirst() {
        add("1/1");
        vector.packets.offload[0] = 77;
        vector.packets.length[0] = 99;
        run();
        now += 5;
        add("1/0");
        extractor.extract(vector);
        extractor.joinFragments(vector, fragments);
        hold.hold(vector, tracked);
        PacketVector p = vector.packets;
        assertThat(hold.ready()).isOne();
        assertThat(hold.receive(p)).isOne();
        assertThat(List.of(p.time[0], p.offload[0])).containsExactly(SECOND + 5, 77L);
        assertThat(List.of(p.length[0], p.captured[0], p.port[0], p.link[0]))
                .containsExactly(99, part(1, 1).length, 3, LinkType.ETHERNET);
        assertThat(p.data.asSlice(p.offset[0], p.captured[0]).toArray(ValueLayout.JAVA_BYTE))
                .isEqualTo(part(1, 1));
        hold.release();
        assertThat(hold.receive(p)).isZero();
    }

    @Test
    void fragmentsOfAnotherPacket_ofTheSameHosts_stay() {
        add("1/1");
        run();
        add("2/0", "3/0");
        assertThat(run()).containsExactly("2/0:1002", "3/0:1003");
        assertThat(hold.waiting()).isOne();
    }

    @Test
    void fragmentsOfAPortWithoutFlows_passAtOnce() {
        tracked[3] = false;
        add("1/1");
        assertThat(run()).containsExactly("1/1:0");
    }

    @Test
    void fragmentWhoseFirstNeverComes_isDroppedAfterItsTime() {
        add("1/1");
        run();
        hold.expire(now + SECOND - 1);
        assertThat(hold.waiting()).isOne();
        hold.expire(now + SECOND);
        assertThat(hold.waiting()).isZero();
        assertThat(counts[2]).as("timed out").isOne();
        add("1/0");
        assertThat(run()).containsExactly("1/0:1001");
    }

    @Test
    void tooManyFragments_pushOutTheOldest() {
        hold = new FragmentHold(new ReassembleConfig(3, 1 << 16, Duration.ofSeconds(1)), counts);
        add("1/1", "2/1", "3/1", "4/1");
        run();
        assertThat(counts[3]).as("evicted").isOne();
        add("1/0", "2/0", "4/0");
        assertThat(run()).containsExactly("1/0:1001", "2/0:1002", "4/0:1004", "2/1:1002", "4/1:1004");
    }

    @Test
    void fragmentThatFindsOnlyFreeOnesBeforeIt_goesOnWithoutPorts() {
        hold = new FragmentHold(new ReassembleConfig(1, 1 << 16, Duration.ofSeconds(1)), counts);
        add("1/1", "1/0", "2/1");
        assertThat(run()).containsExactly("1/0:1001", "2/1:0", "1/1:1001");
    }

    /** Packets in random pieces and order: what comes out has its ports, once, and nothing else is kept or lost. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 0x5EED})
    void fragments_inAnyOrder_allComeOutWithTheirPorts(long seed) {
        var random = new SplittableRandom(seed);
        hold = new FragmentHold(new ReassembleConfig(512, 1 << 16, Duration.ofSeconds(1)), counts);
        Set<String> out = new HashSet<>();
        for (int round = 0; round < 200; round++) {
            List<String> parts = new ArrayList<>();
            for (int id = 1 + 20 * round; id <= 20 * round + 20; id++) {
                for (int n = 0; n < 4; n++) {
                    parts.add(id + "/" + n);
                }
            }
            while (!parts.isEmpty()) {
                for (int k = random.nextInt(10); k >= 0 && !parts.isEmpty(); k--) {
                    add(parts.remove(random.nextInt(parts.size())));
                }
                for (String packet : run()) {
                    String id = packet.substring(0, packet.indexOf('/'));
                    assertThat(packet).as("seed=%d", seed).endsWith(":" + (1000 + Integer.parseInt(id)));
                    assertThat(out.add(packet))
                            .as("%s once, seed=%d", packet, seed)
                            .isTrue();
                }
            }
        }
        assertThat(out).hasSize(200 * 80);
        assertThat(hold.waiting() + hold.ready()).isZero();
    }

    @Test
    void holding_allocatesNothing() {
        hold = new FragmentHold(new ReassembleConfig(64, 1 << 16, Duration.ofSeconds(1)), counts);
        add("1/1", "2/1", "3/1");
        long allocated = Allocation.octetsPerCall(5_000, () -> {
            extractor.extract(vector);
            extractor.joinFragments(vector, fragments);
            hold.hold(vector, tracked);
            hold.expire(now);
        });
        assertThat(allocated).isZero();
        assertThat(hold.waiting()).isEqualTo(64);
    }

    @Test
    void configuration_thatCannotBe_isRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new ReassembleConfig(0, 1 << 16, second)).hasMessageContaining("fragments: 0");
        assertThatThrownBy(() -> new ReassembleConfig(1, 1, second)).hasMessageContaining("bytes: 1 is out of range");
        assertThatThrownBy(() -> new ReassembleConfig(1, 1 << 16, Duration.ZERO))
                .hasMessageContaining("time: 0 ms");
    }
}
