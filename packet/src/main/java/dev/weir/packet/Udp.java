package dev.weir.packet;

/** UDP header (RFC 768): source port, destination port, length, checksum. */
public final class Udp {
    static final int SOURCE_PORT = 0, DESTINATION_PORT = 2, LENGTH = 4, CHECKSUM = 6;
    /** Octets of the header. */
    public static final int SIZE = 8;

    private Udp() {}
}
