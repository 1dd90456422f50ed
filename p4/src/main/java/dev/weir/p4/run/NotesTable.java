package dev.weir.p4.run;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The notes of a table's entries, by number, in pieces that are made where there is a note. The worker's thread; reading and forgetting allocate nothing. */
final class NotesTable {
    private static final int PIECE_BITS = 10, PIECE = 1 << PIECE_BITS;

    private @Nullable EntryNotes[][] pieces = new EntryNotes[0][];

    @Nullable
    EntryNotes get(int entry) {
        int piece = entry >>> PIECE_BITS;
        return piece < pieces.length && pieces[piece].length > 0 ? pieces[piece][entry & (PIECE - 1)] : null;
    }

    void put(int entry, EntryNotes notes) {
        int piece = entry >>> PIECE_BITS;
        if (piece >= pieces.length) {
            int before = pieces.length;
            pieces = Arrays.copyOf(pieces, Math.max(piece + 1, 2 * before));
            Arrays.fill(pieces, before, pieces.length, new EntryNotes[0]);
        }
        if (pieces[piece].length == 0) pieces[piece] = new EntryNotes[PIECE];
        pieces[piece][entry & (PIECE - 1)] = notes;
    }

    void forget(int entry) {
        int piece = entry >>> PIECE_BITS;
        if (piece < pieces.length && pieces[piece].length > 0) pieces[piece][entry & (PIECE - 1)] = null;
    }
}
