package dev.weir.wire;

/** Why a frame could not be sent. Codes index counters; their names are public. */
public final class SendFault {
    /** It was. */
    public static final int NONE = 0;
    /** The transmit ring is full. */
    public static final int RING_FULL = 1;
    /** Longer than the interface takes. */
    public static final int TOO_LONG = 2;
    /** The interface is down or gone. */
    public static final int PORT_DOWN = 3;
    /** The kernel refused it. */
    public static final int REFUSED = 4;

    /** How many codes there are. */
    public static final int COUNT = 5;

    private static final String[] NAMES = {"none", "tx-ring-full", "too-long", "port-down", "tx-refused"};

    private SendFault() {}

    /** The name in listings. */
    public static String name(int code) {
        return NAMES[code];
    }
}
