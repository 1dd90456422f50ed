package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.server.standby.Choice.Mine;
import dev.weir.server.standby.Choice.Next;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of two machines that do not forward is to. */
class ChoiceTest {
    /** A machine, as it knows itself. */
    private record Machine(Choice choice, Mine mine) {
        GetStandbyResponse seen() {
            GetStandbyResponse.Builder seen = GetStandbyResponse.newBuilder()
                    .setRole(GetStandbyResponse.Role.STANDBY)
                    .setTerm(mine.term().message())
                    .setWasPrimary(mine.wasPrimary())
                    .setBegins(choice.begins())
                    .setFollowedTerm(mine.followed());
            return choice.automatic()
                    ? seen.setTakeOver(Duration.newBuilder().setSeconds(1)).build()
                    : seen.build();
        }
    }

    private static List<Machine> machines(long name) {
        List<Machine> all = new ArrayList<>();
        for (int bits = 0; bits < 8; bits++) {
            for (long number = 0; number < 3; number++) {
                for (long followed = 0; followed <= number; followed++) {
                    boolean wasPrimary = (bits & 1) != 0;
                    if (!wasPrimary || (number > 0 && followed == 0)) {
                        var choice = new Choice((bits & 2) != 0, (bits & 4) != 0);
                        all.add(new Machine(choice, new Mine(new Term(number, name), wasPrimary, followed)));
                    }
                }
            }
        }
        return all;
    }

    @Test
    void together_whateverTheyKnow_oneAtTheMostForwards_andAfterAWhileOneDoesIfItMay() {
        int pairs = 0;
        for (Machine one : machines(7)) {
            for (Machine two : machines(-7)) {
                for (boolean forLong : new boolean[] {false, true}) {
                    boolean first = one.choice.together(one.mine, two.seen(), forLong) != Next.WAIT;
                    boolean second = two.choice.together(two.mine, one.seen(), forLong) != Next.WAIT;
                    assertThat(first && second).as("%s %s", one, two).isFalse();
                    boolean mayBegin = one.choice.automatic()
                            || two.choice.automatic()
                            || one.choice.begins()
                            || two.choice.begins()
                            || one.mine.wasPrimary()
                            || two.mine.wasPrimary();
                    assertThat(!forLong || first || second)
                            .as("%s %s", one, two)
                            .isEqualTo(!forLong || mayBegin);
                    pairs++;
                }
            }
        }
        assertThat(pairs).isGreaterThan(1000);
    }

    @ParameterizedTest(name = "begins {0}, automatic {1}, number {2}, was primary {3}")
    @CsvSource({
        "false, false, 0, false, WAIT",
        "true, false, 0, false, TAKE_OVER",
        "true, false, 3, false, WAIT",
        "false, true, 3, false, TAKE_OVER",
        "false, false, 3, true, RESUME",
        "false, true, 3, true, RESUME",
    })
    void alone_goesByWhatItWas(boolean begins, boolean automatic, long number, boolean wasPrimary, Next next) {
        var mine = new Mine(new Term(number, 1), wasPrimary, 0);
        assertThat(new Choice(begins, automatic).alone(mine)).isEqualTo(next);
    }
}
