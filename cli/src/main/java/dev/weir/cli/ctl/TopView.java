package dev.weir.cli.ctl;

import dev.weir.api.FlowKeys;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowKey;
import dev.weir.api.v1.Node;
import dev.weir.api.v1.Port;
import dev.weir.api.v1.Worker;
import dev.weir.cli.Quantities;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code top} shows of two samples: totals, workers, interfaces, losses, and as many flows as the screen has room for. Lines are
 * as long as the screen is wide at the most.
 */
final class TopView {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String BOLD = "\033[1m", REVERSE = "\033[7m", PLAIN = "\033[0m";
    private static final int BAR = 20, BITS = 8;
    /** Of a flow's line, all but its two ends. */
    private static final int OTHER_COLUMNS = 38, LEAST_END = 15, MOST_END = 47;

    private final TopSample before, now;
    private final double seconds;
    private final int rows, columns;
    private final boolean color;
    private final List<String> lines = new ArrayList<>();

    private TopView(TopSample before, TopSample now, TerminalMode.Size size, boolean color) {
        this.before = before;
        this.now = now;
        this.seconds = now.secondsSince(before);
        this.rows = size.rows();
        this.columns = size.columns();
        this.color = color;
    }

    /** @param status what stands in the last line */
    static List<String> of(
            TopSample before,
            TopSample now,
            String server,
            TopSample.Order order,
            TerminalMode.Size size,
            boolean color,
            String status) {
        TopView view = new TopView(before, now, size, color);
        view.totals(server);
        view.workers();
        view.ports();
        view.losses();
        view.flows(order);
        view.status(status);
        return view.lines;
    }

    private void totals(String server) {
        String clock = CLOCK.format(now.time()) + " UTC";
        int room = Math.max(0, columns - clock.length() - 1);
        add(pad("weir " + server, room) + " " + clock, REVERSE);
        long flows = now.counters().getFlows(), most = now.counters().getMaxFlows();
        add("flows " + Quantities.brief((double) flows) + " of " + Quantities.brief((double) most) + share(flows, most)
                + ", created " + counter("CREATED") + "/s, expired " + counter("TIMER_EXPIRE") + "/s, recycled "
                + counter("RECYCLE") + "/s");
        double packetsIn = 0, bytesIn = 0, packetsOut = 0, bytesOut = 0;
        Map<String, Port> earlier = byName(before.ports());
        for (Port port : now.ports()) {
            Port old = earlier.getOrDefault(port.getName(), Port.getDefaultInstance());
            packetsIn += rate(port.getRxPackets(), old.getRxPackets());
            bytesIn += rate(port.getRxBytes(), old.getRxBytes());
            packetsOut += rate(port.getTxPackets(), old.getTxPackets());
            bytesOut += rate(port.getTxBytes(), old.getTxBytes());
        }
        add("in " + Quantities.brief(packetsIn) + " packets/s " + Quantities.brief(BITS * bytesIn) + "bit/s, out "
                + Quantities.brief(packetsOut) + " packets/s " + Quantities.brief(BITS * bytesOut) + "bit/s");
    }

    private static String share(long flows, long most) {
        return most == 0 ? "" : String.format(Locale.ROOT, " (%.1f %%)", 100.0 * flows / most);
    }

    private String counter(String name) {
        long value = now.counters().getFlowTableOrDefault(name, 0);
        return Quantities.brief(rate(value, before.counters().getFlowTableOrDefault(name, 0)));
    }

    private double rate(long value, long earlier) {
        return TopSample.rate(value, earlier, seconds);
    }

    /** How many lines a list may take: a sixth of the screen, or two. */
    private int share() {
        return Math.max(2, rows / 6);
    }

    private void workers() {
        title("WORKER  LOAD                           PACKETS/S  VECTOR   FLOWS  HANDED/S");
        Map<Integer, Worker> earlier = new TreeMap<>();
        before.workers().forEach(worker -> earlier.put(worker.getNumber(), worker));
        List<Worker> busiest = new ArrayList<>(now.workers());
        boolean all = busiest.size() <= share();
        if (!all) {
            busiest.sort(Comparator.comparingDouble(Worker::getLoad).reversed());
        }
        for (Worker worker : busiest.subList(0, Math.min(share(), busiest.size()))) {
            Worker old = earlier.getOrDefault(worker.getNumber(), Worker.getDefaultInstance());
            int full = (int) Math.round(Math.clamp(worker.getLoad(), 0, 1) * BAR);
            double packets = rate(worker.getPackets(), old.getPackets());
            double vectors = rate(worker.getVectors(), old.getVectors());
            add(String.format(
                    Locale.ROOT,
                    "%6d  [%s%s] %5.1f%%  %9s  %6.1f  %6s  %8s",
                    worker.getNumber(),
                    "|".repeat(full),
                    " ".repeat(BAR - full),
                    100 * worker.getLoad(),
                    Quantities.brief(packets),
                    vectors == 0 ? 0 : packets / vectors,
                    Quantities.brief((double) worker.getFlows()),
                    Quantities.brief(rate(worker.getHanded(), old.getHanded()))));
        }
        more(busiest.size(), "workers, less busy");
    }

    private void more(int all, String what) {
        if (all > share()) {
            add("        and " + (all - share()) + " more " + what);
        }
    }

    private static Map<String, Port> byName(List<Port> ports) {
        Map<String, Port> map = new TreeMap<>();
        ports.forEach(port -> map.put(port.getName(), port));
        return map;
    }

    private void ports() {
        title("INTERFACE        STATE   IN/S   BIT/S   OUT/S   BIT/S  DROP/S");
        Map<String, Port> earlier = byName(before.ports());
        List<Port> ports = now.ports();
        for (Port port : ports.subList(0, Math.min(share(), ports.size()))) {
            Port old = earlier.getOrDefault(port.getName(), Port.getDefaultInstance());
            add(String.format(
                    Locale.ROOT,
                    "%s %s %6s %7s %7s %7s %7s",
                    pad(port.getName(), 15),
                    pad(port.getState(), 6),
                    Quantities.brief(rate(port.getRxPackets(), old.getRxPackets())),
                    Quantities.brief(BITS * rate(port.getRxBytes(), old.getRxBytes())),
                    Quantities.brief(rate(port.getTxPackets(), old.getTxPackets())),
                    Quantities.brief(BITS * rate(port.getTxBytes(), old.getTxBytes())),
                    Quantities.brief(rate(sum(port.getDropsMap()), sum(old.getDropsMap())))));
        }
        more(ports.size(), "interfaces");
    }

    private static long sum(Map<String, Long> counters) {
        return counters.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What was dropped or malformed since the sample before, the most first, in one line. */
    private void losses() {
        Map<String, Double> rates = new TreeMap<>();
        Map<String, Node> earlier = new TreeMap<>();
        before.nodes().forEach(node -> earlier.put(node.getName(), node));
        for (Node node : now.nodes()) {
            Node old = earlier.getOrDefault(node.getName(), Node.getDefaultInstance());
            node.getDropsMap()
                    .forEach((reason, n) ->
                            rates.put(node.getName() + " " + reason, rate(n, old.getDropsOrDefault(reason, 0))));
        }
        now.counters()
                .getMalformedMap()
                .forEach((kind, n) ->
                        rates.put("malformed " + kind, rate(n, before.counters().getMalformedOrDefault(kind, 0))));
        List<String> worst = rates.entrySet().stream()
                .filter(loss -> loss.getValue() > 0)
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(loss -> loss.getKey() + " " + Quantities.brief(loss.getValue()) + "/s")
                .toList();
        add("drops: " + (worst.isEmpty() ? "none" : String.join(", ", worst)));
    }

    private void flows(TopSample.Order order) {
        int end = Math.clamp((columns - OTHER_COLUMNS) / 2, LEAST_END, MOST_END);
        String form = "%s %s %s %7s %7s %7s %6s";
        title(String.format(
                Locale.ROOT,
                form,
                pad("PROTO", 5),
                pad("SOURCE", end),
                pad("DESTINATION", end),
                order == TopSample.Order.PACKETS ? "PACKETS" : "packets",
                order == TopSample.Order.BYTES ? "BYTES" : "bytes",
                order == TopSample.Order.RATE ? "BIT/S" : "bit/s",
                order == TopSample.Order.DURATION ? "AGE" : "age"));
        for (TopSample.Talker talker : now.talkers(before, order)) {
            if (lines.size() >= rows - 1) {
                return;
            }
            Flow flow = talker.flow();
            FlowKey key = flow.getKey();
            add(String.format(
                    Locale.ROOT,
                    form,
                    pad(FlowKeys.protocolName(key.getProtocol()), 5),
                    pad(end(key.getSource(), key.getSourcePort()), end),
                    pad(end(key.getDestination(), key.getDestinationPort()), end),
                    Quantities.brief((double) TopSample.packets(flow)),
                    Quantities.brief((double) TopSample.bytes(flow)),
                    Quantities.brief(BITS * talker.bytesPerSecond()),
                    age(now.ageSeconds(flow))));
        }
    }

    private static String end(String address, int port) {
        if (port == 0) {
            return address;
        }
        return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
    }

    /** A time in six characters. */
    static String age(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        if (whole < 60) {
            return whole + "s";
        }
        if (whole < 3600) {
            return String.format(Locale.ROOT, "%dm%02d", whole / 60, whole % 60);
        }
        return whole < 86_400
                ? String.format(Locale.ROOT, "%dh%02d", whole / 3600, whole % 3600 / 60)
                : String.format(Locale.ROOT, "%dd%02d", whole / 86_400, whole % 86_400 / 3600);
    }

    private void status(String status) {
        while (lines.size() < rows - 1) {
            lines.add("");
        }
        while (lines.size() > rows - 1) {
            lines.removeLast();
        }
        add(status, BOLD);
    }

    private void title(String text) {
        add(text, BOLD);
    }

    private void add(String text) {
        add(text, "");
    }

    private void add(String text, String style) {
        String cut = cut(text, columns);
        boolean styled = color && !style.isEmpty();
        String full = styled && style.equals(REVERSE) ? pad(cut, columns) : cut;
        lines.add(styled ? style + full + PLAIN : full);
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width);
    }

    /** Exactly so wide; what does not fit ends with {@code ~}. */
    private static String pad(String text, int width) {
        if (text.length() <= width) {
            return text + " ".repeat(width - text.length());
        }
        return width == 0 ? "" : text.substring(0, width - 1) + "~";
    }
}
