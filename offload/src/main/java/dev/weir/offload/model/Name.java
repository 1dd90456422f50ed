package dev.weir.offload.model;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Names of headers, fields, actions, arguments and tables. */
public final class Name {
    /** Octets in UTF-8, without the zero that ends a name on netlink (NFL_MAX_NAME less one). */
    public static final int MAX_OCTETS = 79;

    private Name() {}

    /** The name, which netlink can carry; otherwise throws. */
    public static String check(String name) {
        return checkText("name", name, MAX_OCTETS);
    }

    /** The text, which netlink can carry in that many octets of UTF-8; otherwise throws. */
    static String checkText(String what, String text, int maxOctets) {
        if (text.length() <= maxOctets && isPlain(text)) return text;
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    what + ": has a zero character, which ends a text on netlink; leave it out");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(
                    what + ": has half of a surrogate pair, which UTF-8 has not; leave it out");
        }
        if (text.length() > maxOctets || text.getBytes(StandardCharsets.UTF_8).length > maxOctets) {
            throw new IllegalArgumentException(
                    what + ": is longer than " + maxOctets + " octets of UTF-8; give a shorter one");
        }
        return text;
    }

    /** Whether the text is ASCII without zeros, as names mostly are: each character is an octet then. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || c > 0x7f) return false;
        }
        return true;
    }

    /** As {@link #check}, where a name may be missing. */
    public static @Nullable String checkOptional(@Nullable String name) {
        return name == null ? null : check(name);
    }
}
