package dev.weir.export.ipfix;

/**
 * How messages are made.
 *
 * @param version the protocol
 * @param biflow whether both directions are one data record (RFC 5103) rather than one each; of {@link FlowVersion#IPFIX} alone
 * @param messageOctets no message is longer, {@link #LEAST_OCTETS} to {@link #MOST_OCTETS}
 * @param domain the observation domain, NetFlow's source id; 32 bits
 * @param templateSeconds templates and counters are sent again after so long; 0 for once only
 * @param templateMessages and after so many messages; 0 for any number
 */
public record ExportFormat(
        FlowVersion version, boolean biflow, int messageOctets, int domain, int templateSeconds, int templateMessages) {
    public static final int LEAST_OCTETS = 512, MOST_OCTETS = 65_000;

    public ExportFormat {
        if (messageOctets < LEAST_OCTETS || messageOctets > MOST_OCTETS) {
            throw new IllegalArgumentException("message size out of range: " + messageOctets + "; give " + LEAST_OCTETS
                    + " to " + MOST_OCTETS + " octets");
        }
        if (biflow && version != FlowVersion.IPFIX) {
            throw new IllegalArgumentException(
                    "biflow: NetFlow v9 has no records of both directions; leave it out, or choose ipfix");
        }
    }

    /** Of a file: both directions in one record, large messages, templates once. */
    public static ExportFormat ofFile() {
        return new ExportFormat(FlowVersion.IPFIX, true, 32_768, 0, 0, 0);
    }
}
