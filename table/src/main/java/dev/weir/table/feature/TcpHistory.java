package dev.weir.table.feature;

import dev.weir.table.parts.Memory;

/**
 * What each side of a flow did first, in the letters of the {@code history} of Zeek's {@code conn.log}: upper case is
 * the initiator. Each letter stands once for each side, where it happened first. Allocates nothing.
 *
 * <p>A segment with more than one of SYN, FIN and RST is {@code I} (FIN and RST) or {@code Q}; with one of them
 * {@code S} (SYN), {@code H} (SYN and ACK), {@code F} or {@code R}, data or not; with none {@code D} where it carries
 * data, else {@code A}. A packet that shows no TCP header is {@code D} where it has a payload.
 *
 * <pre>
 * 0 what was seen i32: bit 0..7 forward, 8..15 reverse, 16 turned   4 a piece of a flow i32   8 letters (24)
 * </pre>
 */
public final class TcpHistory {
    static final int BYTES = 32;
    static final int LETTERS_AT = 8;
    private static final int PIECE = 4;

    /** Bits of a direction. */
    public static final int SYN = 1,
            SYN_ACK = 1 << 1,
            ACK = 1 << 2,
            DATA = 1 << 3,
            FIN = 1 << 4,
            RST = 1 << 5,
            INCONSISTENT = 1 << 6,
            MULTI = 1 << 7;

    /** How far the bits of the reverse direction are above those of forward. */
    public static final int REVERSE_SHIFT = 8;

    /** The first packet came from the responder. */
    public static final int TURNED = 1 << 16;

    private static final String LETTERS = "SHADFRIQ";
    private static final int FLAG_FIN = 0x01, FLAG_SYN = 0x02, FLAG_RST = 0x04, FLAG_ACK = 0x10;

    private TcpHistory() {}

    /** Adds a packet; {@code tcpFlags} is negative where it shows no TCP header. */
    static void add(long at, int direction, int tcpFlags, long payload, boolean isFirst) {
        int seen = Memory.getInt(at);
        if (isFirst && direction != 0 && Memory.getInt(at + PIECE) == 0) {
            seen = put(at, seen, TURNED, '^');
        }
        int event = event(tcpFlags, payload);
        int bit = event << (direction * REVERSE_SHIFT);
        if ((seen & bit) != bit) {
            char letter = LETTERS.charAt(Integer.numberOfTrailingZeros(event));
            put(at, seen, bit, direction == 0 ? letter : Character.toLowerCase(letter));
        }
    }

    /** What comes belongs to a flow that was told of before. */
    static void restart(long at) {
        Memory.setInt(at + PIECE, 1);
    }

    private static int put(long at, int seen, int bit, char letter) {
        Memory.setByte(at + LETTERS_AT + Integer.bitCount(seen), letter);
        Memory.setInt(at, seen | bit);
        return seen | bit;
    }

    /** What a packet is; 0 for nothing. */
    private static int event(int flags, long payload) {
        if (flags < 0) {
            return payload != 0 ? DATA : 0;
        }
        boolean syn = (flags & FLAG_SYN) != 0, fin = (flags & FLAG_FIN) != 0, rst = (flags & FLAG_RST) != 0;
        if (Integer.bitCount(flags & (FLAG_SYN | FLAG_FIN | FLAG_RST)) > 1) {
            return fin && rst ? INCONSISTENT : MULTI;
        }
        if (syn) {
            return (flags & FLAG_ACK) != 0 ? SYN_ACK : SYN;
        }
        if (fin || rst) {
            return fin ? FIN : RST;
        }
        return payload != 0 ? DATA : (flags & FLAG_ACK) != 0 ? ACK : 0;
    }
}
