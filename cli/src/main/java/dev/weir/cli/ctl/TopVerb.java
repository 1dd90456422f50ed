package dev.weir.cli.ctl;

import dev.weir.api.FlowKeys;
import dev.weir.cli.CommandException;
import dev.weir.cli.Signals;
import dev.weir.cli.Streams;
import dev.weir.cli.Terminal;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code top}: a live view of the whole terminal; where there is none, or with {@code --json}, one sample after the other. */
final class TopVerb extends Verb {
    private static final String SORT = "--sort", INTERVAL = "--interval", COUNT = "--count";
    private static final String KEYS = "q quit  b bytes  p packets  r rate  d duration  space ";
    private static final double LEAST_SECONDS = 0.2, MOST_SECONDS = 3600;
    private static final int JSON_FLOWS = 20;
    private static final TerminalMode.Size PAPER = new TerminalMode.Size(40, 100);

    TopVerb(Streams streams) {
        super(
                streams,
                "top",
                "Shows rates, the load of workers, losses and the largest flows, live.",
                "",
                "Keys: q quits; b, p, r, d order flows by bytes, packets, rate, duration; space holds the picture.");
        words("FILTER", "0..*", "Only flows that it chooses. Default: all.");
        own().addOption(Options.text("ORDER", "bytes, packets, rate or duration. Default: bytes.", SORT));
        own().addOption(Options.text("T", "How often it asks. Default: 2s.", INTERVAL));
        own().addOption(Options.text("N", "End after N pictures. Default: no end on a terminal, else one.", COUNT));
        examples("  weir ctl top", "  weir ctl top --sort rate 'dst_port == 443'", "  weir ctl top --json --count 60");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        String filter = String.join(" ", words());
        TopSample.Order order = order(Objects.requireNonNullElse(said(SORT), "bytes"));
        double seconds = Options.seconds(INTERVAL, Objects.requireNonNullElse(said(INTERVAL), "2s"));
        if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) {
            throw CommandException.usage(INTERVAL + ": out of range; give 200ms to 1h");
        }
        boolean live = !session.json() && session.streams().terminal().out() && Terminal.hasInput();
        long pictures = pictures(said(COUNT), live);
        TopSample first = TopSample.take(session.client(), filter, order);
        Loop loop = new Loop(session, filter, (long) (seconds * 1e3), pictures, order, first);
        if (live) {
            loop.live();
        } else {
            loop.print();
        }
        return CommandException.DONE;
    }

    private static long pictures(@Nullable String count, boolean live) throws CommandException {
        if (count == null) {
            return live ? Long.MAX_VALUE : 1;
        }
        return Words.number(COUNT, count, 1, Long.MAX_VALUE);
    }

    private static TopSample.Order order(String word) throws CommandException {
        try {
            return TopSample.Order.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw CommandException.usage(SORT + ": '" + word + "' is no order; give bytes, packets, rate or duration");
        }
    }

    /** One run. */
    private static final class Loop {
        private final Session session;
        private final String filter;
        private final long intervalMillis;
        private final CountDownLatch stop = new CountDownLatch(1);
        private TopSample.Order order;
        private TopSample before, now;
        private long left;
        /** When the next sample is taken, on the monotonic clock. */
        private long due = System.nanoTime();

        private boolean held;
        private String trouble = "";

        Loop(
                Session session,
                String filter,
                long intervalMillis,
                long pictures,
                TopSample.Order order,
                TopSample first) {
            this.session = session;
            this.filter = filter;
            this.intervalMillis = intervalMillis;
            this.left = pictures;
            this.order = order;
            this.before = first;
            this.now = first;
        }

        void print() throws IOException {
            session.streams().interruption().onRequest(stop::countDown);
            while (left-- > 0 && waited()) {
                before = now;
                now = TopSample.take(session.client(), filter, order);
                if (session.json()) {
                    session.printLine(json());
                } else {
                    List<String> lines = TopView.of(before, now, place(), order, PAPER, session.color(), "");
                    session.print(String.join("\n", lines).stripTrailing() + "\n");
                }
            }
        }

        private String place() {
            return session.client().server().toString();
        }

        /** Whether the time has passed and nobody has asked to stop. */
        private boolean waited() {
            try {
                return !stop.await(intervalMillis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        void live() throws IOException {
            try (Screen screen = new Screen(session.out())) {
                session.streams().interruption().onRequest(() -> {
                    stop.countDown();
                    screen.resized();
                });
                Signals.handle("WINCH", screen::resized);
                while (stop.getCount() != 0) {
                    long millis = (due - System.nanoTime()) / 1_000_000;
                    if (millis <= 0 && !held) {
                        if (left-- == 0) {
                            return;
                        }
                        sample();
                        due = System.nanoTime() + intervalMillis * 1_000_000;
                        draw(screen);
                    } else if (!pressed(screen.key(held ? Long.MAX_VALUE : millis))) {
                        return;
                    } else {
                        draw(screen);
                    }
                }
            }
        }

        /** A daemon that does not answer is asked again; the picture stays. */
        private void sample() {
            try {
                TopSample next = TopSample.take(session.client(), filter, order);
                before = now;
                now = next;
                trouble = "";
            } catch (StatusRuntimeException e) {
                if (stop.getCount() != 0) {
                    trouble = String.valueOf(session.client().failure(e, "").getMessage());
                }
            }
        }

        private void draw(Screen screen) throws IOException {
            String status = trouble.isEmpty() ? KEYS + (held ? "go on" : "hold") : trouble;
            screen.draw(TopView.of(before, now, place(), order, TerminalMode.size(), session.color(), status));
        }

        /** Whether to go on. */
        private boolean pressed(int key) {
            switch (key) {
                case 'q', 'Q', Screen.ENDED -> {
                    return false;
                }
                case 'b' -> orderBy(TopSample.Order.BYTES);
                case 'p' -> orderBy(TopSample.Order.PACKETS);
                case 'r' -> orderBy(TopSample.Order.RATE);
                case 'd' -> orderBy(TopSample.Order.DURATION);
                case ' ' -> held = !held;
                default -> {
                    return true;
                }
            }
            return true;
        }

        private void orderBy(TopSample.Order wanted) {
            order = wanted;
            due = System.nanoTime();
        }

        private Json json() {
            double seconds = now.secondsSince(before);
            Json rates = new Json();
            now.counters().getFlowTableMap().keySet().stream()
                    .sorted()
                    .forEach(name -> rates.decimal(
                            name,
                            TopSample.rate(
                                    now.counters().getFlowTableOrDefault(name, 0),
                                    before.counters().getFlowTableOrDefault(name, 0),
                                    seconds),
                            1));
            List<Json> flows = now.talkers(before, order).stream()
                    .limit(JSON_FLOWS)
                    .map(talker -> new Json()
                            .text("key", FlowKeys.format(talker.flow().getKey()))
                            .number("packets", TopSample.packets(talker.flow()))
                            .number("bytes", TopSample.bytes(talker.flow()))
                            .decimal("bytes_per_second", talker.bytesPerSecond(), 1))
                    .toList();
            List<Json> workers = now.workers().stream()
                    .map(worker -> new Json()
                            .number("number", Integer.toUnsignedLong(worker.getNumber()))
                            .decimal("load", worker.getLoad(), 4)
                            .number("flows", worker.getFlows()))
                    .toList();
            return new Json()
                    .text("time", now.time().toString())
                    .decimal("seconds", seconds, 3)
                    .number("flows", now.counters().getFlows())
                    .number("max_flows", now.counters().getMaxFlows())
                    .object("rates", rates)
                    .objects("workers", workers)
                    .objects("top", flows);
        }
    }
}
