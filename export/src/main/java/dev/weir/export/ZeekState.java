package dev.weir.export;

import dev.weir.table.feature.TcpHistory;

/**
 * The {@code conn_state} of Zeek's {@code conn.log}, from what each side is known to have sent. A side has sent a RST, or
 * else a FIN, or else taken part in the handshake, or else it was picked up in the middle or was silent; the pair of
 * these gives the state, as Zeek's script does from the states of its own TCP engine. Stateless.
 */
final class ZeekState {
    private static final int TCP = 6, UDP = 17;
    private static final int HANDSHAKE = TcpHistory.SYN | TcpHistory.SYN_ACK;
    /** What the initiator may not have sent before its RST for {@code RSTOS0}, besides a second SYN. */
    private static final int NOT_BEFORE_RESET =
            TcpHistory.SYN_ACK | TcpHistory.ACK | TcpHistory.FIN | TcpHistory.INCONSISTENT | TcpHistory.MULTI;

    private ZeekState() {}

    /**
     * The state.
     *
     * @param history bits of {@link TcpHistory}
     * @param payload octets of payload of both directions
     */
    static String of(int protocol, int history, boolean forward, boolean reverse, long payload) {
        return switch (protocol) {
            case TCP -> tcp(history & 0xFF, history >>> TcpHistory.REVERSE_SHIFT & 0xFF, payload);
            case UDP -> forward ? (reverse ? "SF" : "S0") : reverse ? "SHR" : "OTH";
            default -> "OTH";
        };
    }

    private static String tcp(int forward, int reverse, long payload) {
        if (has(reverse, TcpHistory.RST)) {
            return resetByResponder(forward, reverse, payload);
        }
        boolean answered = has(reverse, HANDSHAKE | TcpHistory.FIN);
        if (has(forward, TcpHistory.RST)) {
            if (answered) {
                return "RSTO";
            }
            return has(forward, TcpHistory.SYN) && !has(forward, NOT_BEFORE_RESET) ? "RSTOS0" : "OTH";
        }
        boolean closed = has(forward, TcpHistory.FIN), closedBack = has(reverse, TcpHistory.FIN);
        if (closed || closedBack) {
            return closed ? closedBack ? "SF" : answered ? "S2" : "SH" : has(forward, HANDSHAKE) ? "S3" : "SHR";
        }
        if (!has(forward, HANDSHAKE)) {
            return "OTH";
        }
        return answered ? "S1" : reverse == 0 ? "S0" : "OTH";
    }

    private static String resetByResponder(int forward, int reverse, long payload) {
        if (has(forward, TcpHistory.RST)) {
            return payload == 0 ? "REJ" : "RSTR";
        }
        if (!has(forward, HANDSHAKE | TcpHistory.FIN)) {
            return "RSTRH";
        }
        return has(reverse, HANDSHAKE) || has(forward, TcpHistory.FIN) ? "RSTR" : "REJ";
    }

    private static boolean has(int seen, int any) {
        return (seen & any) != 0;
    }
}
