package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.packet.PacketVector;
import dev.weir.packet.TunnelMode;
import dev.weir.testing.Frames;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AliasTableTest {
    private final FlowTable table =
            new FlowTable(FlowTableConfig.defaults().withMaxFlows(1000).withHashSeed(1));
    private final AliasTable aliases = new AliasTable(table, 1000);
    private final KeyExtractor extractor = new KeyExtractor(table, TunnelMode.OUTER, TenantMode.NONE);
    private final Vectors vectors = new Vectors(new PacketVector(4), true);
    private final Arena arena = Arena.ofConfined();
    private final FlowRecords records = new FlowRecords(1000, FlowEvent.ENDED, arena);

    @AfterEach
    void close() {
        aliases.close();
        table.close();
        arena.close();
    }

    private static FlowTuple tuple(int family, int protocol, long source, int sourcePort, long destination, int port) {
        var t = new FlowTuple();
        t.family = family;
        t.protocol = protocol;
        t.sourceHigh = family == 6 ? 0x2001_0db8_0000_0000L : 0;
        t.destinationHigh = t.sourceHigh;
        t.sourceLow = source;
        t.sourcePort = sourcePort;
        t.destinationLow = destination;
        t.destinationPort = port;
        return t;
    }

    private static byte[] frame(FlowTuple t) {
        byte[] udp = Frames.udp(t.sourcePort, t.destinationPort, Frames.payload(4));
        return Frames.ethernet(
                t.family == 4
                        ? Frames.ipv4((int) t.sourceLow, (int) t.destinationLow, Frames.UDP, udp)
                        : Frames.ipv6(t.sourceLow, t.destinationLow, Frames.UDP, udp));
    }

    private static FlowTuple turned(FlowTuple t) {
        return new FlowTuple().set(t).swap();
    }

    /** Whichever of the ends is the upper one in either key, the answer to a translated packet is the flow's reverse. */
    @ParameterizedTest(name = "IPv{0}: {1} sends to 50, seen as {2}")
    @CsvSource({"4, 10, 20", "4, 10, 90", "4, 90, 20", "4, 90, 91", "6, 10, 20", "6, 10, 90", "6, 90, 20", "6, 90, 91"})
    void answer_toTheSecondKey_isTheFlowsReverse(int family, long client, long translated) {
        FlowTuple first = tuple(family, Frames.UDP, client, 1000, 50, 53);
        FlowTuple second = tuple(family, Frames.UDP, translated, 2000, 50, 53);
        vectors.add(1, frame(first));
        vectors.add(2, frame(turned(second)));
        vectors.add(3, frame(second));
        vectors.add(4, frame(turned(first)));
        extractor.extract(vectors.flows);
        assertThat(aliases.add(second, first)).isNotNegative();
        assertThat(aliases.resolve(vectors.flows)).isEqualTo(2);
        vectors.track(table, records);
        assertThat(table.size()).isEqualTo(1);
        assertThat(List.of(0, 1, 2, 3).stream().map(vectors.flows::isReverse).toList())
                .containsExactly(false, true, false, true);
        FlowTuple found = table.context().at(vectors.flows.flow(1)).tuple(new FlowTuple());
        assertThat(found).isEqualTo(first);
        assertThat(found).hasToString(first.toString());
        assertThat(new FlowTuple().ofPacket(vectors.flows, 1)).isEqualTo(turned(second));
    }

    @Test
    void add_aKeyThatIsTaken_isRefused() {
        FlowTuple second = tuple(4, 17, 1, 1, 2, 2);
        int slot = aliases.add(second, tuple(4, 17, 3, 3, 2, 2));
        assertThat(aliases.add(second, tuple(4, 17, 4, 4, 2, 2))).isEqualTo(AliasTable.TAKEN);
        assertThat(aliases.add(turned(second), tuple(4, 17, 4, 4, 2, 2))).isEqualTo(AliasTable.TAKEN);
        assertThat(aliases.add(second, tuple(4, 17, 3, 3, 2, 2))).isEqualTo(AliasTable.THERE);
        aliases.remove(slot);
        assertThat(aliases.add(second, tuple(4, 17, 4, 4, 2, 2))).isNotNegative();
    }

    @Test
    void add_moreThanCapacity_isRefusedUntilOneIsRemoved() {
        FlowTuple first = tuple(4, 17, 3, 3, 2, 2);
        int last = AliasTable.NONE;
        for (int port = 0; port < 1000; port++) {
            last = aliases.add(tuple(4, 17, 1, port, 2, 2), first);
            assertThat(last).isNotNegative();
        }
        assertThat(aliases.add(tuple(4, 17, 1, 2000, 2, 2), first)).isEqualTo(AliasTable.FULL);
        assertThat(aliases.add(tuple(6, 17, 1, 2000, 2, 2), tuple(6, 17, 3, 3, 2, 2)))
                .as("the other family has room of its own")
                .isNotNegative();
        aliases.remove(last);
        assertThat(aliases.add(tuple(4, 17, 1, 2000, 2, 2), first)).isNotNegative();
    }

    @ParameterizedTest(name = "IPv{0}")
    @ValueSource(ints = {4, 6})
    void mail_toAnotherTable_addsAndRemovesTheSame(int family) {
        FlowTuple first = tuple(family, 17, 90, 1000, 50, 53), second = tuple(family, 17, 20, 2000, 50, 53);
        MemorySegment mail = arena.allocate(AliasTable.MAIL_BYTES);
        aliases.write(aliases.add(second, first), mail, 0);
        try (var other = new AliasTable(table, 10)) {
            assertThat(other.read(mail, 0)).isNotNegative();
            vectors.add(2, frame(turned(second)));
            extractor.extract(vectors.flows);
            assertThat(other.resolve(vectors.flows)).isEqualTo(1);
            vectors.track(table, records);
            assertThat(table.context().at(vectors.flows.flow(0)).tuple(new FlowTuple()))
                    .isEqualTo(turned(first));
            assertThat(other.removeWritten(mail, 0)).isTrue();
            assertThat(other.removeWritten(mail, 0)).isFalse();
            assertThat(other.size()).isZero();
        }
    }

    /** An alias that was added later for another flow is not removed by the letter about the earlier one. */
    @Test
    void removal_byLetter_sparesAnotherFlowsAlias() {
        MemorySegment mail = arena.allocate(AliasTable.MAIL_BYTES);
        FlowTuple second = tuple(4, 17, 20, 2000, 50, 53);
        int slot = aliases.add(second, tuple(4, 17, 10, 1, 50, 53));
        aliases.write(slot, mail, 0);
        aliases.remove(slot);
        aliases.add(second, tuple(4, 17, 11, 1, 50, 53));
        assertThat(aliases.removeWritten(mail, 0)).isFalse();
        assertThat(aliases.size()).isEqualTo(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 0x5EED})
    void table_agreesWithHashMap(long seed) {
        var random = new SplittableRandom(seed);
        Map<FlowTuple, Integer> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            int family = random.nextBoolean() ? 4 : 6;
            FlowTuple second = tuple(family, 17, 1 + random.nextInt(8), random.nextInt(40), 100, 53);
            String what = "seed=" + seed + " step=" + step;
            Integer there = model.get(second);
            assertThat(aliases.find(turned(second))).as(what).isEqualTo(there == null ? AliasTable.NONE : there);
            if (there == null) {
                int slot = aliases.add(second, tuple(family, 17, 200, step & 0xFFFF, 100, 53));
                assertThat(slot).as(what).isNotNegative();
                aliases.setTag(slot, step);
                model.put(second, slot);
            } else if (random.nextBoolean()) {
                aliases.remove(there);
                model.remove(second);
            }
            assertThat(aliases.size()).as(what).isEqualTo(model.size());
        }
        List<Integer> slots = new ArrayList<>(model.values());
        assertThat(slots).doesNotHaveDuplicates();
    }
}
