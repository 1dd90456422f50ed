package dev.weir.table;

import java.util.List;

/**
 * The state of a TCP conversation as its flags tell it, and how each packet changes it.
 *
 * <p>The events and the transitions are those that the VPP flowtable plugin meant; every cell is written out here, none
 * is left to a default. An event is chosen by the first of RST, SYN, FIN, and then ACK or payload that the packet has;
 * a packet with none of them changes nothing. SYN and FIN come in two kinds, with and without ACK.
 */
public final class TcpState {
    public static final int START = 0, SYN = 1, SYN_ACK = 2, ESTABLISHED = 3, FIN = 4, FIN_ACK = 5, RST = 6;
    /** Not TCP. */
    public static final int NONE = 7;
    /** How many states a lifetime can be given to. */
    public static final int COUNT = 7;

    static final int ON_NOTHING = 0, ON_SYN = 1, ON_SYN_ACK = 2, ON_DATA = 3, ON_FIN = 4, ON_FIN_ACK = 5, ON_RST = 6;

    private static final List<String> NAMES =
            List.of("START", "SYN", "SYN-ACK", "ESTABLISHED", "FIN", "FIN-ACK", "RST", "");

    private static final int FLAG_FIN = 0x01, FLAG_SYN = 0x02, FLAG_RST = 0x04, FLAG_ACK = 0x10;

    /** {@code NEXT[state * 8 + event]}; a row a state, a column an event. */
    private static final byte[] NEXT = {
        // nothing     SYN          SYN+ACK      data, ACK    FIN          FIN+ACK      RST   (unused)
        START, SYN, SYN_ACK, ESTABLISHED, FIN, FIN_ACK, RST, START,
        SYN, SYN, SYN_ACK, ESTABLISHED, FIN, FIN_ACK, RST, SYN,
        SYN_ACK, SYN_ACK, SYN_ACK, ESTABLISHED, FIN, FIN_ACK, RST, SYN_ACK,
        ESTABLISHED, ESTABLISHED, ESTABLISHED, ESTABLISHED, FIN, FIN_ACK, RST, ESTABLISHED,
        FIN, FIN, FIN, FIN, FIN, FIN_ACK, RST, FIN,
        FIN_ACK, FIN_ACK, FIN_ACK, FIN_ACK, FIN_ACK, FIN_ACK, RST, FIN_ACK,
        RST, RST, RST, RST, RST, RST, RST, RST,
    };

    private static final byte[] EVENT_OF_FLAGS = eventsOfFlags();

    private TcpState() {}

    /** As listings and records write it; empty for {@link #NONE}. */
    public static String name(int state) {
        return NAMES.get(state);
    }

    /** The state of that name, -1 where there is none. */
    public static int byName(String name) {
        int state = NAMES.indexOf(name);
        return state == NONE ? -1 : state;
    }

    /** The state after a packet with these flags; {@code payload} is whether it carries any. */
    static int next(int state, int flags, boolean payload) {
        int event = EVENT_OF_FLAGS[flags & 0xFF];
        return NEXT[state << 3 | (event == ON_NOTHING && payload ? ON_DATA : event)];
    }

    /** Whether a flow whose lifetime runs out in this state was closed, not idle. */
    static boolean closing(int state) {
        return state == FIN || state == FIN_ACK || state == RST;
    }

    /** Whether a plain SYN in this state begins a new conversation on the same ports. */
    static boolean reusable(int state) {
        return state == FIN_ACK || state == RST;
    }

    static boolean plainSyn(int flags) {
        return (flags & (FLAG_SYN | FLAG_ACK | FLAG_RST | FLAG_FIN)) == FLAG_SYN;
    }

    static boolean synAck(int flags) {
        return (flags & (FLAG_SYN | FLAG_ACK | FLAG_RST)) == (FLAG_SYN | FLAG_ACK);
    }

    private static byte[] eventsOfFlags() {
        byte[] events = new byte[256];
        for (int flags = 0; flags < 256; flags++) {
            boolean ack = (flags & FLAG_ACK) != 0;
            int event;
            if ((flags & FLAG_RST) != 0) {
                event = ON_RST;
            } else if ((flags & FLAG_SYN) != 0) {
                event = ack ? ON_SYN_ACK : ON_SYN;
            } else if ((flags & FLAG_FIN) != 0) {
                event = ack ? ON_FIN_ACK : ON_FIN;
            } else {
                event = ack ? ON_DATA : ON_NOTHING;
            }
            events[flags] = (byte) event;
        }
        return events;
    }
}
