package dev.weir.cli;

import dev.weir.server.Daemon;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.Configuration;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A run of {@code weir run}: what signals ask for is done by the thread that started it, one after the other, until the end is asked
 * for or all capture files have been forwarded.
 */
final class RunLoop {
    private enum Request {
        STOP,
        RELOAD,
        COUNTERS
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
        try (Daemon daemon = Daemon.start(configuration, log)) {
            running = true;
            putByStart();
            streams.interruption().onRequest(this::stop);
            log.info("running " + file + ": " + daemon.summary());
            if (!page.isEmpty()) {
                log.info(page);
            }
            serve(daemon);
            daemon.drain();
            counters = daemon.counters();
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (OutOfMemoryError e) {
            throw CommandException.failed("not enough memory: " + e.getMessage() + "; lower flow-table.max-flows", e);
        }
        streams.err().print(counters);
        return CommandException.DONE;
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

    private void serve(Daemon daemon) {
        while (true) {
            switch (next(daemon)) {
                case STOP -> {
                    return;
                }
                case RELOAD -> reload(daemon);
                case COUNTERS -> streams.err().print(daemon.counters());
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
