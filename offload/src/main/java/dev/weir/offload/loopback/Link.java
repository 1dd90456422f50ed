package dev.weir.offload.loopback;

import dev.weir.offload.check.Fault;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.netlink.HairpinMessage;
import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.HairpinMessage.Call;
import dev.weir.offload.netlink.HairpinMessage.Listener;
import dev.weir.offload.netlink.NetFlowMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The connection to the backend that listens: calls go out in their order, answers are matched by number. Each call ends once: by its
 * answer, at its deadline, or with the connection. Any thread may call, and none waits but for {@link #help}.
 */
final class Link {
    /** Beyond these a backend that does not answer would fill the memory. */
    private static final int MAX_PENDING = 64 * 1024;

    private final SocketLine line;
    private final LineReader reader;
    private final MessageSender sender;
    private final Listener listener;
    private final long timeoutNanos;
    private final Map<Long, PendingCall> pending = new LinkedHashMap<>();
    private long calls;
    private boolean closed;

    Link(SocketLine line, LineReader reader, Listener listener, Duration timeout) {
        this.line = line;
        this.reader = reader;
        this.sender = new MessageSender(line, this::refuse, this::close);
        this.listener = listener;
        this.timeoutNanos = timeout.toNanos();
    }

    void start() {
        sender.start();
    }

    Listener listener() {
        return listener;
    }

    /** A call that is to be sent later, by {@link #send}; its time runs from now. */
    synchronized PendingCall prepare(NetFlowMessage message) {
        PendingCall call = new PendingCall(++calls, message, System.nanoTime() + timeoutNanos, new Awaited<>(this));
        if (closed) fail(call, Fault.BACKEND_GONE, "went away; call again when one listens");
        else if (pending.size() >= MAX_PENDING) {
            fail(call, Fault.BACKEND_FAILED, "has " + MAX_PENDING + " calls to answer already; wait for some");
        } else pending.put(call.number, call);
        return call;
    }

    void send(PendingCall call) {
        synchronized (this) {
            if (!pending.containsKey(call.number)) return;
            call.sent = true;
        }
        sender.send(new Call(call.number, call.message));
    }

    /** Says something that has no answer. */
    void tell(HairpinMessage message) {
        sender.send(message);
    }

    CompletableFuture<Answer> call(NetFlowMessage message) {
        PendingCall call = prepare(message);
        send(call);
        return call.answer;
    }

    /** Reads for a moment what the backend says, until that is done, and leaves it to the reader's thread then. */
    void help(CompletableFuture<?> awaited) {
        if (Patience.NANOS == 0 || awaited.isDone()) return;
        long start = System.nanoTime();
        while (!awaited.isDone()) {
            if (reader.help()) continue;
            if (System.nanoTime() - start > Patience.NANOS) {
                reader.leave();
                return;
            }
            Thread.onSpinWait();
        }
    }

    /** Calls that the backend may have. */
    synchronized long underWay() {
        return pending.values().stream().filter(call -> call.sent).count();
    }

    /** Gives an answer to its call; false where no call waits for it. */
    boolean answered(Answer answer) {
        PendingCall call;
        synchronized (this) {
            call = pending.get(answer.call());
            if (call == null || !call.sent) return false;
            pending.remove(answer.call());
        }
        call.answer.complete(answer);
        return true;
    }

    /** Ends calls whose time is over; returns how many. */
    int expire(long now) {
        List<PendingCall> late = new ArrayList<>();
        synchronized (this) {
            for (PendingCall call : pending.values()) {
                if (call.deadline - now > 0) break;
                late.add(call);
            }
            late.forEach(call -> pending.remove(call.number));
        }
        for (PendingCall call : late) {
            fail(
                    call,
                    Fault.TIMED_OUT,
                    "has not answered in " + Duration.ofNanos(timeoutNanos)
                            + "; see whether it runs, or give it more time");
        }
        return late.size();
    }

    /** Ends the connection and all calls. */
    void close() {
        List<PendingCall> left;
        synchronized (this) {
            if (closed) return;
            closed = true;
            left = List.copyOf(pending.values());
            pending.clear();
        }
        sender.stop();
        try {
            line.close();
        } catch (IOException e) {
            // closed all the same: nobody reads or writes it any more
        }
        for (PendingCall call : left) fail(call, Fault.BACKEND_GONE, "went away; call again when one listens");
    }

    private static void fail(PendingCall call, Fault fault, String reason) {
        call.answer.completeExceptionally(new DriverException(fault, "driver loopback: the backend " + reason));
    }

    /** A call cannot be written: the backend never has it. */
    private void refuse(Call refused, IllegalArgumentException cause) {
        PendingCall call;
        synchronized (this) {
            call = pending.remove(refused.call());
        }
        if (call == null) return;
        call.sent = false;
        call.answer.completeExceptionally(
                new DriverException(Fault.BAD_REQUEST, "driver loopback: " + cause.getMessage()));
    }
}
