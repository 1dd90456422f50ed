package dev.weir.export.filter;

import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.TcpState;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What kind of thing a column holds: which words stand for its values, and whether they have an order. */
enum Type {
    NUMBER("a whole number", true),
    TIME("a time such as 2026-11-21T08:00:00Z", true),
    DURATION("a duration such as 90s, 5m or 1h30m", true),
    PROTOCOL("a protocol's name, such as tcp, or its number", false, protocols()),
    ADDRESS("an address such as 10.0.0.1 or 2001:db8::1", false),
    FLAGS("TCP flags as letters of FSRPAUEC, such as SA, or none", false),
    STATE("a TCP state", false, states()),
    REASON("a reason for the end", false, reasons()),
    EVENT("an event", false, events()),
    AUTHOR("an author", false, authors()),
    BOOLEAN("true or false", false, Map.of("false", 0L, "true", 1L)),
    OCTETS("sixteen octets as 32 hexadecimal digits after 0x", false);

    static final String FLAG_LETTERS = "FSRPAUEC";
    static final String NONE = "none";

    /** With its article. */
    final String description;
    /** Whether less and greater mean something. */
    final boolean ordered;
    /** What the words of this type stand for, as they are written in the normal form. */
    @SuppressWarnings("ImmutableEnumChecker") // unmodifiable
    final Map<String, Long> words;

    Type(String description, boolean ordered) {
        this(description, ordered, Map.of());
    }

    Type(String description, boolean ordered, Map<String, Long> words) {
        this.description = description;
        this.ordered = ordered;
        this.words = Collections.unmodifiableMap(words);
    }

    /** The number that a word stands for, in any case, underscores as good as hyphens; null where there is no such word. */
    @Nullable
    Long number(String word) {
        String wanted = word.replace('_', '-');
        if (this == PROTOCOL && (wanted.equalsIgnoreCase("icmp6") || wanted.equalsIgnoreCase("icmpv6"))) {
            return words.get("ipv6-icmp");
        }
        for (Map.Entry<String, Long> entry : words.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(wanted)) {
                return entry.getValue();
            }
        }
        return null;
    }

    /** The word for a number, null where there is none. */
    @Nullable
    String word(long number) {
        for (Map.Entry<String, Long> entry : words.entrySet()) {
            if (entry.getValue() == number) {
                return entry.getKey();
            }
        }
        return null;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Long> protocols() {
        Map<String, Long> numbers = new LinkedHashMap<>();
        numbers.put("tcp", 6L);
        numbers.put("udp", 17L);
        numbers.put("icmp", 1L);
        numbers.put("ipv6-icmp", 58L);
        numbers.put("sctp", 132L);
        numbers.put("dccp", 33L);
        numbers.put("udp-lite", 136L);
        numbers.put("gre", 47L);
        numbers.put("esp", 50L);
        numbers.put("ah", 51L);
        numbers.put("igmp", 2L);
        numbers.put("ospf", 89L);
        return numbers;
    }

    private static Map<String, Long> states() {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (int state = 0; state < TcpState.COUNT; state++) {
            numbers.put(TcpState.name(state), (long) state);
        }
        numbers.put(NONE, (long) TcpState.NONE);
        return numbers;
    }

    private static Map<String, Long> reasons() {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (int reason = EndReason.NONE; reason <= EndReason.FLUSHED; reason++) {
            numbers.put(EndReason.name(reason), (long) reason);
        }
        return numbers;
    }

    private static Map<String, Long> events() {
        Map<String, Long> numbers = new LinkedHashMap<>();
        numbers.put(NONE, 0L);
        numbers.put("created", (long) FlowEvent.CREATED);
        numbers.put("state-changed", (long) FlowEvent.STATE_CHANGED);
        numbers.put("updated", (long) FlowEvent.UPDATED);
        numbers.put("ended", (long) FlowEvent.ENDED);
        return numbers;
    }

    private static Map<String, Long> authors() {
        Map<String, Long> numbers = new LinkedHashMap<>();
        numbers.put("data-path", (long) FlowEvent.BY_DATA_PATH);
        numbers.put("timer", (long) FlowEvent.BY_TIMER);
        numbers.put("control", (long) FlowEvent.BY_CONTROL);
        return numbers;
    }
}
