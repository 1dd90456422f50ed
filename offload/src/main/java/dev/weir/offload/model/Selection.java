package dev.weir.offload.model;

/** Which flows a flow names, in a deletion. The number is the wire's. An extension of the API. */
public enum Selection {
    /** The flow with that table and uid. */
    UID(0),
    /** The flow with that table, equal matches and that priority. */
    MATCH(1),
    /** All flows of the table whose packets are all packets of those matches, whatever their priority; it may be none. */
    COVERED(2);

    private static final Selection[] BY_NUMBER = values();

    private final int number;

    Selection(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The selection with the wire's number; otherwise throws. */
    public static Selection ofNumber(long number) {
        if (number >= 0 && number < BY_NUMBER.length) return BY_NUMBER[(int) number];
        throw new IllegalArgumentException("flows_select: " + number + " is none; give 0 uid, 1 match or 2 covered");
    }
}
