package dev.weir.export.ipfix;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one sender's observation domain: its templates, sets that wait for one, where its sequence numbers are. Bounded: so many
 * templates, so many waiting sets. One thread.
 */
final class ReceivedDomain {
    static final int MOST_TEMPLATES = 1024, MOST_SETS = 256, MOST_SET_OCTETS = 1 << 20;

    /** What all domains of a reader hold together, and may. */
    static final class Memory {
        static final int MOST_FIELDS = 1 << 20, MOST_OCTETS = 1 << 24;
        private int fields, octets;
    }

    /** A data set that came before its template, with what its message says of time. */
    static final class WaitingSet {
        final int template;
        final byte[] octets;
        final long exported, boot, uptime;

        /** @param octets without the set's header; kept, not copied */
        WaitingSet(int template, byte[] octets, long exported, long boot, long uptime) {
            this.template = template;
            this.octets = octets;
            this.exported = exported;
            this.boot = boot;
            this.uptime = uptime;
        }
    }

    private final Memory memory;
    private final Map<Integer, ReceivedTemplate> templates = new HashMap<>();
    private final ArrayDeque<WaitingSet> waiting = new ArrayDeque<>();
    private int waitingOctets;
    /** When the sender began, nanoseconds since 1970, as its options say; {@link Long#MIN_VALUE} where they do not. */
    long init = Long.MIN_VALUE;

    private boolean known;
    private int expected;

    ReceivedDomain(Memory memory) {
        this.memory = memory;
    }

    @Nullable
    ReceivedTemplate template(int id) {
        return templates.get(id);
    }

    /** Keeps the template; false when there are too many. */
    boolean put(int id, ReceivedTemplate template) {
        withdraw(id);
        if (templates.size() >= MOST_TEMPLATES || memory.fields + template.size() > Memory.MOST_FIELDS) {
            return false;
        }
        templates.put(id, template);
        memory.fields += template.size();
        return true;
    }

    void withdraw(int id) {
        ReceivedTemplate old = templates.remove(id);
        memory.fields -= old == null ? 0 : old.size();
    }

    void withdrawAll(boolean options) {
        List<Integer> ids = templates.entrySet().stream()
                .filter(entry -> entry.getValue().options == options)
                .map(Map.Entry::getKey)
                .toList();
        ids.forEach(this::withdraw);
    }

    /** Gives all memory back; the domain is not used any more. */
    void leave() {
        List.copyOf(templates.keySet()).forEach(this::withdraw);
        memory.octets -= waitingOctets;
        waiting.clear();
        waitingOctets = 0;
    }

    /** Keeps a set until its template comes; returns how many older ones had to go for it. */
    int keep(WaitingSet set) {
        waiting.add(set);
        count(set.octets.length);
        int lost = 0;
        while (!waiting.isEmpty()
                && (waiting.size() > MOST_SETS
                        || waitingOctets > MOST_SET_OCTETS
                        || memory.octets > Memory.MOST_OCTETS)) {
            count(-waiting.remove().octets.length);
            lost++;
        }
        return lost;
    }

    /** Takes out the sets that waited for that template, in their order. */
    List<WaitingSet> take(int template) {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<WaitingSet> taken = new ArrayList<>();
        waiting.removeIf(set -> {
            if (set.template == template) {
                taken.add(set);
                count(-set.octets.length);
            }
            return set.template == template;
        });
        return taken;
    }

    private void count(int octets) {
        waitingOctets += octets;
        memory.octets += octets;
    }

    int waitingSets() {
        return waiting.size();
    }

    /**
     * Compares the message's sequence number with what was to come.
     *
     * @param counted how much the message counts itself; -1 where that is not known
     */
    void sequence(int number, long counted, ReceiveCounters counters) {
        if (known) {
            int gap = number - expected;
            if (gap > 0) {
                counters.missed += gap;
            } else if (gap < 0) {
                counters.restarts++;
            }
        }
        known = counted >= 0;
        expected = number + (int) counted;
    }
}
