package dev.weir.offload.netlink;

import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Refusal;
import dev.weir.offload.model.U32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes between the loopback driver and the backend that stands in for a device. */
public sealed interface HairpinMessage {
    /**
     * Backend to driver: calls are to come here. Answered by {@link Acknowledged}.
     */
    record SetListener(Listener listener) implements HairpinMessage {}

    /** Anybody to driver: who listens? Answered by {@link ListenerIs}. */
    record GetListener() implements HairpinMessage {}

    /** Driver to who asked: the listener; missing where there is none. */
    record ListenerIs(@Nullable Listener listener) implements HairpinMessage {}

    /**
     * Driver to who asked to listen: it does now, or with an errno of Linux why not.
     */
    record Acknowledged(int errno) implements HairpinMessage {}

    /**
     * Driver to backend: a call of the Flow Table API.
     *
     * @param call the driver's number of it, which the answer repeats
     */
    record Call(long call, NetFlowMessage message) implements HairpinMessage {}

    /**
     * Backend to driver: the answer to a call.
     *
     * @param status {@link #OK}; otherwise a {@code Fault}'s number beyond {@link #FAULTS}, or one of the two that the original has
     * @param reason why it failed, in words; missing where it did not, or where the backend says none
     * @param applied of a change, how many flows
     * @param refused of a change, how many flows
     * @param result what was asked for, or the refused flows; missing where the call failed
     */
    record Answer(
            long call,
            Command command,
            long status,
            @Nullable String reason,
            long applied,
            long refused,
            @Nullable NetFlowMessage result)
            implements HairpinMessage {
        public static final long OK = 0;
        public static final long INVALID = 1;
        public static final long NOT_SUPPORTED = 2;

        /** Added to a fault's number. */
        public static final long FAULTS = 32;

        public Answer {
            U32.check("status", status);
            if (reason != null) new Refusal(0, reason);
        }

        /** A call that failed as a whole. */
        public static Answer failed(long call, Command command, int fault, String reason) {
            String brief = reason.substring(0, Math.min(reason.length(), Refusal.MAX_REASON_OCTETS / 4));
            return new Answer(call, command, FAULTS + fault, brief, 0, 0, null);
        }
    }

    /**
     * Backend to driver: a flow came, changed or ended there.
     *
     * @param cause number of a {@code FlowEvent.Cause}
     */
    record Event(long ifindex, long cause, Flow flow) implements HairpinMessage {
        public Event {
            U32.check("identifier", ifindex);
            U32.check("cause", cause);
        }
    }

    /** Driver to backend: events are wanted of all that changes, or only of what ends by itself. */
    record Watch(boolean all) implements HairpinMessage {}

    /**
     * Who listens.
     *
     * @param port netlink's address of it, as the original has it; a process number here
     * @param instance drawn at the backend's start: another number is another backend, which knows no flows
     * @param features numbers of {@code Feature}s, as bits
     * @param maxBatch the most flows of one change
     * @param interfaces indices of its interfaces
     */
    record Listener(long port, long instance, long features, long maxBatch, List<Long> interfaces) {
        public Listener {
            U32.check("port", port);
            U32.check("features", features);
            U32.check("max_batch", maxBatch);
            interfaces = List.copyOf(interfaces);
            for (long ifindex : interfaces) U32.check("interfaces", ifindex);
        }
    }
}
