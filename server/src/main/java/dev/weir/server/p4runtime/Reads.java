package dev.weir.server.p4runtime;

import com.google.rpc.Code;
import dev.weir.api.p4.v1.CounterData;
import dev.weir.api.p4.v1.CounterEntry;
import dev.weir.api.p4.v1.DirectCounterEntry;
import dev.weir.api.p4.v1.DirectMeterEntry;
import dev.weir.api.p4.v1.Entity;
import dev.weir.api.p4.v1.ExternEntry;
import dev.weir.api.p4.v1.Index;
import dev.weir.api.p4.v1.MeterConfig;
import dev.weir.api.p4.v1.MeterCounterData;
import dev.weir.api.p4.v1.MeterEntry;
import dev.weir.api.p4.v1.RegisterEntry;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.CellState;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryPage;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramRuntime;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.tc.TcPipeline.Kind;
import dev.weir.server.p4runtime.ProgramInfo.TableLink;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a controller reads of a program (P4Runtime 1.5, section 13). Immutable; any thread. */
final class Reads {
    private final ProgramRuntime runtime;
    private final ProgramInfo program;
    private final Changes changes;
    private final DataCodec data;
    private final DigestLists digests;
    private final EntityReads entities;

    Reads(ForwardingPipeline pipeline, DigestLists digests) {
        runtime = pipeline.runtime();
        program = pipeline.info();
        changes = new Changes(program);
        entities = new EntityReads(runtime, program);
        data = program.data();
        this.digests = digests;
    }

    /** What an entity of a request asks for. */
    List<ReadSource> of(Entity wanted) throws EntityFault {
        return switch (wanted.getEntityCase()) {
            case TABLE_ENTRY -> tableEntries(wanted.getTableEntry());
            case COUNTER_ENTRY -> counters(wanted.getCounterEntry());
            case METER_ENTRY -> meters(wanted.getMeterEntry());
            case REGISTER_ENTRY -> registers(wanted.getRegisterEntry());
            case DIRECT_COUNTER_ENTRY -> directCounters(wanted.getDirectCounterEntry());
            case DIRECT_METER_ENTRY -> directMeters(wanted.getDirectMeterEntry());
            case DIGEST_ENTRY ->
                List.of(ReadSource.of(digests.read(wanted.getDigestEntry().getDigestId())));
            case ENTITY_NOT_SET ->
                throw EntityFault.invalid("entities: one is empty; say what to read, as table_entry {} for all tables");
            case ACTION_PROFILE_MEMBER -> entities.members(wanted.getActionProfileMember());
            case ACTION_PROFILE_GROUP -> entities.groups(wanted.getActionProfileGroup());
            case VALUE_SET_ENTRY -> entities.values(wanted.getValueSetEntry());
            case PACKET_REPLICATION_ENGINE_ENTRY -> entities.replication(wanted.getPacketReplicationEngineEntry());
            case EXTERN_ENTRY -> externs(wanted.getExternEntry());
        };
    }

    /** There are none: reading all of them gives none. */
    private static List<ReadSource> externs(ExternEntry wanted) throws EntityFault {
        if (wanted.equals(ExternEntry.getDefaultInstance())) return List.of();
        throw new EntityFault(
                Code.UNIMPLEMENTED,
                "extern_entry: all externs of PNA have entities of their own; docs/p4runtime.md lists them");
    }

    private List<TableLink> tables(int id) throws EntityFault {
        return id == 0 ? List.copyOf(program.tables()) : List.of(program.table(id));
    }

    private List<ReadSource> tableEntries(TableEntry wanted) throws EntityFault {
        List<ReadSource> sources = new ArrayList<>();
        for (TableLink table : tables(wanted.getTableId())) {
            boolean given = wanted.getTableId() != 0;
            if (given && wanted.hasTimeSinceLastHit() && !table.idles()) {
                throw EntityFault.invalid(
                        table.name() + ": its entries do not idle, as its P4Info says; leave time_since_last_hit out");
            }
            if (wanted.getIsDefaultAction()) {
                if (wanted.getMatchCount() != 0) {
                    throw EntityFault.invalid(
                            "is_default_action: a default entry matches what no other does; leave match out");
                }
                sources.add(defaultEntry(table));
            } else if (!table.fields().isEmpty()) {
                sources.add(entries(
                        table, given ? wanted : TableEntry.getDefaultInstance(), each -> entity(each, table, wanted)));
            }
        }
        return sources;
    }

    private Entity entity(EntryState state, TableLink table, TableEntry wanted) {
        TableEntry.Builder entry = EntryCodec.entry(state, table);
        CellSchema meter = changes.directCell(table, Kind.DIRECT_METER);
        CellSchema counter = changes.directCell(table, Kind.DIRECT_COUNTER);
        if (wanted.hasMeterConfig() && meter != null) {
            MeterRates rates = state.meters().get(meter.name());
            if (rates != null) entry.setMeterConfig(config(rates));
        }
        if (wanted.hasMeterCounterData() && meter != null) {
            entry.setMeterCounterData(colored(state.colored().get(meter.name())));
        }
        if (wanted.hasCounterData() && counter != null) {
            entry.setCounterData(counted(state.counters().get(counter.name())));
        }
        if (wanted.hasTimeSinceLastHit() && table.idles()) {
            entry.setTimeSinceLastHit(
                    TableEntry.IdleTimeout.newBuilder().setElapsedNs(Math.max(0, state.readAt() - state.lastUsedAt())));
        }
        return Entity.newBuilder().setTableEntry(entry).build();
    }

    private static CounterData counted(EntryState.@Nullable Counted counted) {
        if (counted == null) return CounterData.getDefaultInstance();
        return CounterData.newBuilder()
                .setPacketCount(counted.packets())
                .setByteCount(counted.bytes())
                .build();
    }

    private static MeterCounterData colored(@Nullable MeterCounts counts) {
        if (counts == null) return MeterCounterData.getDefaultInstance();
        return MeterCounterData.newBuilder()
                .setGreen(counted(new EntryState.Counted(counts.greenPackets(), counts.greenBytes())))
                .setYellow(counted(new EntryState.Counted(counts.yellowPackets(), counts.yellowBytes())))
                .setRed(counted(new EntryState.Counted(counts.redPackets(), counts.redBytes())))
                .build();
    }

    private static MeterConfig config(MeterRates rates) {
        return MeterConfig.newBuilder()
                .setCir(rates.committedRate())
                .setCburst(rates.committedBurst())
                .setPir(rates.peakRate())
                .setPburst(rates.peakBurst())
                .build();
    }

    private ReadSource defaultEntry(TableLink table) {
        return () -> runtime.table(table.schema().name()).thenApply(state -> {
            TableEntry.Builder entry = TableEntry.newBuilder()
                    .setTableId(table.id())
                    .setIsDefaultAction(true)
                    .setAction(ActionCodec.action(state.miss(), null, table));
            return new ReadSource.Page(
                    List.of(Entity.newBuilder().setTableEntry(entry).build()), true);
        });
    }

    /** Those of a table that are wanted: the one of a key, else all that pass. */
    private ReadSource entries(TableLink table, TableEntry wanted, Function<EntryState, Entity> entity)
            throws EntityFault {
        Predicate<EntryState> passes = state -> EntryCodec.isWanted(state, wanted, table);
        if (wanted.getMatchCount() != 0 && (!table.schema().isOrdered() || wanted.getPriority() != 0)) {
            EntryKey key = EntryCodec.key(wanted, table);
            return () ->
                    runtime.entry(table.schema().name(), key).thenApply(found -> page(found.filter(passes), entity));
        }
        if (wanted.getMatchCount() != 0) {
            TableEntry any = wanted.toBuilder().setPriority(1).build();
            EntryKey key = EntryCodec.key(any, table);
            return new Walk(table, passes.and(state -> EntryCodec.isSame(state.key(), key, table)), entity);
        }
        return new Walk(table, passes, entity);
    }

    private static ReadSource.Page page(Optional<EntryState> found, Function<EntryState, Entity> entity) {
        return new ReadSource.Page(found.map(entity).map(List::of).orElse(List.of()), true);
    }

    /** Over all entries of a table. */
    private final class Walk implements ReadSource {
        private final TableLink table;
        private final Predicate<EntryState> passes;
        private final Function<EntryState, Entity> entity;
        private EntryPage.Position from = EntryPage.Position.START;

        Walk(TableLink table, Predicate<EntryState> passes, Function<EntryState, Entity> entity) {
            this.table = table;
            this.passes = passes;
            this.entity = entity;
        }

        @Override
        public CompletableFuture<Page> next() {
            return runtime.entries(table.schema().name(), passes, from, PAGE).thenApply(page -> {
                EntryPage.Position next = page.next();
                if (next != null) from = next;
                return new Page(page.entries().stream().map(entity).toList(), next == null);
            });
        }
    }

    private List<ReadSource> directCounters(DirectCounterEntry wanted) throws EntityFault {
        List<ReadSource> sources = new ArrayList<>();
        for (TableLink table : tables(wanted.getTableEntry().getTableId())) {
            CellSchema counter = changes.directCell(table, Kind.DIRECT_COUNTER);
            if (counter == null) {
                if (wanted.getTableEntry().getTableId() == 0) continue;
                throw EntityFault.invalid(table.name() + ": its entries have no counter; read the table_entry");
            }
            sources.add(found(
                    wanted.getTableEntry(),
                    entries(
                            table,
                            wanted.getTableEntry(),
                            state -> Entity.newBuilder()
                                    .setDirectCounterEntry(DirectCounterEntry.newBuilder()
                                            .setTableEntry(named(state, table))
                                            .setData(counted(state.counters().get(counter.name()))))
                                    .build())));
        }
        return sources;
    }

    private List<ReadSource> directMeters(DirectMeterEntry wanted) throws EntityFault {
        List<ReadSource> sources = new ArrayList<>();
        for (TableLink table : tables(wanted.getTableEntry().getTableId())) {
            CellSchema meter = changes.directCell(table, Kind.DIRECT_METER);
            if (meter == null) {
                if (wanted.getTableEntry().getTableId() == 0) continue;
                throw EntityFault.invalid(table.name() + ": its entries have no meter; read the table_entry");
            }
            sources.add(found(wanted.getTableEntry(), entries(table, wanted.getTableEntry(), state -> {
                DirectMeterEntry.Builder entry = DirectMeterEntry.newBuilder().setTableEntry(named(state, table));
                MeterRates rates = state.meters().get(meter.name());
                if (rates != null) entry.setConfig(config(rates));
                if (wanted.hasCounterData()) {
                    entry.setCounterData(colored(state.colored().get(meter.name())));
                }
                return Entity.newBuilder().setDirectMeterEntry(entry).build();
            })));
        }
        return sources;
    }

    /** An entry that is named and not there is a fault here, where it is none for entries themselves. */
    private static ReadSource found(TableEntry wanted, ReadSource source) {
        if (wanted.getMatchCount() == 0) return source;
        return () -> source.next()
                .thenCompose(page -> page.last() && page.entities().isEmpty()
                        ? CompletableFuture.failedFuture(EntityFault.missing("table_entry: there is no such entry"))
                        : CompletableFuture.completedFuture(page));
    }

    private static TableEntry named(EntryState state, TableLink table) {
        TableEntry.Builder key = EntryCodec.keyOf(state, table);
        return TableEntry.newBuilder()
                .setTableId(table.id())
                .addAllMatch(key.getMatchList())
                .setPriority(key.getPriority())
                .build();
    }

    private List<ReadSource> counters(CounterEntry wanted) throws EntityFault {
        return cells(
                Kind.COUNTER,
                wanted.getCounterId(),
                wanted.hasIndex(),
                wanted.getIndex(),
                (id, cell) -> Entity.newBuilder()
                        .setCounterEntry(CounterEntry.newBuilder()
                                .setCounterId(id)
                                .setIndex(index(cell))
                                .setData(counted(cell.counted())))
                        .build());
    }

    private List<ReadSource> meters(MeterEntry wanted) throws EntityFault {
        return cells(Kind.METER, wanted.getMeterId(), wanted.hasIndex(), wanted.getIndex(), (id, cell) -> {
            MeterEntry.Builder entry = MeterEntry.newBuilder().setMeterId(id).setIndex(index(cell));
            MeterRates rates = cell.rates();
            if (rates != null) entry.setConfig(config(rates));
            if (wanted.hasCounterData()) entry.setCounterData(colored(cell.colored()));
            return Entity.newBuilder().setMeterEntry(entry).build();
        });
    }

    private List<ReadSource> registers(RegisterEntry wanted) throws EntityFault {
        return cells(Kind.REGISTER, wanted.getRegisterId(), wanted.hasIndex(), wanted.getIndex(), this::register);
    }

    private Entity register(int id, CellState cell) {
        RegisterEntry.Builder entry =
                RegisterEntry.newBuilder().setRegisterId(id).setIndex(index(cell));
        if (cell.value() != null && cell.cell().resource() instanceof dev.weir.p4.ir.Resource.Register register) {
            entry.setData(data.data(program.typeOfRegister(id), cell.value(), register.width()));
        }
        return Entity.newBuilder().setRegisterEntry(entry).build();
    }

    private static Index index(CellState cell) {
        return Index.newBuilder().setIndex(cell.index()).build();
    }

    /** Makes an entity of a cell. */
    private interface Encoder {
        Entity entity(int id, CellState cell);
    }

    private List<ReadSource> cells(Kind kind, int id, boolean one, Index index, Encoder encoder) throws EntityFault {
        List<ReadSource> sources = new ArrayList<>();
        for (int each : id == 0 ? program.indexed(kind) : List.of(id)) {
            CellSchema cell = program.cell(kind, each);
            sources.add(
                    one && id != 0
                            ? new Cells(each, cell, Changes.index(index, cell), 1, encoder)
                            : new Cells(each, cell, 0, cell.resource().size(), encoder));
        }
        return sources;
    }

    /** Over some cells. */
    private final class Cells implements ReadSource {
        private final int id;
        private final CellSchema cell;
        private final int end;
        private final Encoder encoder;
        private int from;

        Cells(int id, CellSchema cell, int from, int count, Encoder encoder) {
            this.id = id;
            this.cell = cell;
            this.from = from;
            this.encoder = encoder;
            end = from + count;
        }

        @Override
        public CompletableFuture<Page> next() {
            int most = Math.min(PAGE, end - from);
            return runtime.cells(cell.name(), from, most).thenApply(cells -> {
                from += cells.size();
                List<Entity> entities =
                        cells.stream().map(each -> encoder.entity(id, each)).toList();
                return new Page(entities, from >= end || cells.isEmpty());
            });
        }
    }
}
