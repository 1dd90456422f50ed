package dev.weir.export.message;

import dev.weir.packet.Addresses;
import dev.weir.table.FlowRecordBuilder;

/** What both formats demand of values. Stateless; a fault names the field. */
final class Checks {
    static final int MAX_PORT = 0xFFFF, MAX_OCTET = 0xFF, MAX_TENANT = 0xFF_FFFF, INFOS = 16;
    static final long SECOND = 1_000_000_000L, MILLI = 1_000_000L;

    private Checks() {}

    static String name(String field, String value) throws MessageFault {
        if (!FlowMessage.isName(value)) {
            throw new MessageFault(
                    field,
                    value.isEmpty()
                            ? "is missing"
                            : "'" + clipped(value) + "' is no name of at most " + FlowMessage.MAX_NAME
                                    + " letters, digits, dots, dashes and underscores");
        }
        return value;
    }

    static long upTo(String field, long value, long most) throws MessageFault {
        if (value < 0 || value > most) {
            throw new MessageFault(field, Long.toUnsignedString(value) + " is out of range; there can be 0 to " + most);
        }
        return value;
    }

    static long sequence(String field, long value) throws MessageFault {
        if (value == 0) {
            throw new MessageFault(field, "is missing; sequence numbers begin with 1");
        }
        return upTo(field, value, Long.MAX_VALUE);
    }

    /** Both ends of the key: two addresses of one family. */
    static void ends(
            FlowRecordBuilder flow, String[] fields, String source, long sourcePort, String destination, long port)
            throws MessageFault {
        byte[] from = new byte[16], to = new byte[16];
        int family = address(fields[0], source, from);
        if (address(fields[2], destination, to) != family) {
            throw new MessageFault(fields[2], clipped(destination) + " is not of the family of " + clipped(source));
        }
        flow.ends(from, (int) upTo(fields[1], sourcePort, MAX_PORT), to, (int) upTo(fields[3], port, MAX_PORT), family);
    }

    private static int address(String field, String text, byte[] octets) throws MessageFault {
        int family = Addresses.parse(text, octets);
        if (family == 0) {
            throw new MessageFault(field, text.isEmpty() ? "is missing" : "'" + clipped(text) + "' is no address");
        }
        return family;
    }

    /** What a message says, short enough for an error. */
    static String clipped(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
