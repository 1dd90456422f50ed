/** Calls of the Flow Table API as netlink messages of family {@code net_flow_nl}, octet for octet. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.netlink;
