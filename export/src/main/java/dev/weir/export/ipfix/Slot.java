package dev.weir.export.ipfix;

/**
 * What a field of a received template is to us: where its value goes, how it is read, and what it yields to when another field of the record
 * says the same. A field is an int: slot, reading, rank.
 */
final class Slot {
    static final int NOTHING = 0, SOURCE = 1, DESTINATION = 2, SOURCE_PORT = 3, DESTINATION_PORT = 4, PROTOCOL = 5;
    static final int TENANT = 6, FLOW_ID = 7, REASON = 8, DIRECTION = 9, INIT = 10, DURATION = 11;
    static final int TCP_STATE = 12, WEIR_REASON = 13, OFFLOADED = 14, CONTEXT = 15;
    /** Of a direction; those of the other one are {@link #REVERSE} further. */
    static final int OCTETS = 16, PACKETS = 17, FRAME_OCTETS = 18, TCP_FLAGS = 19, START = 20, END = 21, REVERSE = 8;

    static final int COUNT = 32;

    /** How octets become a value: times become nanoseconds since 1970. */
    static final int NUMBER = 0,
            ADDRESS = 1,
            SECONDS = 2,
            MILLIS = 3,
            NTP = 4,
            BEFORE_EXPORT = 5,
            UPTIME = 6,
            SPAN_MILLIS = 7,
            SPAN_MICROS = 8;

    private Slot() {}

    static int slot(int field) {
        return field & 0xFF;
    }

    static int reading(int field) {
        return (field >>> 8) & 0xFF;
    }

    static int rank(int field) {
        return field >>> 16;
    }

    private static int field(int slot, int reading, int rank) {
        return slot | (reading << 8) | (rank << 16);
    }

    /** What the element is to us, if it has so many octets; {@link #NOTHING} where it is passed over. */
    static int of(int element, int enterprise, int octets) {
        int field = switch (enterprise) {
            case 0 -> of(element);
            case Element.REVERSE -> reversed(of(element));
            case Element.WEIR -> ofWeir(element);
            default -> NOTHING;
        };
        boolean fits = reading(field) == ADDRESS ? octets == (rank(field) == 1 ? 4 : 16) : octets >= 1 && octets <= 8;
        return fits ? field : NOTHING;
    }

    private static int reversed(int field) {
        int slot = slot(field);
        return slot >= OCTETS && slot < OCTETS + REVERSE ? field + REVERSE : NOTHING;
    }

    private static int ofWeir(int element) {
        return switch (element) {
            case Element.WEIR_TCP_STATE -> field(TCP_STATE, NUMBER, 1);
            case Element.WEIR_END_REASON -> field(WEIR_REASON, NUMBER, 1);
            case Element.WEIR_OFFLOADED -> field(OFFLOADED, NUMBER, 1);
            case Element.WEIR_CONTEXT -> field(CONTEXT, NUMBER, 1);
            default -> NOTHING;
        };
    }

    private static int of(int element) {
        return switch (element) {
            case Element.SOURCE_V4 -> field(SOURCE, ADDRESS, 1);
            case Element.SOURCE_V6 -> field(SOURCE, ADDRESS, 2);
            case Element.DESTINATION_V4 -> field(DESTINATION, ADDRESS, 1);
            case Element.DESTINATION_V6 -> field(DESTINATION, ADDRESS, 2);
            case Element.SOURCE_PORT -> field(SOURCE_PORT, NUMBER, 1);
            case Element.DESTINATION_PORT -> field(DESTINATION_PORT, NUMBER, 1);
            case Element.PROTOCOL -> field(PROTOCOL, NUMBER, 1);
            case Element.VRF -> field(TENANT, NUMBER, 1);
            case Element.FLOW_ID -> field(FLOW_ID, NUMBER, 1);
            case Element.END_REASON -> field(REASON, NUMBER, 1);
            case Element.BIFLOW_DIRECTION -> field(DIRECTION, NUMBER, 1);
            case Element.INIT_MILLIS -> field(INIT, MILLIS, 1);
            case Element.DURATION_MILLIS -> field(DURATION, SPAN_MILLIS, 1);
            case Element.DURATION_MICROS -> field(DURATION, SPAN_MICROS, 2);
            case Element.OCTETS -> field(OCTETS, NUMBER, 3);
            case Element.TOTAL_OCTETS -> field(OCTETS, NUMBER, 2);
            case Element.INITIATOR_OCTETS -> field(OCTETS, NUMBER, 1);
            case Element.RESPONDER_OCTETS -> field(OCTETS + REVERSE, NUMBER, 1);
            case Element.PACKETS -> field(PACKETS, NUMBER, 3);
            case Element.TOTAL_PACKETS -> field(PACKETS, NUMBER, 2);
            case Element.INITIATOR_PACKETS -> field(PACKETS, NUMBER, 1);
            case Element.RESPONDER_PACKETS -> field(PACKETS + REVERSE, NUMBER, 1);
            case Element.FRAME_OCTETS -> field(FRAME_OCTETS, NUMBER, 2);
            case Element.TOTAL_FRAME_OCTETS -> field(FRAME_OCTETS, NUMBER, 1);
            case Element.TCP_FLAGS -> field(TCP_FLAGS, NUMBER, 1);
            case Element.START_SECONDS -> field(START, SECONDS, 1);
            case Element.END_SECONDS -> field(END, SECONDS, 1);
            case Element.START_UPTIME -> field(START, UPTIME, 2);
            case Element.END_UPTIME -> field(END, UPTIME, 2);
            case Element.START_MILLIS -> field(START, MILLIS, 3);
            case Element.END_MILLIS -> field(END, MILLIS, 3);
            case Element.START_DELTA_MICROS -> field(START, BEFORE_EXPORT, 4);
            case Element.END_DELTA_MICROS -> field(END, BEFORE_EXPORT, 4);
            case Element.START_MICROS -> field(START, NTP, 5);
            case Element.END_MICROS -> field(END, NTP, 5);
            case Element.START_NANOS -> field(START, NTP, 6);
            case Element.END_NANOS -> field(END, NTP, 6);
            default -> NOTHING;
        };
    }
}
