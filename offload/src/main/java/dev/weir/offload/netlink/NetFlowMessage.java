package dev.weir.offload.netlink;

import dev.weir.offload.model.Document;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.U32;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request or a reply of the Flow Table API.
 *
 * @param ifindex the interface
 */
public record NetFlowMessage(Command command, long ifindex, Content content) {
    public NetFlowMessage {
        U32.check("identifier", ifindex);
    }

    /** A request for a part of the model. */
    public static NetFlowMessage get(Command command, long ifindex) {
        return new NetFlowMessage(command, ifindex, new Nothing());
    }

    /** A request to set, modify or delete flows. */
    public static NetFlowMessage change(
            Command command, long ifindex, List<Flow> flows, ErrorMode errors, Selection selection) {
        return new NetFlowMessage(command, ifindex, new Listing(new Document.Flows(flows), errors, selection));
    }

    /** A reply. */
    public static NetFlowMessage reply(Command command, long ifindex, Document document) {
        return new NetFlowMessage(command, ifindex, new Listing(document, ErrorMode.ABORT, Selection.UID));
    }

    /** What follows the interface. */
    public sealed interface Content {}

    /** Nothing: a request for a part of the model, or an empty answer. */
    public record Nothing() implements Content {}

    /** A request for flows. */
    public record Query(FlowQuery query) implements Content {}

    /**
     * Part of a model, or flows.
     *
     * @param errors written unless it is the first, which a missing one stands for
     * @param selection written unless it is the first, which a missing one stands for
     */
    public record Listing(Document document, ErrorMode errors, Selection selection) implements Content {}

    /** The document; null where there is none. */
    public @Nullable Document document() {
        return content instanceof Listing listing ? listing.document() : null;
    }
}
