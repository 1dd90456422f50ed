package dev.weir.cli;

import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.server.Daemon;
import dev.weir.server.DaemonLog;
import dev.weir.server.StandbyDaemon;
import dev.weir.server.config.Configuration;
import dev.weir.server.config.StandbySettings;
import dev.weir.server.standby.Pair;
import dev.weir.server.standby.Pair.Duty;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A run of {@code weir run}: what signals ask for is done by the thread that started it, one after the other, until the end is asked
 * for or all capture files have been forwarded.
 */
final class RunLoop {
    private enum Request {
        STOP,
        RELOAD,
        COUNTERS,
        /** What this machine of a pair is to do is another now. */
        DUTY
    }

    private static final int PATIENCE_MILLIS = 100;

    private final String file;
    /** Where people look; empty where the run ends with its captures. */
    private final String page;

    private final Streams streams;
    private final DaemonLog log;
    private final LinkedBlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile boolean running;
    private boolean finished;

    RunLoop(String file, Streams streams, DaemonLog log) {
        this(file, streams, log, "");
    }

    private RunLoop(String file, Streams streams, DaemonLog log, String page) {
        this.file = file;
        this.streams = streams;
        this.log = log;
        this.page = page;
    }

    /**
     * A run for people to look at: it stays when captures are at their end, and has no file to read again.
     *
     * @param what is run, for a person
     * @param hint where to look
     */
    static RunLoop ofPage(String what, Streams streams, DaemonLog log, String hint) {
        return new RunLoop(what, streams, log, hint);
    }

    /** @return the exit status */
    int run(Configuration configuration) throws CommandException {
        listen();
        String counters;
        try (Pair pair = open(configuration)) {
            Configuration followed = pair == null ? configuration : follow(configuration, pair);
            if (followed == null) {
                return CommandException.DONE;
            }
            counters = forward(followed, pair);
            if (pair != null && pair.duty() == Duty.END) {
                streams.err().print(counters);
                throw CommandException.failed(
                        "the other machine forwards, so this one ends; started again it follows that one");
            }
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (OutOfMemoryError e) {
            throw CommandException.failed("not enough memory: " + e.getMessage() + "; lower flow-table.max-flows", e);
        }
        streams.err().print(counters);
        return CommandException.DONE;
    }

    private @Nullable Pair open(Configuration configuration) throws IOException {
        StandbySettings settings = configuration.standby().orElse(null);
        if (settings == null) {
            return null;
        }
        List<String> programs = configuration.graph().nodes().stream()
                .filter(node -> node.config().type().equals("p4"))
                .map(GraphConfig.NodeEntry::name)
                .toList();
        return Pair.open(settings, programs, log);
    }

    /** Until this machine is to forward: the configuration then, null where the end was asked for. */
    private @Nullable Configuration follow(Configuration configuration, Pair pair) throws IOException {
        Configuration now = configuration;
        streams.interruption().onRequest(this::stop);
        try (StandbyDaemon _ = StandbyDaemon.start(configuration, pair, log)) {
            running = true;
            log.info("standing by with " + file + ": for "
                    + configuration.standby().orElseThrow().peer().name());
            pair.start(() -> requests.add(Request.DUTY));
            while (pair.duty() == Duty.FOLLOW) {
                switch (requests.take()) {
                    case STOP -> {
                        return null;
                    }
                    case RELOAD -> now = reloaded(now);
                    case COUNTERS -> streams.err().println(pair.summary());
                    case DUTY -> {}
                }
            }
            return now;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** What the file says now, if nothing that is in use already is another there. */
    private Configuration reloaded(Configuration now) {
        try {
            Configuration next = RunCommand.read(file, streams.err(), "");
            if (next != null && next.api().equals(now.api()) && next.standby().equals(now.standby())) {
                log.info("reloaded: it holds from the takeover on");
                return next;
            }
            log.warning("not reloaded"
                    + (next == null ? "" : ": 'api' and 'standby' cannot change while it stands by; start anew"));
        } catch (CommandException e) {
            log.warning(e.getMessage() + "; not reloaded");
        }
        return now;
    }

    /** Forwards until the end; the counters then. */
    private String forward(Configuration configuration, @Nullable Pair pair) throws IOException {
        try (Daemon daemon = Daemon.start(configuration, pair, log)) {
            running = true;
            putByStart();
            streams.interruption().onRequest(this::stop);
            log.info("running " + file + ": " + daemon.summary());
            if (!page.isEmpty()) {
                log.info(page);
            }
            serve(daemon, pair);
            daemon.drain();
            return daemon.counters();
        }
    }

    /** Only a process of its own hears signals; tests ask through the {@link Interruption}. */
    private void listen() {
        if (!streams.interruption().isOfProcess()) {
            return;
        }
        Signals.handle("INT", this::stop);
        Signals.handle("TERM", this::stop);
        Signals.handle("HUP", () -> requests.add(Request.RELOAD));
        Signals.handle("USR1", () -> requests.add(Request.COUNTERS));
    }

    private void stop() {
        if (stopping.getAndSet(true)) {
            Runtime.getRuntime().halt(CommandException.INTERRUPTED);
        }
        requests.add(Request.STOP);
        if (!running) {
            log.info(
                    "ends as soon as it has started; ports may wait for who writes into their pipes: ask again to end at once");
        }
    }

    /**
     * The start leaves most of the young generation full of what stays. The collector would come for it some minutes later, in the middle of the traffic, and
     * hold it up for 50 ms; now it does so while nobody counts on packets yet, and finds next to nothing later.
     */
    private static void putByStart() {
        System.gc();
    }

    private void serve(Daemon daemon, @Nullable Pair pair) {
        while (pair == null || pair.duty() != Duty.END) {
            switch (next(daemon)) {
                case STOP -> {
                    return;
                }
                case RELOAD -> reload(daemon);
                case COUNTERS -> streams.err().print(daemon.counters());
                case DUTY -> {}
            }
        }
    }

    private Request next(Daemon daemon) {
        try {
            Request request = requests.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            while (request == null) {
                if (!finished && daemon.isFinished()) {
                    if (page.isEmpty()) {
                        return Request.STOP;
                    }
                    finished = true;
                    log.info("all packets have been read; the page stays");
                }
                request = requests.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            }
            return request;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Request.STOP;
        }
    }

    private void reload(Daemon daemon) {
        if (!page.isEmpty()) {
            log.warning("there is no file to read again; what runs goes on");
            return;
        }
        try {
            Configuration next = RunCommand.read(file, streams.err(), "");
            if (next == null) {
                log.warning("not reloaded; what runs goes on");
                return;
            }
            List<String> refused = daemon.reload(next);
            refused.forEach(log::warning);
            if (!refused.isEmpty()) {
                log.warning("not reloaded; what runs goes on");
            }
        } catch (CommandException e) {
            log.warning(e.getMessage() + "; not reloaded, what runs goes on");
        }
    }
}
