package dev.weir.p4.control;

import dev.weir.p4.ir.Resource;
import dev.weir.p4.tc.TcPipeline;
import java.util.List;

/**
 * A counter, meter or register, indexed or in the entries of a table. Immutable.
 *
 * @param number among those of its kind, from 1
 * @param parameters what P4TC shows of a cell, behind its index; numbers from 2 on
 */
public record CellSchema(TcPipeline.Kind kind, int number, Resource resource, List<TableSchema.Parameter> parameters) {
    public CellSchema {
        parameters = List.copyOf(parameters);
    }

    public String name() {
        return resource.name();
    }
}
