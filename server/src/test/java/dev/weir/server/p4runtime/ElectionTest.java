package dev.weir.server.p4runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import dev.weir.api.p4.v1.MasterArbitrationUpdate;
import dev.weir.api.p4.v1.Uint128;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rules of P4Runtime 1.5, section 5.3. A script is what controllers do: {@code a=5} sends an arbitration with election id 5 ({@code a=-} with none), {@code a.}
 * closes its stream, {@code a!} begins a Write that goes on, {@code a/} ends it. What they are told is {@code a:OK/5}: the status, and the highest id ever seen.
 */
final class ElectionTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
        the first is the primary                    | a=1                | a:OK/1
        without an id nobody is                     | a=-                | a:NOT_FOUND/-
        the lower one is told alone                 | a=5 b=3            | a:OK/5 b:ALREADY_EXISTS/5
        the higher one takes over, others first     | a=5 b=7            | a:OK/5 a:ALREADY_EXISTS/7 b:OK/7
        all others are told                         | a=5 b=3 c=9        | a:OK/5 b:ALREADY_EXISTS/5 a:ALREADY_EXISTS/9 b:ALREADY_EXISTS/9 c:OK/9
        the same id again stays                     | a=5 a=5            | a:OK/5 a:OK/5
        a primary that goes leaves none             | a=5 b=3 a.         | a:OK/5 b:ALREADY_EXISTS/5 b:NOT_FOUND/5
        a lower one does not take its place         | a=5 a. b=3         | a:OK/5 b:NOT_FOUND/5
        an equal one does                           | a=5 a. b=5         | a:OK/5 b:OK/5
        a primary can step back                     | a=5 b=3 a=2        | a:OK/5 b:ALREADY_EXISTS/5 a:NOT_FOUND/5 b:NOT_FOUND/5
        by giving no id too                         | a=5 a=-            | a:OK/5 a:NOT_FOUND/5
        a backup that goes is told of to nobody     | a=5 b=3 b.         | a:OK/5 b:ALREADY_EXISTS/5
        a backup can overtake                       | a=5 b=3 b=6        | a:OK/5 b:ALREADY_EXISTS/5 a:ALREADY_EXISTS/6 b:OK/6
        ids are numbers without a sign              | a=1 b=max          | a:OK/1 a:ALREADY_EXISTS/max b:OK/max
        zero is an id                               | a=0                | a:OK/0
        what is under way is finished first         | a=1 a! b=2 a/      | a:OK/1 a:ALREADY_EXISTS/2 b:OK/2
        """)
    void script_ofControllers_isToldAsTheStandardSays(String title, String script, String told) {
        Script run = new Script();
        run.run(script);
        assertThat(String.join(" ", run.told)).as(title).isEqualTo(told);
    }

    @Test
    void join_withAnIdThatIsTaken_endsTheStream() {
        Script run = new Script();
        run.run("a=1");

        assertThat(run.join("b", id("1")).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(run.election.isPrimary(run.member("a"))).isTrue();
    }

    @Test
    void join_ofTooMany_endsTheStream() {
        Script run = new Script();
        for (int i = 0; i < Election.MOST_MEMBERS; i++) {
            assertThat(run.join("m" + i, id(String.valueOf(i))).isOk()).isTrue();
        }

        assertThat(run.join("more", null).getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void begin_isForThePrimaryAlone() {
        Script run = new Script();
        run.run("a=5 b=3");

        assertThat(run.election.begin(id("3"))).isNull();
        assertThat(run.election.begin(id("5"))).isNotNull();
    }

    @Test
    void begin_whileAnotherTakesOver_isForNobody() {
        Script run = new Script();
        run.run("a=1 a! b=2");

        assertThat(run.election.begin(id("1"))).isNull();
        assertThat(run.election.begin(id("2"))).isNull();
        run.run("a/");
        assertThat(run.election.begin(id("2"))).isNotNull();
    }

    @Test
    void told_ofARole_namesIt() {
        List<MasterArbitrationUpdate> told = new ArrayList<>();
        new Election(7, "left").join(told::add, id("1"), Any.getDefaultInstance());

        assertThat(told.getFirst().getDeviceId()).isEqualTo(7);
        assertThat(told.getFirst().getRole().getName()).isEqualTo("left");
        assertThat(told.getFirst().getRole().hasConfig()).isTrue();
    }

    private static Uint128 id(String text) {
        return text.equals("max")
                ? Uint128.newBuilder().setHigh(-1).build()
                : Uint128.newBuilder().setLow(Long.parseLong(text)).build();
    }

    private static String text(MasterArbitrationUpdate update) {
        if (!update.hasElectionId()) return "-";
        return update.getElectionId().getHigh() == -1
                ? "max"
                : String.valueOf(update.getElectionId().getLow());
    }

    /** Does what a script says, and writes down what controllers are told. */
    private static final class Script {
        final Election election = new Election(1, "");
        final List<String> told = new ArrayList<>();
        private final Map<String, Election.Member> members = new HashMap<>();
        private final Map<String, Uint128> ids = new HashMap<>();
        private final Map<String, Election.Turn> turns = new HashMap<>();

        Election.Member member(String name) {
            return members.computeIfAbsent(
                    name,
                    n -> update ->
                            told.add(n + ":" + Code.forNumber(update.getStatus().getCode()) + "/" + text(update)));
        }

        Status join(String name, @Nullable Uint128 id) {
            if (id != null) ids.put(name, id);
            return election.join(member(name), id, null);
        }

        void run(String script) {
            for (String step : script.split(" ", -1)) {
                String name = step.substring(0, 1), what = step.substring(2);
                switch (step.charAt(1)) {
                    case '=' ->
                        assertThat(join(name, what.equals("-") ? null : id(what))
                                        .isOk())
                                .isTrue();
                    case '.' -> election.leave(member(name));
                    case '!' ->
                        turns.put(name, Objects.requireNonNull(election.begin(Objects.requireNonNull(ids.get(name)))));
                    default -> Objects.requireNonNull(turns.get(name)).close();
                }
            }
        }
    }
}
