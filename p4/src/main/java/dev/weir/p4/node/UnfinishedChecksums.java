package dev.weir.p4.node;

import dev.weir.dataplane.graph.Batch;
import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.packet.PartialChecksum;

/**
 * Has a program that comes as far as the checksum of a transport header see it finished, where the sender left that to an interface
 * ({@link Offload#NEEDS_CHECKSUM}). What a program makes of the checksum holds: of a packet that goes out whole it is the checksum, and of one that is yet to
 * be cut the sum of the pseudo header is taken back out of it. One a worker; allocates nothing.
 */
final class UnfinishedChecksums {
    /** How many bytes a program parses. */
    private final int parsed;

    private final boolean[] divided = new boolean[Batch.CAPACITY];

    UnfinishedChecksums(int parsed) {
        this.parsed = parsed;
    }

    /** Before the program. */
    void finish(PacketVector p, int[] picks, int n) {
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            long word = p.offload[i];
            divided[i] = false;
            if (word == 0) continue;
            int end = PartialChecksum.end(word);
            if (end == 0 || end > parsed || end > p.captured[i]) continue;
            PartialChecksum.finish(p, i);
            divided[i] = Offload.isSegmented(word);
        }
    }

    /** After the program: packets that are to be cut have sums of pseudo headers again. */
    void undo(PacketVector p, int[] picks, int n) {
        for (int k = 0; k < n; k++) {
            int i = picks[k];
            if (!divided[i]) continue;
            int end = PartialChecksum.end(p.offload[i]);
            if (end > 0 && end <= p.captured[i]) PartialChecksum.undo(p, i);
        }
    }
}
