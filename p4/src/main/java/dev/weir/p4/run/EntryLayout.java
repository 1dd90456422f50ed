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
 * word 0                                    1           2                        3           resources            words
 *     | action u16, flags, permissions << 32 | created at | first used f32,        | arguments, | direct resources |
 *     |                                      |            | updated f32 << 32      | unused     |                  |
 * </pre>
 *
 * When an entry was first used and last updated are nanoseconds since it was created, as floating-point numbers of 32 bits, so exact to a sixteen-millionth; all
 * zeros is never. Where entries refer to members, the first argument is the number of the member or group, the second the slot that the worker has it in. A counter takes two words (packets, bytes), a register as many as its width needs, a meter {@link Meters#WORDS}. Immutable; any
 * thread.
 */
public final class EntryLayout {
    /** Where arguments begin. */
    public static final int ARGUMENTS = 3;

    /** Of an entry that refers to a member or a group: its number, and the worker's slot for it. */
    static final int REFERENCE = ARGUMENTS, SLOT = ARGUMENTS + 1;

    /** The bits of word 0 that say which action: its number in the table. */
    static final long ACTION = 0xFFFF;

    /** In word 0: the control plane must leave the entry as it is. */
    static final long CONSTANT = 1 << 16;

    /** In word 0: a packet has hit it; packets do not see it; it is part of what the program begins with; packets changed it last; it has notes. */
    static final long USED = 1 << 17, HIDDEN = 1 << 18, TEMPLATE = 1 << 19, BY_PACKETS = 1 << 20, NOTED = 1 << 21;

    /** In word 0: the entry refers to a group, not to a member. */
    static final long GROUP = 1 << 22;

    /** In word 0: from here on permissions. */
    private static final int PERMISSIONS = 32;

    static final int CREATED = 1, TIMES = 2;

    /** Bits of permissions, as P4TC has them: what the control plane may do, and what packets may. */
    public static final int ALL = 0x3FFF,
            CREATE = 1 << 13,
            READ = 1 << 12,
            UPDATE = 1 << 11,
            DELETE = 1 << 10,
            PUBLISH = 1 << 8;

    static final int DATA_CREATE = 1 << 6, DATA_READ = 1 << 5, DATA_UPDATE = 1 << 4, DATA_EXECUTE = 1 << 2;

    /** The permissions of what is constant. */
    public static final int READ_ONLY = READ | DATA_READ | DATA_EXECUTE;

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
        if (table.implementation() != null) most = Math.max(most, SLOT + 1 - ARGUMENTS);
        argumentWords = most;
        int end = ARGUMENTS + most;
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

    static int words(Resource resource) {
        return switch (resource) {
            case Resource.Counter _ -> 2;
            case Resource.Meter _ -> Meters.WORDS;
            case Resource.Register r -> Wide.limbs(r.width());
        };
    }

    /** The first word of an argument. */
    public int argument(String action, String parameter) {
        int word = ARGUMENTS;
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

    /** Permissions as they stand in word 0, with what follows from them for packets. */
    static long permissionBits(int permissions) {
        int seen = DATA_READ | DATA_EXECUTE;
        return ((long) permissions << PERMISSIONS) | ((permissions & seen) == seen ? 0 : HIDDEN);
    }

    /** Of an entry of a table with these permissions: nobody creates an entry with an entry. */
    public static int ofEntry(int permissions) {
        return permissions & ~(CREATE | DATA_CREATE);
    }

    static long withPermissions(long word, int permissions) {
        return (word & ~(((long) ALL << PERMISSIONS) | HIDDEN)) | permissionBits(permissions);
    }

    public static int permissions(long word) {
        return (int) (word >>> PERMISSIONS) & ALL;
    }

    public static boolean isConstant(long word) {
        return (word & CONSTANT) != 0;
    }

    public static boolean isTemplate(long word) {
        return (word & TEMPLATE) != 0;
    }

    /** Whether packets changed the entry last. */
    public static boolean isUpdatedByPackets(long word) {
        return (word & BY_PACKETS) != 0;
    }

    public static long createdAt(long[] payload) {
        return payload[CREATED];
    }

    /** 0 for never. */
    public static long firstUsedAt(long[] payload) {
        return at(payload, (int) payload[TIMES]);
    }

    /** 0 for never. */
    public static long updatedAt(long[] payload) {
        return at(payload, (int) (payload[TIMES] >>> Integer.SIZE));
    }

    private static long at(long[] payload, int since) {
        return since == 0 ? 0 : payload[CREATED] + (long) Float.intBitsToFloat(since);
    }

    /** How long {@code now} is after {@code created}, as it stands in {@link #TIMES}. */
    static long since(long created, long now) {
        return Float.floatToRawIntBits((float) Math.max(1, now - created)) & 0xFFFFFFFFL;
    }

    /** How many words from {@link #ARGUMENTS} on are arguments. */
    public int argumentWords() {
        return argumentWords;
    }

    public int words() {
        return words;
    }
}
