package dev.weir.p4.lower;

import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was made so far of a whole program, and the names that are taken. */
final class Output {
    final Diagnostics diagnostics;
    final Pipeline.Builder parts = new Pipeline.Builder();
    private static final int MOST_RANGE_BITS = 64;

    private final Map<Pipeline.Role, Value.Place> roles = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Integer> counts = new HashMap<>();

    Output(Diagnostics diagnostics, List<String> errors) {
        this.diagnostics = diagnostics;
        errors.stream().filter(e -> !parts.errors.contains(e)).forEach(parts.errors::add);
    }

    void unsupported(Span span, String what, @Nullable String help) {
        diagnostics.error(span, "unsupported", what, help);
    }

    /** Tells what of entries no table here can match. */
    void checkFields(List<MatchField> fields, Span span) {
        int bits = 0;
        int prefixes = 0;
        for (MatchField field : fields) {
            bits += (field.width() + 7) & -8;
            if (field.kind() == Table.MatchKind.LPM) prefixes++;
            if (field.kind() == Table.MatchKind.RANGE && field.width() > MOST_RANGE_BITS) {
                String what = "'" + field.name() + "' has " + field.width() + " bits, a range " + MOST_RANGE_BITS;
                unsupported(span, what + " at most", "match it with lpm or ternary");
            }
        }
        if (bits > Value.MOST_BITS) unsupported(span, "keys of more than " + Value.MOST_BITS + " bits", null);
        if (prefixes > 1) unsupported(span, "there is one lpm key at most", "make the others ternary");
    }

    /** A name that nothing else has. */
    String unique(String wanted) {
        String name = wanted;
        while (!names.add(name)) {
            name = wanted + "_" + counts.merge(wanted, 1, Integer::sum);
        }
        return name;
    }

    Value.Place variable(String wanted, int width) {
        Pipeline.Variable variable = new Pipeline.Variable(unique(wanted), width, null);
        parts.variables.add(variable);
        return variable.place();
    }

    /** What the packet brings: one variable for each role, made when it is first asked for. */
    Value.Place role(Pipeline.Role role, String wanted, int width) {
        return roles.computeIfAbsent(role, r -> {
            Pipeline.Variable variable = new Pipeline.Variable(unique(wanted), width, r);
            parts.variables.add(variable);
            return variable.place();
        });
    }

    /** A variable that all who ask for this name have. */
    Value.Place shared(String name, int width) {
        for (Pipeline.Variable variable : parts.variables) {
            if (variable.name().equals(name)) return variable.place();
        }
        return variable(name, width);
    }

    int errorNumber(String name) {
        return Math.max(0, parts.errors.indexOf(name));
    }
}
