package dev.weir.offload.dataplane;

import dev.weir.offload.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * A field of packets that flows can match: what models call it, and where its bits are in a {@link PacketKey}. Uids are those that the Flow
 * Table API has in common, as far as it has some.
 */
enum KeyField {
    IN_PORT(Layer.METADATA, "in_port", 1, 32, 0, 32),
    SRC_MAC(Layer.ETHERNET, "src_mac", 1, 48, 1, 16),
    DST_MAC(Layer.ETHERNET, "dst_mac", 2, 48, 2, 16),
    ETHERTYPE(Layer.ETHERNET, "ethertype", 3, 16, 1, 0),
    VLAN_PRIORITY(Layer.VLAN, "pcp", 1, 3, 2, 13),
    VLAN_ID(Layer.VLAN, "vid", 3, 12, 2, 0),
    VLAN_ETHERTYPE(Layer.VLAN, "ethertype", 4, 16, 3, 48),
    V4_DSCP(Layer.IPV4, "dscp", 3, 6, 3, 24),
    V4_TTL(Layer.IPV4, "ttl", 9, 8, 3, 32),
    V4_PROTOCOL(Layer.IPV4, "protocol", 10, 8, 3, 40),
    V4_SRC(Layer.IPV4, "src_ip", 12, 32, 4, 32),
    V4_DST(Layer.IPV4, "dst_ip", 13, 32, 4, 0),
    V6_DSCP(Layer.IPV6, "dscp", 1, 6, 3, 24),
    V6_HOP_LIMIT(Layer.IPV6, "hop_limit", 2, 8, 3, 32),
    V6_NEXT_HEADER(Layer.IPV6, "next_header", 3, 8, 3, 40),
    V6_SRC(Layer.IPV6, "src_ip", 4, 128, 6, 0),
    V6_DST(Layer.IPV6, "dst_ip", 5, 128, 8, 0),
    TCP_SRC(Layer.TCP, "src_port", 1, 16, 5, 16),
    TCP_DST(Layer.TCP, "dst_port", 2, 16, 5, 0),
    TCP_FLAGS(Layer.TCP, "flags", 3, 8, 3, 16),
    UDP_SRC(Layer.UDP, "src_port", 1, 16, 5, 16),
    UDP_DST(Layer.UDP, "dst_port", 2, 16, 5, 0),
    ICMP_TYPE(Layer.ICMP, "type", 1, 8, 3, 8),
    ICMP_CODE(Layer.ICMP, "code", 2, 8, 3, 0),
    ICMPV6_TYPE(Layer.ICMPV6, "type", 1, 8, 3, 8),
    ICMPV6_CODE(Layer.ICMPV6, "code", 2, 8, 3, 0);

    /** A header; {@link #bit} is in word 0 of the key of packets that have it. */
    enum Layer {
        METADATA("metadata", 4, 0),
        ETHERNET("ethernet", 1, 1),
        VLAN("vlan", 2, 1 << 1),
        IPV4("ipv4", 3, 1 << 2),
        IPV6("ipv6", 5, 1 << 3),
        TCP("tcp", 6, 1 << 4),
        UDP("udp", 7, 1 << 5),
        ICMP("icmp", 8, 1 << 6),
        ICMPV6("icmpv6", 9, 1 << 7);

        final String title;
        final long uid;
        final int bit;

        Layer(String title, long uid, int bit) {
            this.title = title;
            this.uid = uid;
            this.bit = bit;
        }
    }

    final Layer layer;
    final String title;
    final long uid;
    final int width;
    private final int word;
    private final int shift;

    KeyField(Layer layer, String title, long uid, int width, int word, int shift) {
        this.layer = layer;
        this.title = title;
        this.uid = uid;
        this.width = width;
        this.word = word;
        this.shift = shift;
    }

    /** The field that is called so; null where there is none. */
    static @Nullable KeyField named(String header, String field) {
        for (KeyField each : values()) {
            if (each.layer.title.equals(header) && each.title.equals(field)) return each;
        }
        return null;
    }

    /** Puts a number into the field's bits of key words, over what is there. */
    void or(long[] words, Value number) {
        if (width > Long.SIZE) {
            words[word] |= number.high();
            words[word + 1] |= number.low();
        } else {
            words[word] |= number.low() << shift;
        }
    }
}
