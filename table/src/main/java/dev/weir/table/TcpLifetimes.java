package dev.weir.table;

/** Lifetimes by TCP state, each as {@link Lifetime} stores them; immutable. */
public record TcpLifetimes(int start, int syn, int synAck, int established, int fin, int finAck, int rst) {
    /** The defaults: 60, 15, 60, 299, 15, 3 and 6 seconds. */
    public static final TcpLifetimes DEFAULT = new TcpLifetimes(60_000, 15_000, 60_000, 299_000, 15_000, 3_000, 6_000);

    /** The lifetime in that {@link TcpState}. */
    public int of(int state) {
        return switch (state) {
            case TcpState.START -> start;
            case TcpState.SYN -> syn;
            case TcpState.SYN_ACK -> synAck;
            case TcpState.ESTABLISHED -> established;
            case TcpState.FIN -> fin;
            case TcpState.FIN_ACK -> finAck;
            case TcpState.RST -> rst;
            default -> throw new IllegalArgumentException("no such TCP state: state=" + state);
        };
    }

    /** The same but for one state. */
    public TcpLifetimes with(int state, int lifetime) {
        return new TcpLifetimes(
                state == TcpState.START ? lifetime : start,
                state == TcpState.SYN ? lifetime : syn,
                state == TcpState.SYN_ACK ? lifetime : synAck,
                state == TcpState.ESTABLISHED ? lifetime : established,
                state == TcpState.FIN ? lifetime : fin,
                state == TcpState.FIN_ACK ? lifetime : finAck,
                state == TcpState.RST ? lifetime : rst);
    }
}
