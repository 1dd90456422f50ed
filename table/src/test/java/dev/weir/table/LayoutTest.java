package dev.weir.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The offsets in the code are those of the drawings in the class comments: in order, without gap or overlap. */
class LayoutTest {
    private static void assertSeamless(Map<Integer, Integer> sizes, int total) {
        int next = 0;
        for (var field : new TreeMap<>(sizes).entrySet()) {
            assertThat(field.getKey()).as("offset after %d", next).isEqualTo(next);
            next += field.getValue();
        }
        assertThat(next).isEqualTo(total);
    }

    @Test
    void record_fields_fillIt() {
        Map<Integer, Integer> sizes = new TreeMap<>();
        sizes.put(FlowRecord.FLOW_ID, 8);
        sizes.put(FlowRecord.AT, 8);
        sizes.put(FlowRecord.FIRST_FORWARD, 8);
        sizes.put(FlowRecord.FIRST_REVERSE, 8);
        sizes.put(FlowRecord.LAST_FORWARD, 8);
        sizes.put(FlowRecord.LAST_REVERSE, 8);
        sizes.put(FlowRecord.FORWARD_PACKETS, 8);
        sizes.put(FlowRecord.FORWARD_BYTES, 8);
        sizes.put(FlowRecord.FORWARD_FRAME_BYTES, 8);
        sizes.put(FlowRecord.REVERSE_PACKETS, 8);
        sizes.put(FlowRecord.REVERSE_BYTES, 8);
        sizes.put(FlowRecord.REVERSE_FRAME_BYTES, 8);
        sizes.put(FlowRecord.SOURCE, 16);
        sizes.put(FlowRecord.DESTINATION, 16);
        sizes.put(FlowRecord.SOURCE_PORT, 2);
        sizes.put(FlowRecord.DESTINATION_PORT, 2);
        sizes.put(FlowRecord.PROTOCOL, 1);
        sizes.put(FlowRecord.FAMILY, 1);
        sizes.put(FlowRecord.KIND, 1);
        sizes.put(FlowRecord.AUTHOR, 1);
        sizes.put(FlowRecord.TENANT, 4);
        sizes.put(FlowRecord.FORWARD_FLAGS, 1);
        sizes.put(FlowRecord.REVERSE_FLAGS, 1);
        sizes.put(FlowRecord.TCP_STATE, 1);
        sizes.put(FlowRecord.REASON, 1);
        sizes.put(FlowRecord.INFOS, 16);
        sizes.put(FlowRecord.LIFETIME, 4);
        sizes.put(FlowRecord.OFFLOADED, 4);
        assertSeamless(sizes, FlowRecord.SIZE);
    }

    @Test
    void hotRegion_fields_fillACacheLine() {
        Map<Integer, Integer> sizes = new TreeMap<>();
        sizes.put(FlowStore.LAST, 16);
        sizes.put(FlowStore.TOTALS, 16);
        sizes.put(FlowStore.FRAMES, 8);
        sizes.put(FlowStore.LIFETIME, 4);
        sizes.put(FlowStore.STATE, 4);
        sizes.put(FlowStore.KEY, 16);
        assertSeamless(sizes, 64);
        sizes.put(FlowStore.KEY, 40);
        sizes.put(88, 8);
        assertSeamless(sizes, 96);
    }

    @Test
    void coldRegion_fields_fillIt() {
        Map<Integer, Integer> sizes = new TreeMap<>();
        sizes.put(FlowStore.FIRST, 16);
        sizes.put(FlowStore.ID, 8);
        sizes.put(FlowStore.INFOS, 16);
        assertSeamless(sizes, FlowStore.COLD_BYTES);
    }

    /** TCP state, four flags, one for wide counters, and two octets of TCP flags share a word. */
    @Test
    void stateWord_parts_doNotOverlap() {
        int[] parts = {
            FlowStore.TCP_STATE_MASK,
            FlowStore.LIVE,
            FlowStore.INITIATOR_UPPER,
            FlowStore.OVERRIDDEN,
            FlowStore.SEEN,
            FlowStore.SEEN_REVERSE,
            FlowStore.WIDE,
            0xFF << FlowStore.FLAGS_SHIFT,
            0xFF << (FlowStore.FLAGS_SHIFT + 8)
        };
        int all = 0;
        for (int part : parts) {
            assertThat(all & part).isZero();
            all |= part;
        }
        assertThat(FlowStore.SEEN << 1).isEqualTo(FlowStore.SEEN_REVERSE);
    }

    /** DESIGN's budget: at most 128 octets an IPv4 flow and 192 an IPv6 flow, all told. */
    @Test
    void table_perFlow_isWithinItsBudget() {
        int flows = 100_000;
        try (var table = new FlowTable(FlowTableConfig.defaults().withMaxFlows(flows))) {
            assertThat(table.bytes() / flows).isLessThanOrEqualTo(128 + 192);
        }
    }
}
