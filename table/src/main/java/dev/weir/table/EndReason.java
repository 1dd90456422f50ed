package dev.weir.table;

import java.util.List;

/** Why a flow, or with {@link #ACTIVE} a piece of one, ended. Codes are never reused; names are public. */
public final class EndReason {
    /**
     * In this order: not ended; idle for its lifetime; the active timeout cut off a piece, the flow goes on; TCP closed
     * it; taken early because the table was full; asked for; the source ended.
     */
    public static final int NONE = 0, IDLE = 1, ACTIVE = 2, CLOSED = 3, RECYCLED = 4, DELETED = 5, FLUSHED = 6;

    private static final List<String> NAMES =
            List.of("none", "idle", "active", "closed", "recycled", "deleted", "flushed");

    public static String name(int reason) {
        return NAMES.get(reason);
    }

    private EndReason() {}
}
