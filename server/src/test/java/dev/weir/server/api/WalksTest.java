package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Calls beyond the limit are refused until one of those before is over, however it ends. */
class WalksTest {
    private final Walks walks = new Walks(2, "look at all flows");

    private CompletableFuture<String> under() {
        CompletableFuture<String> call = new CompletableFuture<>();
        CompletionStage<String> answer = walks.during(() -> call);
        assertThat(answer.toCompletableFuture()).isNotDone();
        return call;
    }

    private void isFull() {
        assertThatThrownBy(() -> walks.during(() -> CompletableFuture.completedFuture("")))
                .isInstanceOf(Refusal.class)
                .hasMessage("so many calls that look at all flows are under way already: 2; ask again");
    }

    @Test
    void calls_beyondTheLimit_areRefused_untilOneIsOver() {
        CompletableFuture<String> first = under(), second = under();
        isFull();
        first.complete("done");
        CompletableFuture<String> third = under();
        isFull();
        second.completeExceptionally(new IllegalStateException("ends"));
        assertThatThrownBy(() -> walks.during(() -> {
                    throw new IllegalArgumentException("cannot begin");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        var _ = under();
        isFull();
        third.cancel(true);
        var _ = under();
    }
}
