package dev.weir.packet;

/** TCP header (RFC 9293 section 3.1). */
public final class Tcp {
    static final int SOURCE_PORT = 0, DESTINATION_PORT = 2, SEQUENCE = 4, ACKNOWLEDGEMENT = 8, DATA_OFFSET = 12;
    static final int FLAGS = 13, WINDOW = 14, CHECKSUM = 16, URGENT = 18;
    /** Octets of the header without options. */
    public static final int SIZE = 20;

    private Tcp() {}
}
