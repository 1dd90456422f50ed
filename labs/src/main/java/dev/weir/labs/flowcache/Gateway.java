package dev.weir.labs.flowcache;

import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the running gateway says of itself. */
final class Gateway {
    /** Cells of the program's counter, in its order. */
    enum Event {
        DECAPSULATED,
        UNKNOWN,
        ENCAPSULATED,
        RETURNED,
        LEARNT,
        MOVED,
        UNTAGGED,
        NO_SERVER,
        MALFORMED,
        NOT_IP,
        TTL,
        CONGESTED,
        TOO_LARGE
    }

    /** Of the API's JSON, which leaves zeros out. */
    private static final Pattern CELL =
            Pattern.compile("\\{(?:\"index\":([0-9]+),?)?(?:\"counted\":\\{(?:\"packets\":\"([0-9]+)\")?[^}]*})?}");

    private static final String CELLS = "http://weir/v1/cells?program=flow_cache&name=Gateway.events&count=100";
    private static final String CONTEXTS = "flow_cache/table/Gateway/contexts";

    private final Host host;

    Gateway(Host host) {
        this.host = host;
    }

    private Result p4(String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("p4", words[0], "--server", "unix:weir.sock", "--timeout", "25s"));
        all.addAll(List.of(words).subList(1, words.length));
        return host.run(Testbed.command(all.toArray(new String[0])).toArray(new String[0]));
    }

    /** Has entries live for minutes from now on, so that none ends while a slow machine looks on. */
    Result remember() throws IOException, InterruptedException {
        return remember(300_000);
    }

    /** Has entries live so long from now on. */
    Result remember(int millis) throws IOException, InterruptedException {
        return p4("update", CONTEXTS, "tbl_attrs", "timer_profile", "id", "0", "aging", Integer.toString(millis));
    }

    /** Deletes all that it has learnt. */
    Result forget() throws IOException, InterruptedException {
        return p4("delete", CONTEXTS);
    }

    /** All that it has counted. */
    Map<Event, Long> events() throws IOException, InterruptedException {
        Result said = host.curl(CELLS, "--unix-socket", "weir.sock");
        Map<Event, Long> events = new EnumMap<>(Event.class);
        Matcher cells = CELL.matcher(said.out());
        while (cells.find()) {
            int index = cells.group(1) == null ? 0 : Integer.parseInt(cells.group(1));
            long packets = cells.group(2) == null ? 0 : Long.parseLong(cells.group(2));
            events.put(Event.values()[index], packets);
        }
        if (events.size() != Event.values().length) {
            throw new IOException("the gateway's counters cannot be read: " + said);
        }
        return events;
    }

    /** How often what has happened since then. */
    Map<Event, Long> more(Map<Event, Long> before) throws IOException, InterruptedException {
        Map<Event, Long> more = new EnumMap<>(Event.class);
        events().forEach((event, now) -> more.put(event, now - before.getOrDefault(event, 0L)));
        return more;
    }

    /** How often something happened since then. */
    long since(Map<Event, Long> before, Event event) throws IOException, InterruptedException {
        return more(before).getOrDefault(event, 0L);
    }

    /** What its cache has seen and keeps, also by VLAN, as JSON. */
    String caches() throws IOException, InterruptedException {
        return host.curl("http://weir/v1/caches", "--unix-socket", "weir.sock").out();
    }

    /** What has changed since then, the events that did. */
    String since(Map<Event, Long> before) throws IOException, InterruptedException {
        return text(more(before));
    }

    /** The events that happened. */
    static String text(Map<Event, Long> more) {
        List<String> changed = new ArrayList<>();
        more.forEach((event, times) -> {
            if (times != 0) changed.add(event.toString().toLowerCase(Locale.ROOT) + "=" + times);
        });
        return String.join(" ", changed);
    }

    /** The associations that it knows, as the table prints them. */
    String contexts() throws IOException, InterruptedException {
        return p4("get", CONTEXTS).out();
    }

    /** How many there are. */
    long known() throws IOException, InterruptedException {
        return contexts().lines().filter(line -> line.contains("entry key")).count();
    }
}
