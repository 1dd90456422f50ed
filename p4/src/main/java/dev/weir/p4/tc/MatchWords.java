package dev.weir.p4.tc;

import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what an entry of a table, or a member of a value set, matches. */
final class MatchWords {
    private final List<TableSchema.Key> keys;
    private final List<String> options;
    private final TcValues values;
    private final Words words;

    /** @param options words that may follow the keys */
    MatchWords(List<TableSchema.Key> keys, List<String> options, TcValues values, Words words) {
        this.keys = keys;
        this.options = options;
        this.values = values;
        this.words = words;
    }

    /** All keys, by name; exact ones have to be there. */
    List<Match> matches() throws TcFault {
        Map<TableSchema.Key, Match> given = new HashMap<>();
        while (!words.isAtEnd() && given.size() < keys.size() && !isOption()) {
            Words.Word name = words.take("a key");
            TableSchema.Key key = words.find(name, name.text(), "key", keys, TableSchema.Key::name);
            Words.Word value = words.take("a value of the key " + key.name());
            try {
                if (given.put(key, values.parse(key, value.text())) != null) {
                    throw words.fault(name, "this key was given before; give it once");
                }
            } catch (IllegalArgumentException e) {
                throw words.fault(value, String.valueOf(e.getMessage()));
            }
        }
        List<Match> matches = new ArrayList<>();
        for (TableSchema.Key key : keys) {
            Match match = given.containsKey(key) ? given.get(key) : TableSchema.anything(key);
            if (match == null) {
                Words.Word here =
                        words.isAtEnd() ? new Words.Word("", words.line().length()) : words.take("a key");
                throw words.fault(here, "the key '" + key.name() + "' is missing, which is exact; give it");
            }
            matches.add(match);
        }
        return matches;
    }

    /** A key may be called like an option; then it has to come before all options. */
    private boolean isOption() {
        return options.stream()
                .anyMatch(option -> words.is(option)
                        && keys.stream().noneMatch(key -> key.name().equals(option)));
    }
}
