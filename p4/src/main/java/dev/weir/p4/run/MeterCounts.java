package dev.weir.p4.run;

/** How many packets, and how many bytes of them, a meter has given each colour. Immutable. */
public record MeterCounts(
        long greenPackets, long greenBytes, long yellowPackets, long yellowBytes, long redPackets, long redBytes) {
    /** Of a meter that no packet came to. */
    public static final MeterCounts NONE = new MeterCounts(0, 0, 0, 0, 0, 0);

    public MeterCounts plus(MeterCounts other) {
        return new MeterCounts(
                greenPackets + other.greenPackets,
                greenBytes + other.greenBytes,
                yellowPackets + other.yellowPackets,
                yellowBytes + other.yellowBytes,
                redPackets + other.redPackets,
                redBytes + other.redBytes);
    }
}
