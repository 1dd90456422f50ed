package dev.weir.offload.model;

import java.util.List;

/** What one call of the Flow Table API carries: one of the five parts of a model, or flows. The same as JSON and on netlink. */
public sealed interface Document {
    List<?> items();

    /** GET_HEADERS. */
    record Headers(List<Header> items) implements Document {
        public Headers {
            items = List.copyOf(items);
        }
    }

    /** GET_ACTIONS: the catalogue. */
    record Actions(List<Action> items) implements Document {
        public Actions {
            items = List.copyOf(items);
        }
    }

    /** GET_TABLES. */
    record Tables(List<Table> items) implements Document {
        public Tables {
            items = List.copyOf(items);
        }
    }

    /** GET_HDR_GRAPH. */
    record HeaderGraph(List<HeaderNode> items) implements Document {
        public HeaderGraph {
            items = List.copyOf(items);
        }
    }

    /** GET_TABLE_GRAPH. */
    record TableGraph(List<TableNode> items) implements Document {
        public TableGraph {
            items = List.copyOf(items);
        }
    }

    /** GET_FLOWS, SET_FLOWS, DEL_FLOWS. */
    record Flows(List<Flow> items) implements Document {
        public Flows {
            items = List.copyOf(items);
        }
    }
}
