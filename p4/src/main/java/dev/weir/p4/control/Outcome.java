package dev.weir.p4.control;

/**
 * What came of a change.
 *
 * @param message empty when it was done; else what is wrong, why, what to do
 * @param count how many entries it was about
 */
public record Outcome(Status status, String message, int count) {
    public enum Status {
        DONE,
        /** An entry with that key and priority is there. */
        EXISTS,
        /** There is no such entry, table, or cell. */
        MISSING,
        FULL,
        /** The program says that it stays as it is. */
        CONSTANT,
        /** Permissions do not allow it. */
        DENIED,
        /** It does not fit the program. */
        INVALID,
        /** It is not allowed as things are, but could be later. */
        PRECONDITION,
        /** It was not done, or was undone, because of another of its batch. */
        ABORTED,
        /** No worker runs the program. */
        UNAVAILABLE
    }

    public static Outcome done(int count) {
        return new Outcome(Status.DONE, "", count);
    }

    static Outcome of(Status status, String message) {
        return new Outcome(status, message, 0);
    }

    public boolean isDone() {
        return status == Status.DONE;
    }
}
