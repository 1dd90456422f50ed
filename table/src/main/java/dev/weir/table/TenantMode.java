package dev.weir.table;

/** What separates address spaces; the tenant is a number of 24 bits and part of every key. */
public enum TenantMode {
    /** Nothing: every packet has tenant 0. */
    NONE,
    /**
     * The outermost VLAN id, with the next one above it in QinQ ({@code inner << 12 | outer}); 0 for untagged packets.
     */
    VLAN,
    /** The VXLAN or Geneve network identifier; 0 outside such tunnels. */
    VNI,
    /** The interface that saw the packet, from 1 in the order in which the source met them. */
    INTERFACE
}
