package dev.weir.export.ipfix;

/**
 * Numbers of information elements, as IANA assigned them ("IP Flow Information Export (IPFIX) Entities"); up to 127 they are
 * NetFlow v9's field types too (RFC 3954). {@link #REVERSE} marks those of the other direction (RFC 5103); Weir's own are under
 * {@link #WEIR}.
 */
final class Element {
    static final int OCTETS = 1, PACKETS = 2, PROTOCOL = 4, TCP_FLAGS = 6, SOURCE_PORT = 7, SOURCE_V4 = 8;
    static final int DESTINATION_PORT = 11, DESTINATION_V4 = 12, END_UPTIME = 21, START_UPTIME = 22;
    static final int SOURCE_V6 = 27, DESTINATION_V6 = 28, VLAN = 58;
    static final int EXPORTED_OCTETS = 40, EXPORTED_MESSAGES = 41, EXPORTED_FLOWS = 42;
    static final int TOTAL_OCTETS = 85, TOTAL_PACKETS = 86, END_REASON = 136, FLOW_ID = 148, DOMAIN = 149;
    static final int START_SECONDS = 150, END_SECONDS = 151, START_MILLIS = 152, END_MILLIS = 153;
    static final int START_MICROS = 154, END_MICROS = 155, START_NANOS = 156, END_NANOS = 157;
    static final int START_DELTA_MICROS = 158, END_DELTA_MICROS = 159, INIT_MILLIS = 160;
    static final int DURATION_MILLIS = 161, DURATION_MICROS = 162;
    static final int IGNORED_PACKETS = 164, NOT_SENT_FLOWS = 166, NOT_SENT_PACKETS = 167, NOT_SENT_OCTETS = 168;
    static final int INITIATOR_OCTETS = 231, RESPONDER_OCTETS = 232, VRF = 234, BIFLOW_DIRECTION = 239;
    static final int INITIATOR_PACKETS = 298, RESPONDER_PACKETS = 299, ELEMENT_ID = 303;
    static final int ELEMENT_TYPE = 339, ELEMENT_NAME = 341, ELEMENT_SEMANTICS = 344, ENTERPRISE = 346;
    static final int FRAME_OCTETS = 352, TOTAL_FRAME_OCTETS = 353;

    /** The enterprise under which the elements of the other direction are, RFC 5103 section 6.1. */
    static final int REVERSE = 29305;

    /** The enterprise of Weir's own elements: the number that RFC 5612 keeps for documentation, until Weir has one. */
    static final int WEIR = 32473;

    /** Weir's own: a TCP state, an end reason, whether the flow was offloaded, the first octets of its context. */
    static final int WEIR_TCP_STATE = 1, WEIR_END_REASON = 2, WEIR_OFFLOADED = 3, WEIR_CONTEXT = 4;

    /** In a template: the field's length stands before each value. */
    static final int VARIABLE_LENGTH = 65535;

    private Element() {}
}
