package dev.weir.packet;

/** Whose headers make a tunnelled packet's key. */
public enum TunnelMode {
    /** The outermost IP header's: a tunnel is one flow. */
    OUTER,
    /** The innermost IP header's that VXLAN, Geneve, GRE, IP-in-IP and GTP-U lead to: what is inside is flows. */
    INNER
}
