package dev.weir.cli.boxes;

import dev.weir.dataplane.nodes.IpPrefix;

/**
 * An end of a tunnel.
 *
 * @param address a single one
 * @param mac its Ethernet address, or the one of the way there, in the lower 48 bits
 */
record Vtep(IpPrefix address, long mac) {}
