package dev.weir.p4.control;

import dev.weir.p4.ir.Table;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An action profile or selector as the control plane knows it. Immutable.
 *
 * @param number among its kind, from 1
 * @param name in the pipeline: {@code Main.ways}
 * @param path {@code Main/ways}
 * @param selects whether it has groups
 * @param size how many members it has room for, and how many groups
 * @param actions what members can do: what entries of all its tables could
 */
public record ProfileSchema(
        int number, String name, String path, boolean selects, int size, List<TableSchema.Action> actions) {
    public ProfileSchema {
        actions = List.copyOf(actions);
    }

    public TableSchema.@Nullable Action action(String called) {
        return actions.stream()
                .filter(each -> each.name().equals(called))
                .findFirst()
                .orElse(null);
    }

    /** Why a member cannot do that; null where it can. */
    @Nullable
    String fault(Table.Call call) {
        TableSchema.Action action = action(call.action());
        if (action == null) {
            String known = actions.stream().map(TableSchema.Action::name).collect(Collectors.joining(", "));
            return name + ": " + call.action() + " cannot be a member; its tables have " + known;
        }
        List<TableSchema.Parameter> parameters = action.parameters();
        boolean fits = parameters.size() == call.arguments().size();
        for (int i = 0; fits && i < parameters.size(); i++) {
            BigInteger argument = call.arguments().get(i);
            fits = argument.signum() >= 0
                    && argument.bitLength() <= parameters.get(i).bits();
        }
        return fits
                ? null
                : call.action() + ": the arguments " + call.arguments() + " do not fit its parameters " + parameters;
    }
}
