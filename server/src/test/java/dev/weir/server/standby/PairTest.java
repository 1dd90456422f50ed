package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Duration;
import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.api.v1.YieldResponse;
import dev.weir.server.DaemonLog;
import dev.weir.server.api.access.ApiContent;
import dev.weir.server.api.access.ApiServer;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.standby.Pair.Duty;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What machines of a pair become, whatever happens to the other one; with their own APIs, files and data planes. */
@Timeout(120)
class PairTest {
    @TempDir
    Path folder = Path.of("");

    private Machine machine(String name, String other, boolean begins, boolean automatic) throws IOException {
        return new Machine(folder, name, other, begins, automatic);
    }

    /** One whose other machine does not answer, which is not waited for long. */
    private Machine alone(String name, String other, boolean begins, boolean automatic) throws IOException {
        return new Machine(
                folder, name, Machine.peer(folder.resolve(other + ".socket")), begins, automatic, Machine.ALONE);
    }

    private static long nanos(Duration of) {
        return TimeUnit.SECONDS.toNanos(of.getSeconds()) + of.getNanos();
    }

    /** An API that is not that of one of a pair. */
    private ApiServer stranger(String name) throws IOException {
        return ApiServer.start(
                ApiSettings.at(folder.resolve(name + ".socket")),
                ApiContent.of(List.of(new StandbyService(null))),
                new DaemonLog(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)));
    }

    @ParameterizedTest(name = "begins {0}, automatic {1}, number {2}, forwarded before {3}, other {4}: {5}, number {6}")
    @CsvSource({
        "true,  false, 0, false, silent,  FORWARD, 1",
        "true,  false, 4, false, silent,  FOLLOW,  4",
        "false, false, 0, false, silent,  FOLLOW,  0",
        "false, true,  0, false, silent,  FORWARD, 1",
        "false, false, 4, true,  silent,  FORWARD, 4",
        "true,  false, 0, false, refuses, FOLLOW,  0",
        "false, true,  4, false, refuses, FOLLOW,  4",
        "false, true,  4, true,  refuses, FOLLOW,  4",
    })
    void machine_whoseOtherOneIsOfNoUse_decidesByWhatItWas(
            boolean begins, boolean automatic, long number, boolean primary, String other, Duty duty, long then)
            throws Exception {
        if (number > 0) {
            Machine.was(folder, "a", 7, number, primary);
        }
        boolean refuses = other.equals("refuses");
        try (ApiServer _ = refuses ? stranger("b") : null;
                Machine a =
                        (refuses ? machine("a", "b", begins, automatic) : alone("a", "b", begins, automatic)).start()) {
            if (duty == Duty.FORWARD) {
                a.until(duty);
            } else {
                a.until("told", () -> !a.pair.status().getError().isEmpty());
                Thread.sleep(Machine.SETTLED_MILLIS);
            }
            assertThat(a.pair.duty()).isEqualTo(duty);
            assertThat(a.number()).isEqualTo(then);
            if (refuses) {
                GetStandbyResponse status = a.pair.status();
                assertThat(status.getError()).contains("answers but refuses: failed precondition");
                assertThat(status.getPeerAnswers()).isTrue();
                a.pair.yieldTo(new Term(99, 1)); // nothing to yield
                assertThat(a.pair.duty()).isEqualTo(duty);
            }
        }
    }

    @Test
    void machine_whoseOtherOneRefuses_takesOverByCommand_andWhenThatOneIsGone() throws Exception {
        try (ApiServer _ = stranger("b");
                Machine a = machine("a", "b", false, true).start()) {
            a.until("told", () -> !a.pair.status().getError().isEmpty());
            Thread.sleep(Machine.SETTLED_MILLIS);
            assertThat(a.pair.duty()).isEqualTo(Duty.FOLLOW);
            assertThat(a.pair.takeOver().number()).isEqualTo(1);
            a.until(Duty.FORWARD);
        }
        try (Machine c = machine("c", "d", false, true)) {
            try (ApiServer _ = stranger("d")) {
                c.start();
                c.until("told", () -> !c.pair.status().getError().isEmpty());
                Thread.sleep(Machine.SETTLED_MILLIS);
                assertThat(c.pair.duty()).isEqualTo(Duty.FOLLOW);
            }
            c.until(Duty.FORWARD);
        }
    }

    @Test
    void machine_whoseDiskCannotBeWritten_doesNotForward_untilItCan() throws Exception {
        try (Machine a = alone("a", "b", true, true)) {
            Path inTheWay = Files.createDirectory(folder.resolve("a.term.new"));
            a.start();
            a.until(
                    "told",
                    () -> !a.pair.status().getError().isEmpty()
                            && a.pair.status().getError().contains("a.term.new"));
            Thread.sleep(Machine.SETTLED_MILLIS);
            assertThat(a.pair.duty()).isEqualTo(Duty.FOLLOW);
            assertThatThrownBy(a.pair::takeOver).isInstanceOf(IOException.class).hasMessageContaining("a.term.new");
            assertThat(a.number()).isZero();
            Files.delete(inTheWay);
            a.until(Duty.FORWARD);
            assertThat(Files.readString(Machine.file(folder, "a"))).contains(" number=1 primary=true");
        }
    }

    @Test
    void file_thatCannotBeWrittenWithoutRights_isRefusedAtTheStart() throws IOException {
        assumeTrue(
                (int) Files.getAttribute(folder, "unix:uid") == 0,
                "needs root, whose rights are what the start has and a takeover has not");
        Path others = Files.createDirectory(folder.resolve("others"));
        Files.setAttribute(others, "unix:uid", 65534);
        assertThatThrownBy(() -> TermFile.open(others.resolve("term").toString()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("standby.file: " + others.resolve("term") + " cannot be written without rights")
                .hasMessageEndingWith("give the folder to the user that runs Weir");
    }

    @Test
    void primary_thatIsGone_isFollowedByTheStandby_withAllThatItHad() throws Exception {
        SortedMap<String, String> kept;
        try (Machine a = machine("a", "b", true, false).listen().start();
                Machine b = machine("b", "a", false, true).listen().start()) {
            a.until(Duty.FORWARD);
            a.rig().fill();
            long filled = System.nanoTime();
            kept = a.rig().told();
            b.until("in step", () -> b.pair.status().getInStep());
            b.until("a copy that began after all was written", () -> {
                long since = System.nanoTime() - filled; // first, so that what comes meanwhile does not make it longer
                GetStandbyResponse status = a.pair.status();
                return status.hasProgramLag() && nanos(status.getProgramLag()) < since;
            });
            b.until("has it", () -> b.pair.status().hasProgramLag());
            a.vanish();
            b.until(Duty.FORWARD);
            assertThat(b.number()).isEqualTo(2);
            assertThat(b.rig().told()).isEqualTo(kept);
            assertThat(b.told())
                    .contains("takes over, term 2", " ms, and 5 entries of programs")
                    .doesNotContain("not followed");
        }
    }

    @Test
    void standby_byCommand_takesOver_andTheOtherOneEnds() throws Exception {
        try (Machine a = machine("a", "b", true, false).listen().start();
                Machine b = machine("b", "a", false, false).listen().start()) {
            a.until(Duty.FORWARD);
            b.until("in step", () -> b.pair.status().getInStep());
            Thread.sleep(Machine.SETTLED_MILLIS);
            assertThat(b.pair.duty()).isEqualTo(Duty.FOLLOW);
            a.rig().fill();
            SortedMap<String, String> kept = a.rig().told();
            assertThat(b.pair.takeOver().number()).isEqualTo(2);
            b.until(Duty.FORWARD);
            assertThat(b.rig().told()).as("what was written at the last moment").isEqualTo(kept);
            a.until(Duty.END);
            assertThat(Files.readString(Machine.file(folder, "a"))).contains(" number=2 primary=false");
            assertThat(b.pair.takeOver().number()).as("again").isEqualTo(2);
        }
    }

    @Test
    void program_thatWasLoadedThere_goesOnAtTheOneThatTakesOver() throws Exception {
        try (Machine a = machine("a", "b", true, false).listen().start();
                Machine b = machine("b", "a", false, false).listen().start()) {
            a.until(Duty.FORWARD);
            b.until("in step", () -> b.pair.status().getInStep());
            a.rig().loadSmall();
            List<String> keys = a.rig().smallKeys();
            assertThat(keys).hasSize(1);
            untilCopied(b);
            assertThat(b.pair.takeOver().number()).isEqualTo(2);
            b.until(Duty.FORWARD);
            assertThat(b.rig().smallKeys()).isEqualTo(keys);
            assertThat(b.told()).doesNotContain("not there");
        }
    }

    /** Until a standby has a copy of programs that began after now. */
    private static void untilCopied(Machine standby) throws Exception {
        long now = System.nanoTime();
        standby.until("a copy that began after all was written", () -> {
            long since = System.nanoTime() - now;
            GetStandbyResponse status = standby.pair.status();
            return status.getInStep() && status.hasProgramLag() && nanos(status.getProgramLag()) < since;
        });
    }

    /** The other machine's worker stands still: it yields, and the last copy does not come. */
    @Test
    void standby_byCommand_whereTheLastCopyDoesNotCome_usesTheOneBefore_andSaysSo() throws Exception {
        var standsStill = new CountDownLatch(1);
        try (Machine a = machine("a", "b", true, false).listen().start();
                Machine b = machine("b", "a", false, false).listen().start()) {
            a.until(Duty.FORWARD);
            a.rig().fill();
            SortedMap<String, String> before = a.rig().told();
            untilCopied(b);
            a.rig().stop(standsStill);
            a.rig().noteLater("too late");
            assertThat(b.pair.takeOver().number()).isEqualTo(2);
            b.until(Duty.FORWARD);
            assertThat(b.rig().told()).isEqualTo(before);
            assertThat(b.told())
                    .contains("has not sent its last changes within 3 s; it goes on with what has come")
                    .containsPattern("5 entries of programs, by a copy that was begun [0-9]{4,} ms ago");
        } finally {
            standsStill.countDown();
        }
    }

    /** The first who comes hears nothing until this machine has decided by itself; later ones are hung up on, and counted. */
    @Test
    void machine_thatIsCommandedWhileItDecides_forwards_andAsksNoMoreOften() throws Exception {
        var asked = new AtomicInteger();
        var isAsked = new CountDownLatch(1);
        var deciding = new Patience(500_000_000L, 800_000_000L, 2_000_000_000L, 50_000_000L);
        try (var other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> {
                try (Socket _ = other.accept()) {
                    isAsked.countDown();
                    while (true) {
                        other.accept().close();
                        asked.incrementAndGet();
                    }
                } catch (IOException _) {
                    // the test is over
                }
            });
            try (Machine a =
                    new Machine(folder, "a", PeerTest.at(other.getLocalPort()), false, true, deciding).start()) {
                isAsked.await();
                assertThat(a.pair.takeOver().number()).isEqualTo(1);
                a.until(Duty.FORWARD);
                assertThat(a.told()).contains("takes over, term 1 of ", ": the other machine is silent");
                int before = asked.get();
                long begun = System.nanoTime();
                Thread.sleep(Machine.SETTLED_MILLIS);
                long turns = (System.nanoTime() - begun) / deciding.watch() + 1;
                assertThat(asked.get() - before).isBetween(1, (int) (2 * turns));
            }
        }
    }

    @ParameterizedTest(name = "machine 7 forwards by number 4; hears of {0} of machine {1}: yields {2}")
    @CsvSource({"3, 9, false", "4, 5, false", "4, 9, true", "5, 1, true", "0, 9, false"})
    void primary_thatHearsOfATerm_endsWhereThatIsLarger(long number, long machine, boolean yields) throws Exception {
        Machine.was(folder, "a", 7, 4, true);
        try (Machine a = alone("a", "b", false, false).start()) {
            a.until(Duty.FORWARD);
            YieldResponse answer = a.pair.yieldTo(new Term(number, machine));
            assertThat(answer.getYields()).isEqualTo(yields);
            assertThat(a.pair.duty()).isEqualTo(yields ? Duty.END : Duty.FORWARD);
            assertThat(Files.readString(Machine.file(folder, "a")))
                    .contains(" number=" + Math.max(number, 4) + " primary=" + !yields);
            assertThatThrownBy(() -> a.pair.yieldTo(new Term(-1, 1))).hasMessageStartingWith("there cannot be");
        }
    }

    @ParameterizedTest(name = "numbers {0} and {1}: {2} goes on")
    @CsvSource({"3, 5, b", "5, 3, a", "4, 4, b"})
    void machines_thatBothForward_findEachOther_andOneEnds(long first, long second, String goesOn) throws Exception {
        Machine.was(folder, "a", 1, first, true);
        Machine.was(folder, "b", 2, second, true);
        try (Machine a = alone("a", "b", true, true).start();
                Machine b = alone("b", "a", true, true).start()) {
            a.until(Duty.FORWARD);
            b.until(Duty.FORWARD);
            a.listen();
            b.listen();
            Machine ends = goesOn.equals("a") ? b : a, stays = goesOn.equals("a") ? a : b;
            ends.until(Duty.END);
            Thread.sleep(Machine.SETTLED_MILLIS);
            assertThat(stays.pair.duty()).isEqualTo(Duty.FORWARD);
            assertThat(ends.told()).contains("forwards no more");
        }
    }

    @Test
    void primary_thatIsStartedAgain_followsTheOneThatTookOver() throws Exception {
        Machine.was(folder, "a", 1, 3, true);
        Machine.was(folder, "b", 2, 3, false);
        try (Machine b = alone("b", "a", false, true).listen().start()) {
            b.until(Duty.FORWARD);
            b.rig().fill();
            try (Machine a = machine("a", "b", true, true).listen().start()) {
                a.until("in step", () -> a.pair.status().getInStep());
                assertThat(a.pair.duty()).isEqualTo(Duty.FOLLOW);
                assertThat(a.number()).isEqualTo(4);
            }
        }
    }
}
