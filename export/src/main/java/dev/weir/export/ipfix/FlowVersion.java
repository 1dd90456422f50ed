package dev.weir.export.ipfix;

/** Which protocol messages are of: their version field, header and the ids of their sets. */
public enum FlowVersion {
    /** RFC 7011. */
    IPFIX(10, 16, 2, 3),
    /** NetFlow version 9, RFC 3954. */
    V9(9, 20, 0, 1);
    final int number, headerOctets, templateSet, optionsSet;

    FlowVersion(int number, int headerOctets, int templateSet, int optionsSet) {
        this.number = number;
        this.headerOctets = headerOctets;
        this.templateSet = templateSet;
        this.optionsSet = optionsSet;
    }
}
