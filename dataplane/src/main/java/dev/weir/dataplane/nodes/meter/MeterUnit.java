package dev.weir.dataplane.nodes.meter;

/** What a meter counts. */
public enum MeterUnit {
    /** Rates in bits a second, bursts in octets; of a packet its IP octets count, header included (RFC 2697). */
    BITS,
    /** Rates in packets a second, bursts in packets. */
    PACKETS
}
