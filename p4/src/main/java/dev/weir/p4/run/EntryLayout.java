package dev.weir.p4.run;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the octets of an entry of a table are used: longs in native order, numbers of more than 64 bits in several, the least significant first.
 *
 * <pre>
 * word 0                          1              arguments        resources            words
 *     | action 16 bits, flags    | arguments of the action, unused | direct resources |
 * </pre>
 *
 * In a table with a profile word 1 is the slot of a member, or of a group. A counter takes two words (packets, bytes), a register as many as its width needs, a meter {@link Meters#WORDS}. Immutable; any thread.
 */
public final class EntryLayout {
    /** The bits of word 0 that say which action: its number in the table. */
    static final long ACTION = 0xFFFF;

    /** In word 0: the control plane must leave the entry as it is. */
    static final long CONSTANT = 1 << 16;

    /** In word 0, of a table with a profile: word 1 is the slot of a group, not of a member. */
    static final long GROUP = 1 << 17;

    private final Map<String, List<Pipeline.Parameter>> parameters = new HashMap<>();
    private final Map<String, Integer> resources = new HashMap<>();
    private final int argumentWords;
    private final int words;

    private EntryLayout(Pipeline pipeline, Table table) {
        int most = 0;
        for (Pipeline.Action action : pipeline.actions()) {
            if (table.actionNumber(action.name()) < 0) continue;
            parameters.put(action.name(), action.parameters());
            most = Math.max(most, CallWords.words(action.parameters()));
        }
        if (table.implementation() != null) most = Math.max(most, 1);
        argumentWords = most;
        int end = 1 + most;
        for (Resource resource : pipeline.resources()) {
            if (!table.direct().contains(resource.name())) continue;
            resources.put(resource.name(), end);
            end += words(resource);
        }
        words = end;
    }

    public static EntryLayout of(Pipeline pipeline, Table table) {
        return new EntryLayout(pipeline, table);
    }

    private static int words(Resource resource) {
        return switch (resource) {
            case Resource.Counter _ -> 2;
            case Resource.Meter _ -> Meters.WORDS;
            case Resource.Register r -> Wide.limbs(r.width());
        };
    }

    /** The first word of an argument. */
    public int argument(String action, String parameter) {
        int word = 1;
        for (Pipeline.Parameter each : parameters.getOrDefault(action, List.of())) {
            if (each.name().equals(parameter)) return word;
            word += Wide.limbs(each.width());
        }
        throw new IllegalArgumentException(action + ": it has no parameter " + parameter);
    }

    /** The first word of a direct resource. */
    public int resource(String name) {
        Integer word = resources.get(name);
        if (word == null) throw new IllegalArgumentException(name + ": the table does not have it in its entries");
        return word;
    }

    /** How many words behind the first are arguments. */
    public int argumentWords() {
        return argumentWords;
    }

    public int words() {
        return words;
    }
}
