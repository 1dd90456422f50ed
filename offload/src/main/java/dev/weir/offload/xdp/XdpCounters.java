package dev.weir.offload.xdp;

/**
 * What the kernel counted of one direction of a flow, from when it was put until now. Packets that passed up to the JVM are
 * not among them. Immutable.
 *
 * @param packets dropped, passed to the kernel's stack, or sent on
 * @param ipOctets of their IP packets as they came, headers included
 * @param frameOctets of their frames as they came, without check sequence
 * @param tcpFlags of all packets together, as bits of the flags octet; never FIN, SYN or RST
 * @param lastSeenNanos when the last one came, or when the flow was put; on the clock of {@link System#nanoTime}, late by
 *     up to a tick of the kernel (1 to 10 ms)
 */
public record XdpCounters(long packets, long ipOctets, long frameOctets, int tcpFlags, long lastSeenNanos) {}
