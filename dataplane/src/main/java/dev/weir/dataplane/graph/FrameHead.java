package dev.weir.dataplane.graph;

/**
 * The beginning of a frame. The octets are the holder's: nobody changes them.
 *
 * @param octets as many as there were, {@link #MOST} at the most
 * @param length how many octets of the frame there were
 */
@SuppressWarnings("ArrayRecordComponent") // octets of one packet, written once; two are never compared as values
public record FrameHead(byte[] octets, int length) {
    /** As far as headers go that can be changed: a tunnel over IPv6, and in it Ethernet, two tags, IPv6, TCP. */
    public static final int MOST = 160;
}
