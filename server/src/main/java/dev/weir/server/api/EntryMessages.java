package dev.weir.server.api;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.weir.api.v1.ActionCall;
import dev.weir.api.v1.Argument;
import dev.weir.api.v1.Counted;
import dev.weir.api.v1.Entry;
import dev.weir.api.v1.EntryAuthor;
import dev.weir.api.v1.EntryName;
import dev.weir.api.v1.KeyMatch;
import dev.weir.api.v1.MeterRates;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.Origin;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.ValueText;
import java.math.BigInteger;

/** Entries as messages. Immutable; any thread. */
final class EntryMessages {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final ValueText text;

    EntryMessages(PortNames ports) {
        text = new ValueText(ports);
    }

    Entry entry(EntryState state) {
        Entry.Builder entry = Entry.newBuilder()
                .setName(name(state.table(), state.key()))
                .setAction(call(state.table(), state.call()))
                .setPermissions(state.permissions().toString())
                .setCreatedBy(author(state.created()))
                .setCreated(time(state.createdAt()))
                .setLastUsed(time(state.lastUsedAt()))
                .setRead(time(state.readAt()))
                .setConstant(state.constant())
                .setTemplateMade(state.template())
                .setMetadata(state.metadata());
        if (state.updated() != null) entry.setUpdatedBy(author(state.updated()));
        if (state.updatedAt() != 0) entry.setUpdated(time(state.updatedAt()));
        if (state.firstUsedAt() != 0) entry.setFirstUsed(time(state.firstUsedAt()));
        if (state.isDynamic()) entry.setAging(duration(state.lifetimeNanos()));
        state.counters().forEach((name, counted) -> entry.putCounters(name, counted(counted)));
        state.meters().forEach((name, rates) -> entry.putMeters(name, rates(rates)));
        state.registers().forEach((name, value) -> entry.putRegisters(name, hex(value)));
        return entry.build();
    }

    private EntryName name(TableSchema table, EntryKey key) {
        EntryName.Builder name = EntryName.newBuilder().setTable(table.path());
        for (int i = 0; i < key.matches().size(); i++) {
            TableSchema.Key its = table.keys().get(i);
            name.addMatches(KeyMatch.newBuilder()
                    .setKey(its.name())
                    .setValue(text.of(its, key.matches().get(i))));
        }
        if (key.priority() != null) name.setPriority(key.priority());
        return name.build();
    }

    ActionCall call(TableSchema table, Table.Call call) {
        TableSchema.Action action = table.action(call.action());
        ActionCall.Builder message = ActionCall.newBuilder().setAction(action == null ? call.action() : action.path());
        for (int i = 0; action != null && i < call.arguments().size(); i++) {
            message.addArguments(
                    argument(action.parameters().get(i), call.arguments().get(i)));
        }
        return message.build();
    }

    Argument argument(TableSchema.Parameter parameter, BigInteger value) {
        return Argument.newBuilder()
                .setName(parameter.name())
                .setValue(text.of(parameter.type(), parameter.bits(), value))
                .build();
    }

    static EntryAuthor author(Origin origin) {
        return EntryAuthor.newBuilder()
                .setKind(kind(origin.author()))
                .setProcess(origin.process())
                .setPid(origin.pid())
                .build();
    }

    private static EntryAuthor.Kind kind(Author author) {
        return switch (author) {
            case DATA_PATH -> EntryAuthor.Kind.DATA_PATH;
            case TIMER -> EntryAuthor.Kind.TIMER;
            case CONTROL -> EntryAuthor.Kind.CONTROL;
        };
    }

    static Counted counted(EntryState.Counted counted) {
        return Counted.newBuilder()
                .setPackets(counted.packets())
                .setBytes(counted.bytes())
                .build();
    }

    static MeterRates rates(dev.weir.p4.run.MeterRates rates) {
        return MeterRates.newBuilder()
                .setCommittedRate(rates.committedRate())
                .setCommittedBurst(rates.committedBurst())
                .setPeakRate(rates.peakRate())
                .setPeakBurst(rates.peakBurst())
                .build();
    }

    static String hex(BigInteger value) {
        return "0x" + value.toString(16);
    }

    static Timestamp time(long nanos) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(nanos, SECOND_NANOS))
                .setNanos((int) Math.floorMod(nanos, SECOND_NANOS))
                .build();
    }

    static Duration duration(long nanos) {
        return Duration.newBuilder()
                .setSeconds(nanos / SECOND_NANOS)
                .setNanos((int) (nanos % SECOND_NANOS))
                .build();
    }
}
