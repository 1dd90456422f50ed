package dev.weir.dataplane.graph;

/**
 * What was asked of a data plane is not done: a worker has too much to do already, or it is closed. What the futures of
 * {@link Dataplane} fail with then; asking again later may succeed while it is not closed.
 */
public final class UnavailableException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    private UnavailableException(String message) {
        super(message);
    }

    static UnavailableException busy() {
        return new UnavailableException("a worker has too many calls to answer already; ask again");
    }

    static UnavailableException closed() {
        return new UnavailableException("the data plane is closed");
    }
}
