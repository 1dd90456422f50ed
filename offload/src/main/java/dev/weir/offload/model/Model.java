package dev.weir.offload.model;

import java.util.List;

/** What a device tells of itself. Nothing is checked here beyond the range of numbers: {@code dev.weir.offload.check} does that. */
public record Model(
        List<Header> headers,
        List<Action> actions,
        List<Table> tables,
        List<HeaderNode> headerGraph,
        List<TableNode> tableGraph) {
    public static final Model EMPTY = new Model(List.of(), List.of(), List.of(), List.of(), List.of());

    public Model {
        headers = List.copyOf(headers);
        actions = List.copyOf(actions);
        tables = List.copyOf(tables);
        headerGraph = List.copyOf(headerGraph);
        tableGraph = List.copyOf(tableGraph);
    }

    /** This model with the document's part instead of its own; flows are no part of it. */
    public Model with(Document part) {
        return switch (part) {
            case Document.Headers d -> new Model(d.items(), actions, tables, headerGraph, tableGraph);
            case Document.Actions d -> new Model(headers, d.items(), tables, headerGraph, tableGraph);
            case Document.Tables d -> new Model(headers, actions, d.items(), headerGraph, tableGraph);
            case Document.HeaderGraph d -> new Model(headers, actions, tables, d.items(), tableGraph);
            case Document.TableGraph d -> new Model(headers, actions, tables, headerGraph, d.items());
            case Document.Flows _ -> this;
        };
    }
}
