package dev.weir.server.p4runtime;

import com.google.rpc.Code;
import dev.weir.api.p4.v1.CounterData;
import dev.weir.api.p4.v1.CounterEntry;
import dev.weir.api.p4.v1.DirectCounterEntry;
import dev.weir.api.p4.v1.DirectMeterEntry;
import dev.weir.api.p4.v1.Index;
import dev.weir.api.p4.v1.MeterConfig;
import dev.weir.api.p4.v1.MeterCounterData;
import dev.weir.api.p4.v1.MeterEntry;
import dev.weir.api.p4.v1.RegisterEntry;
import dev.weir.api.p4.v1.TableEntry;
import dev.weir.api.p4.v1.Update;
import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.ir.Table.Call;
import dev.weir.p4.run.MeterCounts;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.tc.TcPipeline.Kind;
import dev.weir.server.p4runtime.ActionCodec.Doing;
import dev.weir.server.p4runtime.ProgramInfo.TableLink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an update of a controller changes (P4Runtime 1.5, sections 9 and 12). Immutable; any thread. */
final class Changes {
    private final ProgramInfo program;
    private final DataCodec data;
    private final EntityChanges entities;

    Changes(ProgramInfo program) {
        this.program = program;
        entities = new EntityChanges(program);
        data = program.data();
    }

    /** None where an update is right and changes nothing. Those of digests are not among them. */
    List<Change> of(Update update) throws EntityFault {
        return switch (update.getEntity().getEntityCase()) {
            case TABLE_ENTRY -> tableEntry(update.getType(), update.getEntity().getTableEntry());
            case COUNTER_ENTRY -> {
                modifies(update.getType(), "counters");
                yield counter(update.getEntity().getCounterEntry());
            }
            case DIRECT_COUNTER_ENTRY -> {
                modifies(update.getType(), "counters");
                yield directCounter(update.getEntity().getDirectCounterEntry());
            }
            case METER_ENTRY -> {
                modifies(update.getType(), "meters");
                yield meter(update.getEntity().getMeterEntry());
            }
            case DIRECT_METER_ENTRY -> {
                modifies(update.getType(), "meters");
                yield directMeter(update.getEntity().getDirectMeterEntry());
            }
            case REGISTER_ENTRY -> {
                modifies(update.getType(), "registers");
                yield register(update.getEntity().getRegisterEntry());
            }
            case ACTION_PROFILE_MEMBER ->
                List.of(entities.member(update.getType(), update.getEntity().getActionProfileMember()));
            case ACTION_PROFILE_GROUP ->
                List.of(entities.group(update.getType(), update.getEntity().getActionProfileGroup()));
            case VALUE_SET_ENTRY ->
                List.of(entities.values(update.getType(), update.getEntity().getValueSetEntry()));
            case PACKET_REPLICATION_ENGINE_ENTRY ->
                List.of(entities.replication(
                        update.getType(), update.getEntity().getPacketReplicationEngineEntry()));
            case DIGEST_ENTRY -> List.of();
            case ENTITY_NOT_SET -> throw EntityFault.invalid("entity: is missing; say what is to change");
            case EXTERN_ENTRY ->
                throw new EntityFault(
                        Code.UNIMPLEMENTED,
                        "extern_entry: all externs of PNA have entities of their own; docs/p4runtime.md lists them");
        };
    }

    private static void modifies(Update.Type type, String what) throws EntityFault {
        if (type != Update.Type.MODIFY) {
            throw EntityFault.invalid("type=" + type + ": " + what + " are there from the begin; use MODIFY");
        }
    }

    private List<Change> tableEntry(Update.Type type, TableEntry entry) throws EntityFault {
        TableLink table = program.table(entry.getTableId());
        if (entry.getIsConst()) throw EntityFault.invalid("is_const: only programs make such entries; leave it out");
        if (entry.getIsDefaultAction()) return defaultAction(type, entry, table);
        boolean fixed = table.info().getIsConstTable();
        return switch (type) {
            case INSERT -> {
                refuseWhere(fixed, table);
                yield insert(entry, table);
            }
            case MODIFY -> {
                refuseWhere(fixed && entry.hasAction(), table);
                yield modify(entry, table, fixed);
            }
            case DELETE -> {
                refuseWhere(fixed, table);
                yield List.of(new Change.Delete(table.schema().name(), EntryCodec.key(entry, table)));
            }
            case UNSPECIFIED, UNRECOGNIZED ->
                throw EntityFault.invalid("type: is missing; give INSERT, MODIFY or DELETE");
        };
    }

    private static void refuseWhere(boolean refused, TableLink table) throws EntityFault {
        if (refused) {
            throw new EntityFault(
                    Code.PERMISSION_DENIED,
                    table.name() + ": its entries are constant; only their counters and meters change");
        }
    }

    private static List<Change> defaultAction(Update.Type type, TableEntry entry, TableLink table) throws EntityFault {
        if (type != Update.Type.MODIFY) {
            throw EntityFault.invalid("type=" + type + ": a default entry is always there; use MODIFY");
        }
        if (entry.getMatchCount() != 0 || entry.getPriority() != 0) {
            throw EntityFault.invalid(
                    "is_default_action: a default entry matches what no other does; leave match and priority out");
        }
        if (entry.getIdleTimeoutNs() != 0 || entry.hasTimeSinceLastHit()) {
            throw EntityFault.invalid("is_default_action: a default entry does not idle; leave idle_timeout_ns out");
        }
        if (entry.hasMeterConfig() || entry.hasCounterData() || entry.hasMeterCounterData()) {
            throw EntityFault.invalid(
                    "is_default_action: a default entry has no counters and meters here; leave them out");
        }
        if (table.info().getConstDefaultActionId() != 0) {
            throw new EntityFault(Code.PERMISSION_DENIED, table.name() + ": its default action is constant");
        }
        Call call = entry.hasAction() ? ActionCodec.call(entry.getAction(), table, true) : null;
        return List.of(new Change.SetMiss(table.schema().name(), call));
    }

    private List<Change> insert(TableEntry entry, TableLink table) throws EntityFault {
        if (table.fields().isEmpty()) {
            throw EntityFault.invalid(table.name() + ": has no key and no entries; modify its default entry");
        }
        if (!entry.hasAction()) throw EntityFault.invalid(table.name() + ": a new entry has an action; give one");
        EntryKey key = EntryCodec.key(entry, table);
        EntryOptions options = EntryCodec.options(entry, table);
        List<Change> changes = new ArrayList<>();
        String name = table.schema().name();
        changes.add(
                switch (ActionCodec.doing(entry.getAction(), table, program.profileOf(table))) {
                    case Doing.One one -> new Change.Insert(name, key, one.call(), options);
                    case Doing.OneOf of -> new Change.InsertSet(name, key, of.set(), options);
                });
        direct(entry, table, key, false, changes);
        return changes;
    }

    private List<Change> modify(TableEntry entry, TableLink table, boolean fixed) throws EntityFault {
        EntryKey key = EntryCodec.key(entry, table);
        EntryOptions options = EntryCodec.options(entry, table);
        List<Change> changes = new ArrayList<>();
        if (!fixed) {
            Doing doing = entry.hasAction()
                    ? ActionCodec.doing(entry.getAction(), table, program.profileOf(table))
                    : new Doing.One(null);
            String name = table.schema().name();
            changes.add(
                    switch (doing) {
                        case Doing.One one -> new Change.Modify(name, key, one.call(), options);
                        case Doing.OneOf of -> new Change.ModifySet(name, key, of.set(), options);
                    });
        }
        direct(entry, table, key, true, changes);
        return changes;
    }

    /** @param whole whether a meter that is not named is set back */
    private void direct(TableEntry entry, TableLink table, EntryKey key, boolean whole, List<Change> changes)
            throws EntityFault {
        Change.Place place = new Change.Place.OfEntry(table.schema().name(), key);
        CellSchema meter = directCell(table, Kind.DIRECT_METER), counter = directCell(table, Kind.DIRECT_COUNTER);
        if (entry.hasMeterConfig() || (whole && meter != null)) {
            changes.add(new Change.SetMeter(
                    named(meter, table, "meter"), place, rates(entry.hasMeterConfig(), entry.getMeterConfig())));
        }
        if (entry.hasMeterCounterData()) {
            changes.add(colored(named(meter, table, "meter"), place, entry.getMeterCounterData()));
        }
        if (entry.hasCounterData()) {
            changes.add(counted(named(counter, table, "counter"), place, entry.getCounterData()));
        }
    }

    /** The first counter or meter that the entries of a table have. */
    @Nullable
    CellSchema directCell(TableLink table, Kind kind) {
        for (int id : table.info().getDirectResourceIdsList()) {
            CellSchema cell = program.direct(id);
            if (cell != null && cell.kind() == kind) return cell;
        }
        return null;
    }

    private static String named(@Nullable CellSchema cell, TableLink table, String what) throws EntityFault {
        if (cell == null) {
            throw EntityFault.invalid(table.name() + ": its entries have no " + what + "; leave it out");
        }
        return cell.name();
    }

    private static Change colored(String meter, Change.Place place, MeterCounterData data) throws EntityFault {
        for (CounterData each : List.of(data.getGreen(), data.getYellow(), data.getRed())) checkCount(meter, each);
        MeterCounts counts = new MeterCounts(
                data.getGreen().getPacketCount(),
                data.getGreen().getByteCount(),
                data.getYellow().getPacketCount(),
                data.getYellow().getByteCount(),
                data.getRed().getPacketCount(),
                data.getRed().getByteCount());
        return new Change.SetMeterCounts(meter, place, counts);
    }

    private static void checkCount(String what, CounterData data) throws EntityFault {
        if (data.getPacketCount() < 0 || data.getByteCount() < 0) {
            throw EntityFault.invalid(what + ": counts are not negative; give 0 or more");
        }
    }

    private static Change counted(String counter, Change.Place place, CounterData data) throws EntityFault {
        checkCount(counter, data);
        return new Change.SetCounter(counter, place, data.getPacketCount(), data.getByteCount());
    }

    private static @Nullable MeterRates rates(boolean given, MeterConfig config) throws EntityFault {
        if (!given) return null;
        if (config.getEburst() != 0) {
            throw EntityFault.invalid("eburst: meters have two rates and three colours; leave it out");
        }
        try {
            return new MeterRates(config.getCir(), config.getCburst(), config.getPir(), config.getPburst());
        } catch (IllegalArgumentException e) {
            throw EntityFault.invalid(String.valueOf(e.getMessage()));
        }
    }

    private List<Change> counter(CounterEntry entry) throws EntityFault {
        CellSchema counter = program.cell(Kind.COUNTER, entry.getCounterId());
        Change.Place place = place(entry.hasIndex(), entry.getIndex(), counter);
        return entry.hasData() ? List.of(counted(counter.name(), place, entry.getData())) : List.of();
    }

    private List<Change> directCounter(DirectCounterEntry entry) throws EntityFault {
        TableLink table = program.table(entry.getTableEntry().getTableId());
        String counter = named(directCell(table, Kind.DIRECT_COUNTER), table, "counter");
        Change.Place place = ofEntry(entry.getTableEntry(), table);
        return entry.hasData() ? List.of(counted(counter, place, entry.getData())) : List.of();
    }

    private static Change.Place ofEntry(TableEntry entry, TableLink table) throws EntityFault {
        return new Change.Place.OfEntry(table.schema().name(), EntryCodec.key(entry, table));
    }

    private List<Change> meter(MeterEntry entry) throws EntityFault {
        CellSchema meter = program.cell(Kind.METER, entry.getMeterId());
        Change.Place place = place(entry.hasIndex(), entry.getIndex(), meter);
        MeterRates rates = rates(entry.hasConfig(), entry.getConfig());
        Change set = new Change.SetMeter(meter.name(), place, rates);
        return entry.hasCounterData()
                ? List.of(set, colored(meter.name(), place, entry.getCounterData()))
                : List.of(set);
    }

    private List<Change> directMeter(DirectMeterEntry entry) throws EntityFault {
        TableLink table = program.table(entry.getTableEntry().getTableId());
        String meter = named(directCell(table, Kind.DIRECT_METER), table, "meter");
        Change.Place place = ofEntry(entry.getTableEntry(), table);
        Change set = new Change.SetMeter(meter, place, rates(entry.hasConfig(), entry.getConfig()));
        return entry.hasCounterData() ? List.of(set, colored(meter, place, entry.getCounterData())) : List.of(set);
    }

    private List<Change> register(RegisterEntry entry) throws EntityFault {
        CellSchema register = program.cell(Kind.REGISTER, entry.getRegisterId());
        Change.Place place = place(entry.hasIndex(), entry.getIndex(), register);
        if (!entry.hasData()) throw EntityFault.invalid(register.name() + ": data is missing; give it");
        var type = program.registerType(entry.getRegisterId());
        return List.of(
                new Change.SetRegister(register.name(), place, data.number(type, entry.getData(), register.name())));
    }

    private static Change.Place place(boolean given, Index index, CellSchema cell) throws EntityFault {
        return given ? new Change.Place.Index(index(index, cell)) : new Change.Place.All();
    }

    static int index(Index index, CellSchema cell) throws EntityFault {
        long at = index.getIndex();
        if (at < 0) throw EntityFault.invalid(cell.name() + ": index=" + at + "; give one from 0");
        if (at >= cell.resource().size()) {
            throw new EntityFault(
                    Code.OUT_OF_RANGE,
                    cell.name() + ": index=" + at + ", size=" + cell.resource().size() + "; give a smaller one");
        }
        return (int) at;
    }
}
