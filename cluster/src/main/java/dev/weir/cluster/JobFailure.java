package dev.weir.cluster;

/** A job could not be run; the message is a line for a person: {@code what: why; what to do}. */
final class JobFailure extends Exception {
    private static final long serialVersionUID = 1L;

    JobFailure(String message) {
        super(message);
    }
}
