package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.table.match.KeyLayout;
import dev.weir.table.match.MatchKey;
import dev.weir.table.match.TableKind;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys, calls and cells of a table's entries, as the IR has them and as they stand in memory. Immutable; any thread; allocates. What does not fit the table throws an
 * {@link IllegalArgumentException} that says why.
 */
public final class EntryCodec {
    private final Table table;
    private final EntryLayout layout;
    private final @Nullable MatchKeys matching;
    private final CallWords calls;

    public EntryCodec(Pipeline pipeline, Table table) {
        this.table = table;
        layout = EntryLayout.of(pipeline, table);
        matching = table.keys().isEmpty() ? null : new MatchKeys(table.name(), table.fields());
        calls = new CallWords(pipeline);
    }

    public Table table() {
        return table;
    }

    public KeyLayout keys() {
        return matching().layout();
    }

    /** How many words a key has; none where there are no entries. */
    public int keyWords() {
        return matching == null ? 0 : matching.layout().words();
    }

    /** How many words the payload of an entry has. */
    public int words() {
        return layout.words();
    }

    /** Whether priorities decide. */
    public boolean isOrdered() {
        return !table.keys().isEmpty() && keys().kind() == TableKind.TERNARY;
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
        if (call.refers()) {
            words[0] |= call.action().equals(Table.Call.GROUP) ? EntryLayout.GROUP : 0;
            words[EntryLayout.REFERENCE] = call.arguments().getFirst().longValue();
        } else {
            calls.put(MemorySegment.ofArray(words), 0, words[0] | table.actionNumber(call.action()), call);
        }
    }

    /** What an entry does. */
    public Table.Call call(long[] payload) {
        return call(MemorySegment.ofArray(payload), 0);
    }

    /** What is done on a miss, of {@link #words}. */
    public Table.Call defaultCall(long[] words) {
        String action =
                table.actions().get((int) (words[0] & EntryLayout.ACTION)).action();
        return calls.get(MemorySegment.ofArray(words), 0, action);
    }

    /** A direct counter's packets and bytes. */
    public long[] counted(long[] payload, String counter) {
        int at = layout.resource(counter);
        return new long[] {payload[at], payload[at + 1]};
    }

    public @Nullable MeterRates rates(long[] payload, String meter) {
        return Meters.rates(MemorySegment.ofArray(payload), 8L * layout.resource(meter));
    }

    /** What a direct meter has coloured. */
    public MeterCounts colored(long[] payload, String meter) {
        return Meters.counts(MemorySegment.ofArray(payload), 8L * layout.resource(meter));
    }

    public BigInteger register(long[] payload, Resource.Register register) {
        int at = layout.resource(register.name());
        return Cells.number(MemorySegment.ofArray(payload), 8L * at, Wide.limbs(register.width()));
    }

    /** Fails when an action, or a member, cannot be used there, or the arguments do not fit it. */
    public void check(Table.Call call, Table.Scope forbidden) {
        boolean refers = table.implementation() != null && forbidden == Table.Scope.DEFAULT_ONLY;
        if (refers != call.refers()) {
            throw new IllegalArgumentException(table.name() + ": "
                    + (refers ? "an entry refers to a member or a group here" : "there are no members here"));
        }
        if (refers) return;
        int number = table.actionNumber(call.action());
        if (number < 0 || table.actions().get(number).scope() == forbidden) {
            throw new IllegalArgumentException(
                    table.name() + ": " + call.action() + " cannot be used here; its actions are " + table.actions());
        }
        calls.check(call);
    }

    Table.Call call(MemorySegment s, long at) {
        long word = s.get(JAVA_LONG, at);
        if (table.implementation() != null) {
            long number = s.get(JAVA_LONG, at + 8L * EntryLayout.REFERENCE);
            return (word & EntryLayout.GROUP) != 0 ? Table.Call.group(number) : Table.Call.member(number);
        }
        return calls.get(
                s, at, table.actions().get((int) (word & EntryLayout.ACTION)).action());
    }

    public MatchKey key(List<Match> matches) {
        return matching().key(matches);
    }

    public List<Match> matches(MatchKey key) {
        return matching().matches(key);
    }

    private MatchKeys matching() {
        if (matching == null) throw new IllegalArgumentException(table.name() + ": it has no keys, so no entries");
        return matching;
    }
}
