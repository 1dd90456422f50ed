package dev.weir.packet;

/** 802.1Q tag as it follows an EtherType (IEEE 802.1Q clause 9.6): priority and VLAN identifier, then the next type. */
public final class Vlan {
    static final int TAG = 0, TYPE = 2;
    static final int ID_MASK = 0x0FFF;
    /** Octets of the tag. */
    public static final int SIZE = 4;

    private Vlan() {}
}
