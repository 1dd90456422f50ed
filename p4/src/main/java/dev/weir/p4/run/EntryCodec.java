package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.table.match.FieldMatch;
import dev.weir.table.match.KeyLayout;
import dev.weir.table.match.MatchKey;
import dev.weir.table.match.TableKind;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys, calls and cells of a table's entries, as the IR has them and as they stand in memory. Immutable; any thread; allocates. What does not fit the table throws an
 * {@link IllegalArgumentException} that says why.
 */
public final class EntryCodec {
    private final Pipeline pipeline;
    private final Table table;
    private final EntryLayout layout;
    /** Null for a table without keys. */
    private final @Nullable KeyLayout keys;

    public EntryCodec(Pipeline pipeline, Table table) {
        this.pipeline = pipeline;
        this.table = table;
        layout = EntryLayout.of(pipeline, table);
        keys = table.keys().isEmpty() ? null : ProgramState.keyLayout(table);
    }

    public Table table() {
        return table;
    }

    /** Of a table that has keys. */
    public KeyLayout keys() {
        if (keys == null) throw new IllegalArgumentException(table.name() + ": it has no keys, so no entries");
        return keys;
    }

    /** How many words a key has. */
    public int keyWords() {
        return keys == null ? 0 : keys.words();
    }

    /** How many words the payload of an entry has. */
    public int words() {
        return layout.words();
    }

    /** Whether priorities decide. */
    public boolean isOrdered() {
        return keys != null && keys.kind() == TableKind.TERNARY;
    }

    /** In the IR the lowest number wins, in tables the highest. */
    public int priority(@Nullable Integer priority) {
        return isOrdered() ? Integer.MAX_VALUE - (priority == null ? 0 : priority) : 0;
    }

    /** Of an entry in a table, as the IR has it; null where there are no priorities. */
    public @Nullable Integer written(int priority) {
        return isOrdered() ? (Integer) (Integer.MAX_VALUE - priority) : null;
    }

    /** The payload of a new entry, but for what the table itself puts there. */
    public long[] payload(Table.Call call, int permissions, boolean template) {
        long[] payload = new long[layout.words()];
        payload[0] = EntryLayout.permissionBits(permissions) | (template ? EntryLayout.TEMPLATE : 0);
        put(payload, call);
        return payload;
    }

    /** Word 0, with nothing but the number of the action in it, and arguments, as {@link EntryUpdate} has them. */
    public long[] words(Table.Call call) {
        long[] words = new long[EntryLayout.ARGUMENTS + layout.argumentWords()];
        put(words, call);
        return words;
    }

    private void put(long[] words, Table.Call call) {
        words[0] |= table.actionNumber(call.action());
        List<Pipeline.Parameter> parameters = action(call.action()).parameters();
        for (int i = 0; i < parameters.size(); i++) {
            int at = layout.argument(call.action(), parameters.get(i).name());
            for (int limb = 0; limb < Wide.limbs(parameters.get(i).width()); limb++) {
                words[at + limb] = Cells.limb(call.arguments().get(i), limb);
            }
        }
    }

    /** What an entry does. */
    public Table.Call call(long[] payload) {
        return call(MemorySegment.ofArray(payload), 0);
    }

    /** A direct counter's packets and bytes. */
    public long[] counted(long[] payload, String counter) {
        int at = layout.resource(counter);
        return new long[] {payload[at], payload[at + 1]};
    }

    public @Nullable MeterRates rates(long[] payload, String meter) {
        return Meters.rates(MemorySegment.ofArray(payload), 8L * layout.resource(meter));
    }

    public BigInteger register(long[] payload, Resource.Register register) {
        int at = layout.resource(register.name());
        return Cells.number(MemorySegment.ofArray(payload), 8L * at, Wide.limbs(register.width()));
    }

    /** Fails when an action cannot be used there, or the arguments do not fit it. */
    public void check(Table.Call call, Table.Scope forbidden) {
        int number = table.actionNumber(call.action());
        if (number < 0 || table.actions().get(number).scope() == forbidden) {
            throw new IllegalArgumentException(
                    table.name() + ": " + call.action() + " cannot be used here; its actions are " + table.actions());
        }
        List<Pipeline.Parameter> parameters = action(call.action()).parameters();
        boolean fits = parameters.size() == call.arguments().size();
        for (int i = 0; fits && i < parameters.size(); i++) {
            BigInteger argument = call.arguments().get(i);
            fits = argument.signum() >= 0
                    && argument.bitLength() <= parameters.get(i).width();
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    call.action() + ": the arguments " + call.arguments() + " do not fit its parameters " + parameters);
        }
    }

    Table.Call call(MemorySegment s, long at) {
        String name = table.actions()
                .get((int) (s.get(JAVA_LONG, at) & EntryLayout.ACTION))
                .action();
        List<BigInteger> arguments = new ArrayList<>();
        for (Pipeline.Parameter parameter : action(name).parameters()) {
            long word = at + 8L * layout.argument(name, parameter.name());
            arguments.add(Cells.number(s, word, Wide.limbs(parameter.width())));
        }
        return new Table.Call(name, arguments);
    }

    public MatchKey key(List<Match> matches) {
        if (matches.size() != table.keys().size()) {
            throw new IllegalArgumentException(table.name() + ": " + matches.size() + " matches for "
                    + table.keys().size() + " keys");
        }
        List<FieldMatch> fields = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) fields.add(field(table.keys().get(i), matches.get(i)));
        return MatchKey.of(keys(), fields);
    }

    private static FieldMatch field(Table.Key key, Match match) {
        int width = key.value().width();
        return switch (match) {
            case Match.Exactly m ->
                key.kind() == Table.MatchKind.LPM
                        ? new FieldMatch.Lpm(m.number(), width)
                        : key.kind() == Table.MatchKind.TERNARY
                                ? new FieldMatch.Ternary(m.number(), Value.mask(width))
                                : new FieldMatch.Exact(m.number());
            case Match.Masked m ->
                key.kind() == Table.MatchKind.LPM
                        ? new FieldMatch.Lpm(m.number(), m.mask().bitCount())
                        : new FieldMatch.Ternary(m.number(), m.mask());
            case Match.Range m -> new FieldMatch.Range(m.low(), m.high());
            case Match.Any _ ->
                key.kind() == Table.MatchKind.LPM ? new FieldMatch.Lpm(BigInteger.ZERO, 0) : new FieldMatch.Any();
        };
    }

    public List<Match> matches(MatchKey key) {
        List<Match> matches = new ArrayList<>();
        List<FieldMatch> fields = key.fields();
        for (int i = 0; i < fields.size(); i++) {
            int width = table.keys().get(i).value().width();
            matches.add(
                    switch (fields.get(i)) {
                        case FieldMatch.Exact m -> new Match.Exactly(m.value());
                        case FieldMatch.Lpm m ->
                            new Match.Masked(m.value(), Value.mask(m.prefix()).shiftLeft(width - m.prefix()));
                        case FieldMatch.Ternary m -> new Match.Masked(m.value(), m.mask());
                        case FieldMatch.Range m -> new Match.Range(m.low(), m.high());
                        case FieldMatch.Any _ -> new Match.Any();
                    });
        }
        return matches;
    }

    private Pipeline.Action action(String name) {
        return pipeline.actions().stream()
                .filter(action -> action.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
