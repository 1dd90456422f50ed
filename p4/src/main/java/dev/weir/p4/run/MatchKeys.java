package dev.weir.p4.run;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Table.MatchKind;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.ValueSet;
import dev.weir.table.match.FieldMatch;
import dev.weir.table.match.KeyField;
import dev.weir.table.match.KeyLayout;
import dev.weir.table.match.MatchKey;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Keys of match tables for the matches of entries, and the matches of keys. Immutable; any thread. */
public final class MatchKeys {
    private final String owner;
    private final List<MatchField> fields;
    private final KeyLayout layout;

    /** @param owner named in exceptions */
    MatchKeys(String owner, List<MatchField> fields) {
        this.owner = owner;
        this.fields = fields;
        layout = layout(fields);
    }

    /** Where fields stand in a key; they are named by their numbers. */
    public static KeyLayout layout(List<MatchField> fields) {
        List<KeyField> named = new ArrayList<>();
        for (MatchField field : fields) {
            var kind = dev.weir.table.match.MatchKind.valueOf(field.kind().name());
            named.add(new KeyField(named.size() + " " + field.name(), field.width(), kind));
        }
        return KeyLayout.of(named);
    }

    /**
     * Whether these can be members of a set.
     *
     * @throws IllegalArgumentException which says why not
     */
    public static void check(ValueSet set, List<List<Match>> members) {
        MatchKeys keys = new MatchKeys(set.name(), set.fields());
        members.forEach(keys::key);
    }

    KeyLayout layout() {
        return layout;
    }

    /** Throws an {@link IllegalArgumentException} when the matches do not fit the fields. */
    MatchKey key(List<Match> matches) {
        if (matches.size() != fields.size()) {
            throw new IllegalArgumentException(
                    owner + ": " + matches.size() + " matches for " + fields.size() + " keys");
        }
        List<FieldMatch> key = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) key.add(field(fields.get(i), matches.get(i)));
        return MatchKey.of(layout, key);
    }

    private static FieldMatch field(MatchField field, Match match) {
        int width = field.width();
        return switch (match) {
            case Match.Exactly m ->
                switch (field.kind()) {
                    case LPM -> new FieldMatch.Lpm(m.number(), width);
                    case TERNARY -> new FieldMatch.Ternary(m.number(), Value.mask(width));
                    case EXACT, RANGE, OPTIONAL -> new FieldMatch.Exact(m.number());
                };
            case Match.Masked m ->
                field.kind() == MatchKind.LPM
                        ? new FieldMatch.Lpm(m.number(), m.mask().bitCount())
                        : new FieldMatch.Ternary(m.number(), m.mask());
            case Match.Range m -> new FieldMatch.Range(m.low(), m.high());
            case Match.Any _ ->
                field.kind() == MatchKind.LPM ? new FieldMatch.Lpm(BigInteger.ZERO, 0) : new FieldMatch.Any();
        };
    }

    List<Match> matches(MatchKey key) {
        List<Match> matches = new ArrayList<>();
        List<FieldMatch> found = key.fields();
        for (int i = 0; i < found.size(); i++) {
            int width = fields.get(i).width();
            matches.add(
                    switch (found.get(i)) {
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
}
