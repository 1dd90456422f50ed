package dev.weir.offload.grammar;

import dev.weir.offload.grammar.Attribute.Structure;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.HeaderNode;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.TableNode;
import java.util.List;
import java.util.function.Function;

/**
 * One kind of document: the attribute that it is on netlink, the one key that it has in JSON, and what its list is of.
 *
 * @param number netlink's NFL_TABLES and so on
 * @param <E> the element in Java
 */
public record Section<E>(int number, String key, Structure<E> element, Function<List<E>, Document> build) {
    public static final Section<Table> TABLES = of(3, "tables", "table", Shapes.TABLE, Document.Tables::new);
    public static final Section<Header> HEADERS = of(4, "headers", "header", Shapes.HEADER, Document.Headers::new);
    public static final Section<Action> ACTIONS = of(5, "actions", "action", Shapes.ACTION, Document.Actions::new);
    public static final Section<HeaderNode> HEADER_GRAPH =
            of(6, "header_graph", "header_graph_node", Shapes.HEADER_NODE, Document.HeaderGraph::new);
    public static final Section<TableNode> TABLE_GRAPH =
            of(7, "table_graph", "table_graph_node", Shapes.TABLE_NODE, Document.TableGraph::new);
    public static final Section<Flow> FLOWS = of(8, "flows", "flow", FlowShape.FLOW, Document.Flows::new);

    public static final List<Section<?>> ALL = List.of(TABLES, HEADERS, ACTIONS, HEADER_GRAPH, TABLE_GRAPH, FLOWS);

    /** A document's section and items, which fit each other. */
    public record Items<E>(Section<E> section, List<E> items) {}

    private static <E> Section<E> of(
            int number, String key, String elementKey, Shape<E> shape, Function<List<E>, Document> build) {
        return new Section<>(number, key, new Structure<>(1, elementKey, shape, false), build);
    }

    /** What the document has, by section. */
    public static Items<?> of(Document document) {
        return switch (document) {
            case Document.Tables d -> new Items<>(TABLES, d.items());
            case Document.Headers d -> new Items<>(HEADERS, d.items());
            case Document.Actions d -> new Items<>(ACTIONS, d.items());
            case Document.HeaderGraph d -> new Items<>(HEADER_GRAPH, d.items());
            case Document.TableGraph d -> new Items<>(TABLE_GRAPH, d.items());
            case Document.Flows d -> new Items<>(FLOWS, d.items());
        };
    }
}
