package dev.weir.p4.control;

import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.EntryCodec;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryLayout;
import dev.weir.p4.run.EntryNotes;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.Origin;
import dev.weir.p4.tc.Permissions;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes {@link EntryState}s of what workers have copied. Immutable; any thread. */
final class StateReader {
    /** Beside the schema's tables, in their order. */
    private final List<EntryCodec> codecs = new ArrayList<>();

    private final ProgramSchema schema;
    private final Map<String, Resource> resources = new HashMap<>();

    StateReader(Pipeline pipeline, ProgramSchema schema) {
        this.schema = schema;
        for (Table table : pipeline.tables()) codecs.add(new EntryCodec(pipeline, table));
        for (Resource resource : pipeline.resources()) resources.put(resource.name(), resource);
    }

    EntryCodec codec(TableSchema table) {
        return codecs.get(schema.tables().indexOf(table));
    }

    EntryState state(int table, EntryCopy copy, long now) {
        return state(schema.tables().get(table), codecs.get(table), List.of(copy), now);
    }

    /** @param copies of one entry, of the workers that have it */
    EntryState state(TableSchema table, EntryCodec codec, List<EntryCopy> copies, long now) {
        EntryCopy first = copies.getFirst();
        long[] payload = first.payload();
        EntryNotes notes = first.notes();
        Origin made = EntryLayout.isTemplate(payload[0]) ? Origin.PROGRAM : Origin.PACKETS;
        Origin created = notes == null || notes.created() == null ? made : notes.created();
        Origin changed = notes == null ? null : notes.updated();
        Cells cells = cells(table, codec, copies);
        return new EntryState(
                table,
                new EntryKey(codec.matches(first.key()), codec.written(first.priority())),
                codec.call(payload),
                new Permissions(EntryLayout.permissions(payload[0])),
                created,
                EntryLayout.isUpdatedByPackets(payload[0]) ? Origin.PACKETS : changed,
                EntryLayout.createdAt(payload),
                EntryLayout.updatedAt(payload),
                firstUsed(copies),
                copies.stream().mapToLong(EntryCopy::lastHit).max().orElse(0),
                now,
                first.lifetime(),
                EntryLayout.isConstant(payload[0]),
                EntryLayout.isTemplate(payload[0]),
                notes == null ? "" : notes.metadata(),
                cells.counters,
                cells.meters,
                cells.colored,
                cells.registers,
                first.set());
    }

    private static long firstUsed(List<EntryCopy> copies) {
        return copies.stream()
                .mapToLong(copy -> EntryLayout.firstUsedAt(copy.payload()))
                .filter(time -> time > 0)
                .min()
                .orElse(0);
    }

    private record Cells(
            Map<String, EntryState.Counted> counters,
            Map<String, MeterRates> meters,
            Map<String, MeterCounts> colored,
            Map<String, BigInteger> registers) {}

    private Cells cells(TableSchema table, EntryCodec codec, List<EntryCopy> copies) {
        Cells cells = new Cells(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());
        long[] payload = copies.getFirst().payload();
        for (String name : table.direct()) {
            switch (resources.get(name)) {
                case Resource.Counter _ -> cells.counters.put(name, counted(codec, copies, name));
                case Resource.Meter _ -> {
                    MeterRates rates = codec.rates(payload, name);
                    if (rates != null) cells.meters.put(name, rates);
                    cells.colored.put(name, colored(codec, copies, name));
                }
                case Resource.Register r -> cells.registers.put(name, codec.register(payload, r));
                case null -> throw new AssertionError(name);
            }
        }
        return cells;
    }

    private static MeterCounts colored(EntryCodec codec, List<EntryCopy> copies, String meter) {
        return copies.stream()
                .map(copy -> codec.colored(copy.payload(), meter))
                .reduce(MeterCounts.NONE, MeterCounts::plus);
    }

    private static EntryState.Counted counted(EntryCodec codec, List<EntryCopy> copies, String counter) {
        EntryState.Counted all = new EntryState.Counted(0, 0);
        for (EntryCopy copy : copies) {
            long[] counted = codec.counted(copy.payload(), counter);
            all = all.plus(new EntryState.Counted(counted[0], counted[1]));
        }
        return all;
    }
}
