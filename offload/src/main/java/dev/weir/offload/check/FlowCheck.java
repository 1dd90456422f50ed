package dev.weir.offload.check;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.Model;
import dev.weir.offload.model.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Whether flows fit a model. Any thread may ask. */
public final class FlowCheck {
    private final Model model;
    private final Map<Long, TableCheck> tables;

    private FlowCheck(Model model, Map<Long, TableCheck> tables) {
        this.model = model;
        this.tables = tables;
    }

    /** For a sound model; for another throws, with all that {@link ModelCheck} says of it. */
    public static FlowCheck of(Model model) {
        List<Violation> violations = ModelCheck.violations(model);
        if (!violations.isEmpty()) {
            throw new IllegalArgumentException(
                    violations.stream().map(Violation::toString).collect(Collectors.joining("\n", "model:\n", "")));
        }
        Map<Long, TableCheck> tables = new LinkedHashMap<>();
        for (Table table : model.tables()) tables.put(table.uid(), tableCheck(model, table));
        return new FlowCheck(model, tables);
    }

    private static TableCheck tableCheck(Model model, Table table) {
        List<ColumnCheck> columns = new ArrayList<>();
        for (FieldRef column : table.matches()) {
            for (Header header : model.headers()) {
                if (header.uid() != column.header()) continue;
                for (Field field : header.fields()) {
                    if (field.uid() == column.field()) columns.add(new ColumnCheck(column, header.name(), field));
                }
            }
        }
        List<Action> actions = model.actions().stream()
                .filter(action -> table.actions().contains(action.uid()))
                .toList();
        return new TableCheck(table, columns, actions);
    }

    public Model model() {
        return model;
    }

    public Collection<TableCheck> tables() {
        return tables.values();
    }

    /** The check of the flow's table; throws where there is no such table. */
    public TableCheck table(Flow flow) throws FlowFault {
        TableCheck table = tables.get(flow.table());
        if (table != null) return table;
        throw unknownTable(flow);
    }

    /** That the flow's table is not there. */
    public FlowFault unknownTable(Flow flow) {
        return new FlowFault(
                Fault.UNKNOWN_TABLE,
                "table " + flow.table() + ", flow " + flow.uid(),
                "there is no such table; give one of " + tables.keySet());
    }
}
