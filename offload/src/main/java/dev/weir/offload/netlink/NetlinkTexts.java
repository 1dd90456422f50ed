package dev.weir.offload.netlink;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Texts of a message, mostly one object for all that are equal: names are few and come again with each flow. One thread. */
final class NetlinkTexts {
    private static final int SLOTS = 64;

    private final @Nullable String[] known = new @Nullable String[SLOTS];

    /** The text that octets are in UTF-8. */
    String of(byte[] octets, int start, int length) throws CharacterCodingException {
        int hash = length;
        int all = 0;
        for (int i = start; i < start + length; i++) {
            hash = hash * 31 + octets[i];
            all |= octets[i];
        }
        if (all < 0) {
            ByteBuffer utf8 = ByteBuffer.wrap(octets, start, length);
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        }
        int slot = (hash ^ (hash >>> 8)) & (SLOTS - 1);
        String before = known[slot];
        if (before != null && isSame(before, octets, start, length)) return before;
        String text = new String(octets, start, length, StandardCharsets.US_ASCII);
        known[slot] = text;
        return text;
    }

    private static boolean isSame(String text, byte[] octets, int start, int length) {
        if (text.length() != length) return false;
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != octets[start + i]) return false;
        }
        return true;
    }
}
