package dev.weir.p4.control;

import java.util.List;

/**
 * A parser's value set as the control plane knows it. Immutable.
 *
 * @param number from 1
 * @param name in the pipeline: {@code P.tunnels}
 * @param path {@code P/tunnels}
 * @param fields what a member matches
 * @param size how many members it has room for
 */
public record ValueSetSchema(int number, String name, String path, List<TableSchema.Key> fields, int size) {
    public ValueSetSchema {
        fields = List.copyOf(fields);
    }
}
