package dev.weir.export.ipfix;

import java.util.ArrayList;
import java.util.List;

/**
 * One field of a template that is written: which element, how long, and what of the record stands there.
 *
 * @param element its number
 * @param enterprise whose element it is; 0 for IANA's
 * @param octets how long
 */
record TemplateField(int element, int enterprise, int octets, Value value) {
    /** What of a record stands in a field; of a direction where it differs by direction. */
    enum Value {
        SOURCE_ADDRESS,
        DESTINATION_ADDRESS,
        SOURCE_PORT,
        DESTINATION_PORT,
        PROTOCOL,
        TENANT,
        FLOW_ID,
        START_MILLIS,
        END_MILLIS,
        START_NTP,
        END_NTP,
        START_UPTIME,
        END_UPTIME,
        OCTETS,
        PACKETS,
        FRAME_OCTETS,
        TCP_FLAGS,
        REASON,
        DIRECTION,
        REVERSE_START_MILLIS,
        REVERSE_END_MILLIS,
        REVERSE_START_NTP,
        REVERSE_END_NTP,
        REVERSE_OCTETS,
        REVERSE_PACKETS,
        REVERSE_FRAME_OCTETS,
        REVERSE_TCP_FLAGS,
        TCP_STATE,
        WEIR_REASON,
        OFFLOADED,
        CONTEXT
    }

    static List<TemplateField> of(FlowVersion version, int family, boolean biflow) {
        List<TemplateField> fields = new ArrayList<>();
        boolean v4 = family == 4;
        int address = v4 ? 4 : 16;
        fields.add(iana(v4 ? Element.SOURCE_V4 : Element.SOURCE_V6, address, Value.SOURCE_ADDRESS));
        fields.add(iana(v4 ? Element.DESTINATION_V4 : Element.DESTINATION_V6, address, Value.DESTINATION_ADDRESS));
        fields.add(iana(Element.SOURCE_PORT, 2, Value.SOURCE_PORT));
        fields.add(iana(Element.DESTINATION_PORT, 2, Value.DESTINATION_PORT));
        fields.add(iana(Element.PROTOCOL, 1, Value.PROTOCOL));
        fields.add(iana(Element.TCP_FLAGS, 1, Value.TCP_FLAGS));
        fields.add(iana(Element.END_REASON, 1, Value.REASON));
        fields.add(iana(Element.BIFLOW_DIRECTION, 1, Value.DIRECTION));
        fields.add(iana(Element.VRF, 4, Value.TENANT));
        if (version == FlowVersion.V9) {
            fields.add(iana(Element.START_UPTIME, 4, Value.START_UPTIME));
            fields.add(iana(Element.END_UPTIME, 4, Value.END_UPTIME));
        }
        fields.add(iana(Element.FLOW_ID, 8, Value.FLOW_ID));
        fields.add(iana(Element.START_MILLIS, 8, Value.START_MILLIS));
        fields.add(iana(Element.END_MILLIS, 8, Value.END_MILLIS));
        fields.add(iana(Element.OCTETS, 8, Value.OCTETS));
        fields.add(iana(Element.PACKETS, 8, Value.PACKETS));
        fields.add(iana(Element.FRAME_OCTETS, 8, Value.FRAME_OCTETS));
        if (version == FlowVersion.V9) {
            return fields;
        }
        fields.add(iana(Element.START_NANOS, 8, Value.START_NTP));
        fields.add(iana(Element.END_NANOS, 8, Value.END_NTP));
        if (biflow) {
            fields.add(reverse(Element.START_MILLIS, 8, Value.REVERSE_START_MILLIS));
            fields.add(reverse(Element.END_MILLIS, 8, Value.REVERSE_END_MILLIS));
            fields.add(reverse(Element.OCTETS, 8, Value.REVERSE_OCTETS));
            fields.add(reverse(Element.PACKETS, 8, Value.REVERSE_PACKETS));
            fields.add(reverse(Element.FRAME_OCTETS, 8, Value.REVERSE_FRAME_OCTETS));
            fields.add(reverse(Element.START_NANOS, 8, Value.REVERSE_START_NTP));
            fields.add(reverse(Element.END_NANOS, 8, Value.REVERSE_END_NTP));
            fields.add(reverse(Element.TCP_FLAGS, 1, Value.REVERSE_TCP_FLAGS));
        }
        fields.add(weir(Element.WEIR_TCP_STATE, 1, Value.TCP_STATE));
        fields.add(weir(Element.WEIR_END_REASON, 1, Value.WEIR_REASON));
        fields.add(weir(Element.WEIR_OFFLOADED, 1, Value.OFFLOADED));
        fields.add(weir(Element.WEIR_CONTEXT, 4, Value.CONTEXT));
        return fields;
    }

    private static TemplateField iana(int element, int octets, Value value) {
        return new TemplateField(element, 0, octets, value);
    }

    private static TemplateField reverse(int element, int octets, Value value) {
        return new TemplateField(element, Element.REVERSE, octets, value);
    }

    private static TemplateField weir(int element, int octets, Value value) {
        return new TemplateField(element, Element.WEIR, octets, value);
    }
}
