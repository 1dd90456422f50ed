package dev.weir.cli.p4;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.weir.api.v1.ActionSet;
import dev.weir.api.v1.Entry;
import dev.weir.api.v1.EntryAuthor;
import dev.weir.api.v1.KeyMatch;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.ProgramEvent.Kind;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.tc.TcValues;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Entries of a daemon's program as its control plane has them, made of messages. Immutable. */
final class RemoteEntries {
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** What stands for the number of a group that is an entry's own. */
    private static final long OWN = -1;

    private final RemoteProgram program;
    private final TcValues values;

    RemoteEntries(RemoteProgram program) {
        this.program = program;
        values = new TcValues(program.ports());
    }

    EntryState state(Entry entry) {
        TableSchema table = program.table(entry.getName().getTable());
        Map<String, EntryState.Counted> counters = new HashMap<>();
        entry.getCountersMap()
                .forEach((name, counted) ->
                        counters.put(name, new EntryState.Counted(counted.getPackets(), counted.getBytes())));
        Map<String, MeterRates> meters = new HashMap<>();
        entry.getMetersMap().forEach((name, rates) -> meters.put(name, rates(rates)));
        Map<String, BigInteger> registers = new HashMap<>();
        entry.getRegistersMap().forEach((name, value) -> registers.put(name, new BigInteger(value.substring(2), 16)));
        return new EntryState(
                table,
                key(table, entry),
                call(table, entry),
                RemoteProgram.permissions(entry.getPermissions()),
                origin(entry.getCreatedBy()),
                entry.hasUpdatedBy() ? origin(entry.getUpdatedBy()) : null,
                nanos(entry.getCreated()),
                nanos(entry.getUpdated()),
                nanos(entry.getFirstUsed()),
                nanos(entry.getLastUsed()),
                nanos(entry.getRead()),
                nanos(entry.getAging()),
                entry.getConstant(),
                entry.getTemplateMade(),
                entry.getMetadata(),
                counters,
                meters,
                Map.of(),
                registers,
                entry.hasSet() ? set(table, entry.getSet()) : null);
    }

    private Table.Call call(TableSchema table, Entry entry) {
        return switch (entry.getReferenceCase()) {
            case MEMBER -> Table.Call.member(entry.getMember());
            case GROUP -> Table.Call.group(entry.getGroup());
            case SET -> Table.Call.group(OWN);
            case REFERENCE_NOT_SET -> RemoteProgram.call(entry.getAction(), table.actions(), values);
        };
    }

    private List<WeightedCall> set(TableSchema table, ActionSet set) {
        return set.getActionsList().stream()
                .map(each -> new WeightedCall(
                        RemoteProgram.call(each.getAction(), table.actions(), values),
                        each.getWeight(),
                        program.ports().number(each.getWatch())))
                .toList();
    }

    static MeterRates rates(dev.weir.api.v1.MeterRates rates) {
        return new MeterRates(
                rates.getCommittedRate(), rates.getCommittedBurst(), rates.getPeakRate(), rates.getPeakBurst());
    }

    /** What a daemon told. */
    ProgramEvent event(dev.weir.api.v1.ProgramEvent event) {
        long at = nanos(event.getTime());
        Origin by = origin(event.getBy());
        return switch (event.getKind()) {
            case CREATED -> new ProgramEvent.OfEntry(Kind.CREATED, state(event.getEntry()), by, at);
            case UPDATED -> new ProgramEvent.OfEntry(Kind.UPDATED, state(event.getEntry()), by, at);
            case DELETED -> new ProgramEvent.OfEntry(Kind.DELETED, state(event.getEntry()), by, at);
            case IDLE -> new ProgramEvent.OfEntry(Kind.IDLE, state(event.getEntry()), by, at);
            case FLUSHED ->
                new ProgramEvent.Flushed(program.table(event.getTable()), Math.toIntExact(event.getEntries()), by, at);
            default -> new ProgramEvent.OfDigest(event.getDigest(), digest(event), at);
        };
    }

    private List<BigInteger> digest(dev.weir.api.v1.ProgramEvent event) {
        List<BigInteger> fields = new ArrayList<>();
        for (ProgramSchema.Digest digest : program.schema().digests()) {
            if (!digest.name().equals(event.getDigest())) continue;
            for (int i = 0; i < event.getFieldsCount(); i++) {
                TableSchema.Parameter field = digest.fields().get(i);
                fields.add(values.parse(
                        field.type(), field.bits(), event.getFields(i).getValue()));
            }
        }
        return fields;
    }

    private EntryKey key(TableSchema table, Entry entry) {
        List<Match> matches = matches(table.keys(), entry.getName().getMatchesList(), values);
        return new EntryKey(
                matches, entry.getName().hasPriority() ? entry.getName().getPriority() : null);
    }

    /** Of what is not said everything matches. */
    static List<Match> matches(List<TableSchema.Key> keys, List<KeyMatch> told, TcValues values) {
        Map<String, String> said = new HashMap<>();
        for (KeyMatch match : told) said.put(match.getKey(), match.getValue());
        List<Match> matches = new ArrayList<>();
        for (TableSchema.Key key : keys) matches.add(values.parse(key, said.getOrDefault(key.name(), "*")));
        return matches;
    }

    static Origin origin(EntryAuthor author) {
        Author who = switch (author.getKind()) {
            case DATA_PATH -> Author.DATA_PATH;
            case TIMER -> Author.TIMER;
            default -> Author.CONTROL;
        };
        return new Origin(who, author.getProcess(), author.getPid());
    }

    static long nanos(Timestamp time) {
        return time.getSeconds() * SECOND_NANOS + time.getNanos();
    }

    private static long nanos(Duration duration) {
        return duration.getSeconds() * SECOND_NANOS + duration.getNanos();
    }
}
