package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.Bell;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gives the command learns what came of it, and it is given no more then. */
@Timeout(60)
class TakeOverCommandTest {
    private final Bell bell = new Bell();
    private final AtomicBoolean over = new AtomicBoolean();
    private final TakeOverCommand command = new TakeOverCommand(bell, over::get);

    /** Gives it in a thread of its own, and waits until it is. */
    private CompletableFuture<String> given() throws InterruptedException {
        var told = new CompletableFuture<String>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                told.complete(command.give());
            } catch (Exception e) {
                told.completeExceptionally(e);
            }
        });
        assertThat(bell.await(20_000_000_000L, command::isGiven)).isTrue();
        return told;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not in step yet"})
    void command_thatIsConcluded_tellsWhy_andIsGivenNoMore(String why) throws Exception {
        CompletableFuture<String> told = given();
        command.conclude(why);
        assertThat(told.get()).isEqualTo(why);
        assertThat(command.isGiven()).isFalse();
        command.conclude("of nobody");
        told = given();
        command.conclude("");
        assertThat(told.get()).as("nothing of the one before").isEmpty();
    }

    @Test
    void command_whileTheMachineDecidesByItself_isCarriedOut_andGivenNoMore() throws Exception {
        CompletableFuture<String> told = given();
        over.set(true);
        bell.ring();
        assertThat(told.get()).isEmpty();
        assertThat(command.isGiven()).isFalse();
        assertThat(command.give()).as("there is nothing to take over").isEmpty();
    }
}
