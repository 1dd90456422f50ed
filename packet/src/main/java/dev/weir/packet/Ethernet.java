package dev.weir.packet;

/** Ethernet II header (IEEE 802.3 clause 3): destination, source, type. */
public final class Ethernet {
    static final int DESTINATION = 0, SOURCE = 6, TYPE = 12;
    /** Octets of the header. */
    public static final int SIZE = 14;

    private Ethernet() {}
}
