package dev.weir.p4.lower;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was made so far of a whole program, and the names that are taken. */
final class Output {
    final Diagnostics diagnostics;
    final List<HeaderType> headerTypes = new ArrayList<>();
    final List<Pipeline.Header> headers = new ArrayList<>();
    final List<Pipeline.Variable> variables = new ArrayList<>();
    final List<Resource> resources = new ArrayList<>();
    final List<Pipeline.Digest> digests = new ArrayList<>();
    final List<Pipeline.Action> actions = new ArrayList<>();
    final List<Table> tables = new ArrayList<>();
    final List<Pipeline.State> states = new ArrayList<>();
    final List<String> errors;
    private final Map<Pipeline.Role, Value.Place> roles = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Integer> counts = new HashMap<>();

    Output(Diagnostics diagnostics, List<String> errors) {
        this.diagnostics = diagnostics;
        this.errors = List.copyOf(errors);
    }

    void unsupported(Span span, String what, @Nullable String help) {
        diagnostics.error(span, "unsupported", what, help);
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
        variables.add(variable);
        return variable.place();
    }

    /** What the packet brings: one variable for each role, made when it is first asked for. */
    Value.Place role(Pipeline.Role role, String wanted, int width) {
        return roles.computeIfAbsent(role, r -> {
            Pipeline.Variable variable = new Pipeline.Variable(unique(wanted), width, r);
            variables.add(variable);
            return variable.place();
        });
    }

    /** A variable that all who ask for this name have. */
    Value.Place shared(String name, int width) {
        for (Pipeline.Variable variable : variables) {
            if (variable.name().equals(name)) return variable.place();
        }
        return variable(name, width);
    }

    int errorNumber(String name) {
        return Math.max(0, errors.indexOf(name));
    }
}
