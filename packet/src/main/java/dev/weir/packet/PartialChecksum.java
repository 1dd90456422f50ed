package dev.weir.packet;

/**
 * Finishes a transport checksum that was left to an interface ({@link Offload#NEEDS_CHECKSUM}), and takes it back: for who
 * changes packets without knowing of such. Only checksums of RFC 1071, which SCTP's is not. The caller has looked that the
 * field was captured ({@link #end}). Stateless, any thread; nothing allocates.
 */
public final class PartialChecksum {
    private static final int SCTP_FIELD = 8;

    private PartialChecksum() {}

    /** Where the field ends, in octets from the first of the frame; 0 where there is none that this class is for. */
    public static int end(long offload) {
        int field = Offload.checksumOffset(offload);
        return Offload.needsChecksum(offload) && field != SCTP_FIELD ? Offload.checksumStart(offload) + field + 2 : 0;
    }

    /** Finishes that of packet {@code i}. A packet that is yet to be cut keeps its {@link Offload} word. */
    public static void finish(PacketVector p, int i) {
        long word = p.offload[i];
        int start = Offload.checksumStart(word), field = Offload.checksumOffset(word);
        long at = p.offset[i] + start;
        int checksum = Checksums.internet(p.data, at, p.captured[i] - start);
        Bytes.put16(p.data, at + field, field == Udp.CHECKSUM ? Checksums.udpField(checksum) : checksum);
        if (!Offload.isSegmented(word)) {
            p.offload[i] = Offload.finished(word);
        }
    }

    /**
     * The reverse, for a packet that is yet to be cut: leaves in the field the sum of the pseudo header, as the checksum has
     * it. A UDP datagram that has none any more has none left to do.
     */
    public static void undo(PacketVector p, int i) {
        long word = p.offload[i];
        int start = Offload.checksumStart(word), field = Offload.checksumOffset(word);
        long at = p.offset[i] + start;
        int checksum = Bytes.u16(p.data, at + field);
        if (field == Udp.CHECKSUM && checksum == 0) {
            p.offload[i] = Offload.finished(word);
            return;
        }
        Bytes.put16(p.data, at + field, 0);
        int rest = ~Checksums.internet(p.data, at, p.captured[i] - start) & 0xFFFF;
        Bytes.put16(p.data, at + field, ~Checksums.update16(checksum, rest, 0) & 0xFFFF);
    }
}
