package dev.weir.export.kafka;

import dev.weir.api.FlowKeys;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a flow's messages are keyed by: its key as the command line writes it, the lower end first, so that both directions, and all sensors that
 * see the flow, have the same. {@code tcp 10.0.0.1:80 > 10.0.0.2:4000}; IPv6 in brackets where ports follow; {@code tenant N} where it is
 * not 0. One thread; allocates the key alone.
 */
public final class MessageKey {
    private final byte[] out = new byte[160];
    private int size;

    /** The key of that record, ASCII, in an array of its own. */
    public byte[] of(FlowRecord record) {
        size = 0;
        boolean swap = isSourceUpper(record);
        int protocol = record.protocol();
        boolean ports = FlowKeys.hasPorts(protocol) || record.sourcePort() != 0 || record.destinationPort() != 0;
        put(FlowKeys.protocolName(protocol));
        end(record, swap, ports);
        put(" >");
        end(record, !swap, ports);
        if (record.tenant() != 0) {
            put(" tenant " + record.tenant());
        }
        return Arrays.copyOf(out, size);
    }

    private static boolean isSourceUpper(FlowRecord record) {
        for (int i = 0; i < (record.family() == 4 ? 4 : 16); i++) {
            int difference = record.sourceOctet(i) - record.destinationOctet(i);
            if (difference != 0) {
                return difference > 0;
            }
        }
        return record.sourcePort() > record.destinationPort();
    }

    private void end(FlowRecord record, boolean destination, boolean port) {
        boolean brackets = port && record.family() != 4;
        put(brackets ? " [" : " ");
        long at = destination ? record.destinationAt() : record.sourceAt();
        size = Addresses.format(record.segment(), at, record.family(), out, size);
        put(brackets ? "]" : "");
        if (port) {
            put(":" + (destination ? record.destinationPort() : record.sourcePort()));
        }
    }

    private void put(String ascii) {
        byte[] octets = ascii.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octets, 0, out, size, octets.length);
        size += octets.length;
    }
}
