package dev.weir.cli.p4;

import com.google.protobuf.Duration;
import dev.weir.api.v1.ActionCall;
import dev.weir.api.v1.ActionSet;
import dev.weir.api.v1.Argument;
import dev.weir.api.v1.EntryLifetime;
import dev.weir.api.v1.EntryName;
import dev.weir.api.v1.EntryWish;
import dev.weir.api.v1.KeyMatch;
import dev.weir.api.v1.SetTableRequest;
import dev.weir.api.v1.WeightedAction;
import dev.weir.api.v1.WriteCellsRequest;
import dev.weir.api.v1.WriteEntriesRequest;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.EntryOptions;
import dev.weir.p4.control.Lifetime;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.ProfileRun.WeightedCall;
import dev.weir.p4.tc.Permissions;
import dev.weir.p4.tc.ValueText;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What commands want of a daemon's program, as messages. Immutable. */
final class ChangeMessages {
    private static final long SECOND_NANOS = 1_000_000_000L, MILLI_NANOS = 1_000_000L;

    private final RemoteProgram program;
    private final ValueText text;

    ChangeMessages(RemoteProgram program) {
        this.program = program;
        text = new ValueText(program.ports());
    }

    /** Adds a change to the request that it belongs into. */
    void add(
            Change change,
            String filter,
            WriteEntriesRequest.Builder entries,
            WriteCellsRequest.Builder cells,
            SetTableRequest.Builder attributes) {
        switch (change) {
            case Change.Insert c ->
                entries.addChangesBuilder().setInsert(wish(c.table(), c.key(), c.call(), c.options()));
            case Change.Modify c ->
                entries.addChangesBuilder().setModify(wish(c.table(), c.key(), c.call(), c.options()));
            case Change.InsertSet c ->
                entries.addChangesBuilder().setInsert(wish(c.table(), c.key(), c.set(), c.options()));
            case Change.ModifySet c ->
                entries.addChangesBuilder().setModify(wish(c.table(), c.key(), c.set(), c.options()));
            case Change.SetMember _, Change.SetGroup _, Change.SetSession _, Change.SetValues _ ->
                new MemberMessages(program).put(change, entries.addChangesBuilder());
            case Change.Delete c -> entries.addChangesBuilder().setDelete(name(c.table(), c.key()));
            case Change.Flush c ->
                entries.addChangesBuilder()
                        .getFlushBuilder()
                        .setTable(c.table())
                        .setFilter(filter);
            case Change.SetTable c -> attributes(c, attributes.setTable(c.table()));
            case Change.SetMiss c ->
                attributes.setTable(c.table()).setMiss(call(c.table(), Objects.requireNonNull(c.call())));
            case Change.SetHit c ->
                attributes.setTable(c.table()).setHit(call(c.table(), Objects.requireNonNull(c.call())));
            case Change.SetCounter c ->
                cell(cells, c.counter(), c.place())
                        .getCountedBuilder()
                        .setPackets(c.packets())
                        .setBytes(c.bytes());
            case Change.SetMeter c -> meter(c, cell(cells, c.meter(), c.place()));
            case Change.SetMeterCounts _ ->
                throw new IllegalArgumentException(change + ": no command sets how a meter has coloured");
            case Change.SetRegister c ->
                cell(cells, c.register(), c.place())
                        .setRegister("0x" + c.value().toString(16));
        }
    }

    private static void attributes(Change.SetTable change, SetTableRequest.Builder request) {
        Permissions permissions = change.permissions();
        if (permissions != null) request.setPermissions(permissions.hex());
        change.profiles()
                .forEach((number, nanos) ->
                        request.addProfilesBuilder().setNumber(number).setAging(duration(nanos)));
    }

    private static void meter(Change.SetMeter change, WriteCellsRequest.Change.Builder cell) {
        MeterRates rates = change.rates();
        if (rates == null) {
            cell.setNoRates(true);
            return;
        }
        cell.getRatesBuilder()
                .setCommittedRate(rates.committedRate())
                .setCommittedBurst(rates.committedBurst())
                .setPeakRate(rates.peakRate())
                .setPeakBurst(rates.peakBurst());
    }

    private WriteCellsRequest.Change.Builder cell(WriteCellsRequest.Builder cells, String name, Change.Place place) {
        WriteCellsRequest.Change.Builder cell = cells.addChangesBuilder().setName(name);
        return switch (place) {
            case Change.Place.Index at -> cell.setIndex(at.index());
            case Change.Place.All _ -> cell.setAll(true);
            case Change.Place.OfEntry of -> cell.setEntry(name(of.table(), of.key()));
        };
    }

    EntryName name(String table, EntryKey key) {
        TableSchema schema = program.table(table);
        EntryName.Builder name =
                EntryName.newBuilder().setTable(table).addAllMatches(matches(schema.keys(), key.matches()));
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

    EntryWish wish(String table, EntryKey key, Table.@Nullable Call call, EntryOptions options) {
        EntryWish.Builder wish = wish(table, key, options);
        if (call != null && call.refers()) {
            long number = call.arguments().getFirst().longValue();
            if (call.action().equals(Table.Call.MEMBER)) {
                wish.setMember(number);
            } else {
                wish.setGroup(number);
            }
        } else if (call != null) {
            wish.setAction(call(table, call));
        }
        return wish.build();
    }

    private EntryWish wish(String table, EntryKey key, List<WeightedCall> set, EntryOptions options) {
        ActionSet.Builder actions = ActionSet.newBuilder();
        for (WeightedCall each : set) {
            actions.addActions(WeightedAction.newBuilder()
                    .setAction(call(table, each.call()))
                    .setWeight(each.weight())
                    .setWatch(program.ports().text(each.watch())));
        }
        return wish(table, key, options).setSet(actions).build();
    }

    private EntryWish.Builder wish(String table, EntryKey key, EntryOptions options) {
        EntryWish.Builder wish = EntryWish.newBuilder().setName(name(table, key));
        if (options.permissions() != null)
            wish.setPermissions(options.permissions().hex());
        if (options.metadata() != null) wish.setMetadata(options.metadata());
        EntryLifetime.Builder lifetime = lifetime(options.lifetime());
        return lifetime == null ? wish : wish.setLifetime(lifetime);
    }

    private static EntryLifetime.@Nullable Builder lifetime(Lifetime lifetime) {
        EntryLifetime.Builder message = EntryLifetime.newBuilder();
        return switch (lifetime) {
            case Lifetime.Unsaid _ -> null;
            case Lifetime.Forever _ -> message.setForever(true);
            case Lifetime.Profile p -> message.setProfile(p.number());
            case Lifetime.Aging a -> message.setAging(duration(a.millis() * MILLI_NANOS));
            case Lifetime.Nanos n -> message.setAging(duration(n.nanos()));
        };
    }

    static Duration duration(long nanos) {
        return Duration.newBuilder()
                .setSeconds(nanos / SECOND_NANOS)
                .setNanos((int) (nanos % SECOND_NANOS))
                .build();
    }

    ActionCall call(String table, Table.Call call) {
        return call(Objects.requireNonNull(program.table(table).action(call.action())), call);
    }

    ActionCall call(TableSchema.Action action, Table.Call call) {
        ActionCall.Builder message = ActionCall.newBuilder().setAction(action.path());
        for (int i = 0; i < call.arguments().size(); i++) {
            TableSchema.Parameter parameter = action.parameters().get(i);
            message.addArguments(Argument.newBuilder()
                    .setName(parameter.name())
                    .setValue(text.of(
                            parameter.type(), parameter.bits(), call.arguments().get(i))));
        }
        return message.build();
    }
}
