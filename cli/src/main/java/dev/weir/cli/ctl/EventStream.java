package dev.weir.cli.ctl;

import dev.weir.api.v1.Position;
import dev.weir.api.v1.WatchFlowsResponse.Gap;
import dev.weir.cli.CommandException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Events of a daemon, over all connections: one that breaks is made again and goes on where the last one was. Ends when it is told to, or when the command is
 * interrupted. One thread.
 *
 * @param <A> an answer of the stream
 */
public final class EventStream<A> {
    private static final long FIRST_PAUSE_MILLIS = 200, LAST_PAUSE_MILLIS = 5000;

    private final Session session;
    private final Function<@Nullable Position, Iterator<A>> open;
    private final Function<A, @Nullable Position> position;
    private @Nullable Position reached;

    /** Takes answers. */
    @FunctionalInterface
    public interface Taker<A> {
        /** @return whether it wants more */
        boolean take(A answer) throws CommandException, IOException;
    }

    /**
     * @param open asks the daemon, for what came after a place, or from now on
     * @param position the place that an answer reaches, if it says
     */
    public EventStream(
            Session session, Function<@Nullable Position, Iterator<A>> open, Function<A, @Nullable Position> position) {
        this.session = session;
        this.open = open;
        this.position = position;
    }

    public void follow(Taker<A> taker) throws CommandException, IOException {
        long pause = FIRST_PAUSE_MILLIS;
        boolean cut = false;
        while (!session.interrupted()) {
            try {
                Iterator<A> answers = open.apply(reached);
                while (answers.hasNext()) {
                    A answer = answers.next();
                    boolean more = taker.take(answer);
                    Position now = position.apply(answer);
                    reached = now == null ? reached : now;
                    if (!more) {
                        return;
                    }
                    if (cut) {
                        tell("connected again");
                    }
                    cut = false;
                    pause = FIRST_PAUSE_MILLIS;
                }
            } catch (StatusRuntimeException e) {
                if (session.interrupted() || reached == null || !passes(e.getStatus())) {
                    throw e;
                }
            }
            if (!cut) {
                tell("the connection is lost; trying to connect again");
            }
            cut = true;
            pause(pause);
            pause = Math.min(2 * pause, LAST_PAUSE_MILLIS);
        }
    }

    /** Whether it may be otherwise in a while. */
    private static boolean passes(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNKNOWN -> true;
            default -> false;
        };
    }

    private void tell(String what) {
        session.streams().err().println("weir: " + session.client().server() + ": " + what);
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** That events were missed, as a line. */
    public static Object gap(Session session, Gap gap) {
        String reason = gap.getReason().name().toLowerCase(Locale.ROOT).replace('_', '-');
        if (session.json()) {
            return new Json()
                    .object("gap", new Json().number("missed", gap.getMissed()).text("reason", reason));
        }
        String why = switch (gap.getReason()) {
            case SLOW -> "this reader was too slow";
            case TOO_OLD -> "the daemon no longer had them when it was asked again";
            case OTHER_RUN -> "the daemon was started anew";
            case OVERRUN -> "there were more at once than the daemon could take down";
            default -> reason;
        };
        String number = gap.getMissed() == 0 ? "some" : Long.toUnsignedString(gap.getMissed());
        return "gap: " + number + (gap.getMissed() == 1 ? " event" : " events") + " missed: " + why;
    }
}
