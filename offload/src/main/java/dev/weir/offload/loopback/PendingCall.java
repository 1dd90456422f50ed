package dev.weir.offload.loopback;

import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.NetFlowMessage;
import java.util.concurrent.CompletableFuture;

/** A call that waits for its answer. */
final class PendingCall {
    final long number;
    final NetFlowMessage message;
    final long deadline;
    final CompletableFuture<Answer> answer;

    /** Whether the backend may have it: what becomes of it then is uncertain until it answers. */
    volatile boolean sent;

    /** @param deadline by {@link System#nanoTime} */
    PendingCall(long number, NetFlowMessage message, long deadline, CompletableFuture<Answer> answer) {
        this.number = number;
        this.message = message;
        this.deadline = deadline;
        this.answer = answer;
    }
}
