package dev.weir.p4.stf;

/**
 * What a packet has to look like: hexadecimal digits, {@code *} for any.
 *
 * @param digits lower case
 * @param whole whether nothing may follow
 */
record PacketPattern(String digits, boolean whole) {
    static final char ANY = '*';

    /** @param hex the packet, lower case */
    boolean matches(String hex) {
        if (whole ? hex.length() != digits.length() : hex.length() < digits.length()) return false;
        for (int i = 0; i < digits.length(); i++) {
            if (digits.charAt(i) != ANY && digits.charAt(i) != hex.charAt(i)) return false;
        }
        return true;
    }
}
