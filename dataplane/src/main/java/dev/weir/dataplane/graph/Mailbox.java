package dev.weir.dataplane.graph;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue from any number of threads to one: what control has to say to a worker. Nobody waits; neither end
 * allocates.
 *
 * <p>A sender claims a number, then fills its place; the receiver takes places in the order of numbers and leaves them
 * empty. A place that was claimed and is not yet filled holds up those after it, for as long as its sender takes.
 */
final class Mailbox<M> {
    private final AtomicReferenceArray<@Nullable M> places;
    private final AtomicLong claimed = new AtomicLong();
    /** How many the receiver has taken. */
    private final AtomicLong taken = new AtomicLong();

    Mailbox(int capacity) {
        places = new AtomicReferenceArray<>(capacity);
    }

    /** Any thread; false when it is full. */
    boolean offer(M message) {
        long number = claimed.get();
        while (true) {
            if (number - taken.get() >= places.length()) {
                return false;
            }
            long seen = claimed.compareAndExchange(number, number + 1);
            if (seen == number) {
                places.setRelease((int) (number % places.length()), message);
                return true;
            }
            number = seen;
        }
    }

    /** The next message, null when there is none. The receiver. */
    @Nullable
    M poll() {
        long number = taken.getPlain();
        int place = (int) (number % places.length());
        M message = places.getAcquire(place);
        if (message != null) {
            places.setPlain(place, null);
            taken.setRelease(number + 1);
        }
        return message;
    }

    /** Whether there is none. The receiver. */
    boolean isEmpty() {
        return places.getAcquire((int) (taken.getPlain() % places.length())) == null;
    }
}
