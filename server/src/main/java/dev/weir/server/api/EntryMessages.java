package dev.weir.server.api;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.weir.api.v1.ActionCall;
import dev.weir.api.v1.ActionSet;
import dev.weir.api.v1.Argument;
import dev.weir.api.v1.Counted;
import dev.weir.api.v1.Entry;
import dev.weir.api.v1.EntryAuthor;
import dev.weir.api.v1.EntryName;
import dev.weir.api.v1.KeyMatch;
import dev.weir.api.v1.MeterRates;
import dev.weir.api.v1.WeightedAction;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.Origin;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.ValueText;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entries as messages. Immutable; any thread. */
final class EntryMessages {
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final PortNames ports;
    private final ValueText text;

    EntryMessages(PortNames ports) {
        this.ports = ports;
        text = new ValueText(ports);
    }

    /** The name of a port that a member watches; empty for none. */
    String watch(int port) {
        return ports.text(port);
    }

    Entry entry(EntryState state) {
        Entry.Builder entry = Entry.newBuilder()
                .setName(name(state.table(), state.key()))
                .setPermissions(state.permissions().toString())
                .setCreatedBy(author(state.created()))
                .setCreated(time(state.createdAt()))
                .setLastUsed(time(state.lastUsedAt()))
                .setRead(time(state.readAt()))
                .setConstant(state.constant())
                .setTemplateMade(state.template())
                .setMetadata(state.metadata());
        put(state, entry);
        if (state.updated() != null) entry.setUpdatedBy(author(state.updated()));
        if (state.updatedAt() != 0) entry.setUpdated(time(state.updatedAt()));
        if (state.firstUsedAt() != 0) entry.setFirstUsed(time(state.firstUsedAt()));
        if (state.isDynamic()) entry.setAging(duration(state.lifetimeNanos()));
        state.counters().forEach((name, counted) -> entry.putCounters(name, counted(counted)));
        state.meters().forEach((name, rates) -> entry.putMeters(name, rates(rates)));
        state.registers().forEach((name, value) -> entry.putRegisters(name, hex(value)));
        return entry.build();
    }

    /** What an entry does, or refers to. */
    private void put(EntryState state, Entry.Builder entry) {
        TableSchema table = state.table();
        if (state.set() != null) {
            ActionSet.Builder set = ActionSet.newBuilder();
            for (WeightedCall each : state.set()) {
                set.addActions(WeightedAction.newBuilder()
                        .setAction(call(table, each.call()))
                        .setWeight(each.weight())
                        .setWatch(watch(each.watch())));
            }
            entry.setSet(set);
        } else if (state.call().refers()) {
            long number = state.call().arguments().getFirst().longValue();
            if (state.call().action().equals(Table.Call.MEMBER)) {
                entry.setMember(number);
            } else if (number >= 0) {
                entry.setGroup(number);
            } else {
                entry.setSet(ActionSet.getDefaultInstance());
            }
        } else {
            entry.setAction(call(table, state.call()));
        }
    }

    private EntryName name(TableSchema table, EntryKey key) {
        EntryName.Builder name =
                EntryName.newBuilder().setTable(table.path()).addAllMatches(matches(table.keys(), key.matches()));
        if (key.priority() != null) name.setPriority(key.priority());
        return name.build();
    }

    List<KeyMatch> matches(List<TableSchema.Key> keys, List<Match> matches) {
        List<KeyMatch> messages = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) {
            messages.add(KeyMatch.newBuilder()
                    .setKey(keys.get(i).name())
                    .setValue(text.of(keys.get(i), matches.get(i)))
                    .build());
        }
        return messages;
    }

    ActionCall call(TableSchema table, Table.Call call) {
        return call(table.action(call.action()), call);
    }

    /** @param action what is called; null where it is not known */
    ActionCall call(TableSchema.@Nullable Action action, Table.Call call) {
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
