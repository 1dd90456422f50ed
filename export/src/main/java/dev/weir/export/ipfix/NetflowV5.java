package dev.weir.export.ipfix;

import java.util.ArrayList;
import java.util.List;

/**
 * The records of NetFlow version 5 as a template: 48 octets with source and destination, next hop, interfaces, packets, octets, first and last uptime,
 * ports, TCP flags, protocol, and routing, in this order.
 */
final class NetflowV5 {
    static final ReceivedTemplate LAYOUT = layout();

    private NetflowV5() {}

    private static ReceivedTemplate layout() {
        int[][] fields = {
            {Element.SOURCE_V4, 4},
            {Element.DESTINATION_V4, 4},
            {0, 8}, // next hop, interfaces
            {Element.PACKETS, 4},
            {Element.OCTETS, 4},
            {Element.START_UPTIME, 4},
            {Element.END_UPTIME, 4},
            {Element.SOURCE_PORT, 2},
            {Element.DESTINATION_PORT, 2},
            {0, 1},
            {Element.TCP_FLAGS, 1},
            {Element.PROTOCOL, 1},
            {0, 9} // type of service, systems, masks
        };
        List<Integer> slots = new ArrayList<>(), lengths = new ArrayList<>();
        for (int[] field : fields) {
            slots.add(field[0] == 0 ? Slot.NOTHING : Slot.of(field[0], 0, field[1]));
            lengths.add(field[1]);
        }
        return new ReceivedTemplate(
                false,
                slots.stream().mapToInt(Integer::intValue).toArray(),
                lengths.stream().mapToInt(Integer::intValue).toArray());
    }
}
