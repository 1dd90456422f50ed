package dev.weir.server.state;

import dev.weir.p4.run.Author;
import dev.weir.p4.run.EntryBlock;
import dev.weir.p4.run.EntryNotes;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An entry of a program's table as {@link ProgramChunk} has it; its key is that of a table of some layout. Immutable. */
final class KeptEntry {
    final long[] key, payload;
    final int priority;
    final long lifetime, lastHit;
    final @Nullable EntryNotes notes;
    final @Nullable List<WeightedCall> set;

    KeptEntry(
            long[] key,
            int priority,
            long[] payload,
            long lifetime,
            long lastHit,
            @Nullable EntryNotes notes,
            @Nullable List<WeightedCall> set) {
        this.key = key;
        this.priority = priority;
        this.payload = payload;
        this.lifetime = lifetime;
        this.lastHit = lastHit;
        this.notes = notes;
        this.set = set;
    }

    /**
     * Writes an entry of a block.
     *
     * @param refers whether the table's entries may have groups of their own
     */
    static void write(FieldWriter out, EntryBlock block, int i, boolean refers) {
        out.put(block.keys(), i * block.keyWords(), block.keyWords())
                .put(block.priority(i))
                .put(block.payloads(), i * block.payloadWords(), block.payloadWords())
                .put(block.lifetime(i))
                .put(block.lastHit(i));
        write(out, block.notes(i));
        if (refers) write(out, block.set(i));
    }

    private static void write(FieldWriter out, @Nullable EntryNotes notes) {
        out.put(notes == null ? 0 : 1);
        if (notes != null) {
            write(out, notes.created());
            write(out, notes.updated());
            out.put(notes.metadata());
        }
    }

    private static void write(FieldWriter out, @Nullable List<WeightedCall> set) {
        out.put(set == null ? 0 : 1);
        if (set != null) {
            out.put(set, (o, each) -> {
                CallCodec.write(o, each.call());
                o.put(each.weight()).put(each.watch());
            });
        }
    }

    static KeptEntry read(FieldReader in, boolean refers) throws SnapshotException {
        long[] key = in.longs();
        int priority = in.getInt();
        long[] payload = in.longs();
        long lifetime = in.getLong(), lastHit = in.getLong();
        EntryNotes notes = in.getInt() == 0 ? null : new EntryNotes(origin(in), origin(in), in.text());
        List<WeightedCall> set = !refers || in.getInt() == 0
                ? null
                : in.list(i -> new WeightedCall(CallCodec.read(i), i.getInt(), i.getInt()));
        return new KeptEntry(key, priority, payload, lifetime, lastHit, notes, set);
    }

    private static void write(FieldWriter out, @Nullable Origin origin) {
        out.put(origin == null ? 0 : 1);
        if (origin != null) {
            out.put(origin.author().name()).put(origin.process()).put(origin.pid());
        }
    }

    private static @Nullable Origin origin(FieldReader in) throws SnapshotException {
        if (in.getInt() == 0) {
            return null;
        }
        String author = in.text(), process = in.text();
        long pid = in.getLong();
        Author by = Arrays.stream(Author.values())
                .filter(each -> each.name().equals(author))
                .findFirst()
                .orElse(Author.CONTROL);
        return new Origin(by, process, pid);
    }
}
