package dev.weir.export.ipfix;

import java.nio.charset.StandardCharsets;

/**
 * What is told beside flows: counters of the exporter (RFC 7011 section 4; RFC 3954's TOTAL_..._EXP), and what Weir's own elements are called
 * and hold (RFC 5610; IPFIX only). The counters are those before the message that carries them. One thread; allocates nothing.
 */
final class OptionsTemplate {
    static final int COUNTERS = 260, ELEMENTS = 261;
    private static final int SYSTEM_SCOPE = 1, COUNTERS_FIELDS = 5;
    private static final int[] COUNTED = {
        Element.EXPORTED_MESSAGES,
        Element.EXPORTED_FLOWS,
        Element.EXPORTED_OCTETS,
        Element.NOT_SENT_FLOWS,
        Element.IGNORED_PACKETS
    };
    /** Of RFC 5610: unsigned8, unsigned32, boolean; identifier and flags as semantics. */
    private static final int UNSIGNED8 = 1, UNSIGNED32 = 3, BOOLEAN = 13, DEFAULT = 0, IDENTIFIER = 4;

    /** One of Weir's own elements. */
    private static final class Own {
        final int element, type, semantics;
        final byte[] name;

        Own(int element, int type, int semantics, String name) {
            this.element = element;
            this.type = type;
            this.semantics = semantics;
            this.name = name.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private static final Own[] OWN = {
        new Own(Element.WEIR_TCP_STATE, UNSIGNED8, IDENTIFIER, "weirTcpState"),
        new Own(Element.WEIR_END_REASON, UNSIGNED8, IDENTIFIER, "weirEndReason"),
        new Own(Element.WEIR_OFFLOADED, BOOLEAN, DEFAULT, "weirOffloaded"),
        new Own(Element.WEIR_CONTEXT, UNSIGNED32, IDENTIFIER, "weirContextId")
    };

    /** Octets of a record of counters, and of its template's record; the same of the names, all of them. */
    static final int COUNTERS_OCTETS = 4 + COUNTERS_FIELDS * Long.BYTES,
            TEMPLATE_OCTETS = 6 + 4 * (1 + COUNTERS_FIELDS);

    static final int ELEMENTS_TEMPLATE_OCTETS = 6 + 4 * 5, ELEMENTS_RECORDS = OWN.length;
    static final int ELEMENTS_OCTETS;

    static {
        int octets = 0;
        for (Own own : OWN) {
            octets += 4 + 2 + 1 + 1 + 1 + own.name.length;
        }
        ELEMENTS_OCTETS = octets;
    }

    private OptionsTemplate() {}

    static void putTemplate(MessageBuffer out, FlowVersion version) {
        out.put16(COUNTERS);
        if (version == FlowVersion.V9) {
            out.put16(4);
            out.put16(4 * COUNTERS_FIELDS);
            FlowTemplate.putField(out, SYSTEM_SCOPE, 0, 4);
        } else {
            out.put16(1 + COUNTERS_FIELDS);
            out.put16(1);
            FlowTemplate.putField(out, Element.DOMAIN, 0, 4);
        }
        for (int element : COUNTED) {
            FlowTemplate.putField(out, element, 0, Long.BYTES);
        }
    }

    static void putCounters(MessageBuffer out, int scope, ExportTotals totals) {
        out.put32(scope);
        out.put64(totals.messages);
        out.put64(totals.flows);
        out.put64(totals.octets);
        out.put64(totals.notSentFlows);
        out.put64(totals.ignoredPackets.getAsLong());
    }

    static void putElementsTemplate(MessageBuffer out) {
        out.put16(ELEMENTS);
        out.put16(5);
        out.put16(2);
        FlowTemplate.putField(out, Element.ENTERPRISE, 0, 4);
        FlowTemplate.putField(out, Element.ELEMENT_ID, 0, 2);
        FlowTemplate.putField(out, Element.ELEMENT_TYPE, 0, 1);
        FlowTemplate.putField(out, Element.ELEMENT_SEMANTICS, 0, 1);
        FlowTemplate.putField(out, Element.ELEMENT_NAME, 0, Element.VARIABLE_LENGTH);
    }

    static void putElements(MessageBuffer out) {
        for (Own own : OWN) {
            out.put32(Element.WEIR);
            out.put16(own.element);
            out.put8(own.type);
            out.put8(own.semantics);
            out.put8(own.name.length);
            out.put(own.name);
        }
    }
}
