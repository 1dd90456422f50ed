package dev.weir.server.standby;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.server.DaemonLog;
import dev.weir.server.api.access.ApiContent;
import dev.weir.server.api.access.ApiServer;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.config.StandbySettings;
import dev.weir.server.standby.Pair.Duty;
import dev.weir.server.state.SelectorRig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A machine of a pair, in a folder of both: its API on a Unix socket, and when it is to forward a data plane with a program. */
final class Machine implements AutoCloseable {
    private static final long MILLI = 1_000_000L;
    /** About what machines have where an answer is expected, however slow this one is. */
    private static final Patience ANSWERED = new Patience(2000 * MILLI, 5000 * MILLI, 3000 * MILLI, 50 * MILLI);
    /** Where nobody will answer. */
    static final Patience ALONE = new Patience(500 * MILLI, 800 * MILLI, 300 * MILLI, 50 * MILLI);

    static final long SETTLED_MILLIS = 2500;

    final Pair pair;
    private final Path folder;
    private final String name;
    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final DaemonLog log = new DaemonLog(new PrintStream(told, true, StandardCharsets.UTF_8));
    private @Nullable ApiServer api;
    private volatile @Nullable SelectorRig rig;

    Machine(Path folder, String name, String other, boolean begins, boolean automatic) throws IOException {
        this(folder, name, peer(folder.resolve(other + ".socket")), begins, automatic, ANSWERED);
    }

    /** @param patience for what it waits how long */
    Machine(Path folder, String name, StandbySettings.Peer other, boolean begins, boolean automatic, Patience patience)
            throws IOException {
        this.folder = folder;
        this.name = name;
        pair = Pair.open(
                new StandbySettings(
                        other,
                        file(folder, name).toString(),
                        begins,
                        automatic ? Optional.of(Duration.ofNanos(patience.limit())) : Optional.empty(),
                        Duration.ofMillis(10)),
                List.of("ways"),
                patience,
                log);
    }

    static Path file(Path folder, String name) {
        return folder.resolve(name + ".term");
    }

    /** Has it been there before, as {@code machine}, with that number. */
    static void was(Path folder, String name, int machine, long number, boolean primary) throws IOException {
        Files.writeString(
                file(folder, name),
                "weir-standby 1 machine=" + machine + " number=" + number + " primary=" + primary + "\n");
    }

    static StandbySettings.Peer peer(Path socket) {
        return new StandbySettings.Peer(
                "the other machine",
                Optional.of(socket),
                "",
                0,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    Machine listen() throws IOException {
        api = ApiServer.start(
                ApiSettings.at(folder.resolve(name + ".socket")),
                ApiContent.of(List.of(new StandbyService(pair))),
                log);
        return this;
    }

    Machine start() {
        pair.start(this::forward);
        return this;
    }

    private void forward() {
        SelectorRig has = rig;
        if (pair.duty() == Duty.END && has != null) { // not in the call that told it to
            Thread.ofPlatform().daemon().start(() -> {
                has.rig.plane.drain();
                pair.finish();
            });
        }
        if (pair.duty() != Duty.FORWARD) {
            return;
        }
        try {
            var forwards = new SelectorRig(folder.resolve(name + ".state"), 1, Map.of(), pair::resume, pair::restore);
            rig = forwards;
            pair.serve(forwards.rig.plane, forwards.rig.programs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its data plane, as soon as it has one. */
    SelectorRig rig() throws InterruptedException {
        until("it forwards", () -> rig != null);
        SelectorRig has = rig;
        if (has == null) {
            throw new AssertionError();
        }
        return has;
    }

    String told() {
        return told.toString(StandardCharsets.UTF_8);
    }

    long number() {
        return pair.status().getTerm().getNumber();
    }

    void until(String what, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("%s: %s; %s", what, pair.status(), told())
                    .isLessThan(end);
            Thread.sleep(5);
        }
    }

    void until(Duty duty) throws InterruptedException {
        until(name + " " + duty, () -> pair.duty() == duty);
    }

    /** It is gone from one moment to the next: nobody is told, nothing is handed over. */
    void vanish() throws IOException {
        ApiServer listens = api;
        api = null;
        if (listens != null) {
            listens.close();
        }
        pair.close();
    }

    @Override
    public void close() throws IOException {
        vanish();
        SelectorRig has = rig;
        if (has != null) {
            has.close();
        }
    }
}
