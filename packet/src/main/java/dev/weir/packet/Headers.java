package dev.weir.packet;

/**
 * What {@link PacketParser} found in one packet: plain ints, made once and filled again for every packet.
 *
 * <p>Offsets are in bytes from the packet's first byte, -1 where there is no such header; ports and identifiers are in
 * host order. Addresses stay in the packet: IPv4's at {@code network + 12} and {@code + 16}, IPv6's at
 * {@code network + 8} and {@code + 24}, and are wholly captured whenever {@link #family} is not 0.
 */
public final class Headers {
    /** {@link Malformed#NONE}, or the first fault that was met; headers before the fault are as parsed. */
    public int status;
    /** 4 or 6 where there is an IP header to make a key of, else 0: the packet is not IP or its IP header is unusable. */
    public int family;
    /** Offset of the IP header that makes the key: the outermost, or the innermost that tunnels lead to. */
    public int network;
    /** IP protocol of what follows the IP header and its extension headers; 0..255. */
    public int protocol;
    /** Offset of the transport header; -1 in a later fragment or where none of it was captured. */
    public int transport;
    /** Octets of the IP packet, header included, as IPFIX counts them (octetDeltaCount, RFC 5102 section 5.10.1). */
    public int ipBytes;
    /** Octets after the transport header by the IP length, -1 where not known. */
    public int payloadBytes;
    /** Ports of TCP, UDP, UDP-Lite, SCTP, DCCP; both the identifier for ICMP and ICMPv6 echo; else 0. */
    public int sourcePort, destinationPort;
    /** The TCP flags octet (CWR is bit 7, FIN is bit 0, RFC 9293 section 3.1), -1 where there is none. */
    public int tcpFlags;
    /** {@link #WHOLE}, {@link #FIRST_FRAGMENT} or {@link #LATER_FRAGMENT} of the IP packet that makes the key. */
    public int fragment;
    /** The identification that the fragments of one packet share; 16 bits in IPv4, 32 in IPv6. */
    public int fragmentId;
    /** How many VLAN tags were stepped over; the outermost id is in {@link #vlan}, the next in {@link #innerVlan}. */
    public int vlans, vlan, innerVlan;
    /** The innermost VXLAN or Geneve network identifier that was met, -1 where none; found in either tunnel mode. */
    public int vni;
    /** How many tunnel headers were stepped into to reach {@link #network}. */
    public int tunnels;
    /** Whether this is an ICMP or ICMPv6 error; {@link #quoted} is then the offset of the IP header that it quotes, or -1. */
    public boolean icmpError;

    public int quoted;

    public static final int WHOLE = 0, FIRST_FRAGMENT = 1, LATER_FRAGMENT = 2;
}
