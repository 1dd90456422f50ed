package dev.weir.dataplane.nodes.firewall;

import java.util.OptionalInt;

/** Messages of ICMP or ICMPv6 of one type, of all its codes or of one; immutable. */
public record IcmpMatch(int type, OptionalInt code) {
    public IcmpMatch {
        if (type >>> 8 != 0) {
            throw new IllegalArgumentException("ICMP type " + type + "; it is 0 to 255");
        }
        if (code.isPresent() && code.getAsInt() >>> 8 != 0) {
            throw new IllegalArgumentException("ICMP code " + code.getAsInt() + "; it is 0 to 255");
        }
    }

    /** All codes of a type. */
    public static IcmpMatch ofType(int type) {
        return new IcmpMatch(type, OptionalInt.empty());
    }

    /** The least and the greatest {@code type << 8 | code} that fits. */
    int first() {
        return type << 8 | code.orElse(0);
    }

    int last() {
        return type << 8 | code.orElse(0xFF);
    }
}
