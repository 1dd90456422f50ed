package dev.weir.labs.flowtracker;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An event as {@code weir p4 mon} prints it.
 *
 * @param lines with single blanks, none at the ends
 */
record Event(List<String> lines) {
    private static final Pattern BEGIN = Pattern.compile("(?m)^ *(created|updated|deleted|flushed) pipeline:");
    private static final int POLL_MILLIS = 20;

    /** What a monitor has said by now. */
    @FunctionalInterface
    interface Said {
        String text() throws IOException;
    }

    /** The lines of a text that say something. */
    static List<String> lines(String text) {
        return text.lines()
                .map(line -> line.strip().replaceAll("\\s+", " "))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** All that were printed. */
    static List<Event> all(String said) {
        List<Event> events = new ArrayList<>();
        Matcher begin = BEGIN.matcher(said);
        int from = begin.find() ? begin.start() : said.length();
        while (from < said.length()) {
            int to = begin.find() ? begin.start() : said.length();
            events.add(new Event(lines(said.substring(from, to))));
            from = to;
        }
        return events;
    }

    /**
     * Waits for the first of a kind about an entry.
     *
     * @param line what it also says
     */
    static Event await(Said monitor, String kind, String line, int seconds) throws IOException, InterruptedException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (true) {
            for (Event event : all(monitor.text())) {
                if (event.lines.getFirst().startsWith(kind) && event.says(line)) return event;
            }
            if (System.nanoTime() > end) {
                throw new IOException("no entry with \"" + line + "\" was " + kind + ": " + monitor.text());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** What an entry has in a key, without its mask. */
    String value(String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key + " id:"))
                .map(line -> line.replaceAll(".* fieldval ", "").replaceAll("/.*", ""))
                .findFirst()
                .orElse("");
    }

    boolean says(String end) {
        return lines.stream().anyMatch(line -> line.endsWith(end));
    }
}
