package dev.weir.offload.netlink;

import dev.weir.offload.grammar.Section;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.ErrorMode;
import dev.weir.offload.model.FlowQuery;
import dev.weir.offload.model.Selection;
import dev.weir.offload.model.U32;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a message has after its headers: the interface, how to treat errors, and flows or a part of the model. Numbers below 32 are those of
 * {@code net_flow_nl}, NFL_IDENTIFIER_TYPE and so on.
 */
final class NetFlowAttributes {
    private static final int IDENTIFIER_TYPE = 1;
    private static final int IDENTIFIER = 2;
    private static final int FLOWS = 8;
    private static final int FLOWS_ERROR = 9;
    private static final int FLOWS_SELECT = 32;

    private static final int IFINDEX = 1;

    private static final int QUERY_TABLE = 1;
    private static final int QUERY_MIN_PRIORITY = 2;
    private static final int QUERY_MAX_PRIORITY = 3;

    private NetFlowAttributes() {}

    /**
     * Writes a message, or as much of its list as the buffer then holds up to {@code limit} octets, but at least one item.
     *
     * @param from index of the first item to write
     * @return index of the first item that was not written; 0 where there is no list
     */
    static int write(NetlinkBuffer out, NetFlowMessage message, int from, int limit) {
        out.number(IDENTIFIER_TYPE, IFINDEX);
        out.number(IDENTIFIER, message.ifindex());
        return switch (message.content()) {
            case NetFlowMessage.Nothing _ -> 0;
            case NetFlowMessage.Query query -> query(out, query.query());
            case NetFlowMessage.Listing listing -> listing(out, listing, from, limit);
        };
    }

    private static int query(NetlinkBuffer out, FlowQuery query) {
        int at = out.begin(FLOWS);
        out.number(QUERY_TABLE, query.table());
        if (query.minPriority() != 0) out.number(QUERY_MIN_PRIORITY, query.minPriority());
        if (query.maxPriority() != U32.MAX) out.number(QUERY_MAX_PRIORITY, query.maxPriority());
        out.end(at);
        return 0;
    }

    private static int listing(NetlinkBuffer out, NetFlowMessage.Listing listing, int from, int limit) {
        if (listing.errors() != ErrorMode.ABORT)
            out.number(FLOWS_ERROR, listing.errors().number());
        if (listing.selection() != Selection.UID)
            out.number(FLOWS_SELECT, listing.selection().number());
        return items(out, Section.of(listing.document()), from, limit);
    }

    private static <E> int items(NetlinkBuffer out, Section.Items<E> items, int from, int limit) {
        AttributeWriter writer = new AttributeWriter(out);
        int at = out.begin(items.section().number());
        int next = from;
        while (next < items.items().size()) {
            int size = out.size();
            writer.element(items.section().element(), items.items().get(next));
            if (out.size() > limit && next > from) {
                out.truncate(size);
                break;
            }
            next++;
        }
        out.end(at);
        return next;
    }

    /** Reads what lies between {@code from} and {@code to}. */
    static NetFlowMessage read(byte[] octets, int from, int to, Command command, boolean request)
            throws NetlinkFormatException {
        Reading reading = new Reading(command, request && command == Command.GET_FLOWS);
        NetlinkCursor top = new NetlinkCursor(octets, from, to, reading.path);
        while (top.next()) reading.attribute(top);
        return reading.message(top);
    }

    /** What was read of a message so far. */
    private static final class Reading {
        private final Command command;
        private final boolean query;
        private final NetlinkPath path = new NetlinkPath();
        private long identifierType = -1;
        private long ifindex = -1;
        private ErrorMode errors = ErrorMode.ABORT;
        private Selection selection = Selection.UID;
        private NetFlowMessage.@Nullable Content content;
        private @Nullable Document document;

        Reading(Command command, boolean query) {
            this.command = command;
            this.query = query;
        }

        void attribute(NetlinkCursor top) throws NetlinkFormatException {
            try {
                switch (top.type()) {
                    case IDENTIFIER_TYPE -> identifierType = number(top, "identifier_type");
                    case IDENTIFIER -> ifindex = number(top, "identifier");
                    case FLOWS_ERROR -> errors = ErrorMode.ofNumber(number(top, "flows_error"));
                    case FLOWS_SELECT -> selection = Selection.ofNumber(number(top, "flows_select"));
                    default -> section(top);
                }
            } catch (IllegalArgumentException e) {
                throw top.wrong(String.valueOf(e.getMessage()));
            }
        }

        private long number(NetlinkCursor top, String key) throws NetlinkFormatException {
            path.enter(key, -1);
            long number = top.number(4);
            path.leave();
            return number;
        }

        private void section(NetlinkCursor top) throws NetlinkFormatException {
            if (top.type() != command.section().number()) return;
            path.enter(command.section().key(), -1);
            if (document != null || content != null) throw top.wrong("is there twice; give it once");
            if (query) content = new NetFlowMessage.Query(query(top.nest()));
            else document = list(top.nest(), command.section());
            path.leave();
        }

        private <E> Document list(NetlinkCursor nest, Section<E> section) throws NetlinkFormatException {
            return section.build().apply(new AttributeReader(path).list(nest, section.element()));
        }

        private FlowQuery query(NetlinkCursor nest) throws NetlinkFormatException {
            long table = -1;
            long min = 0;
            long max = U32.MAX;
            while (nest.next()) {
                switch (nest.type()) {
                    case QUERY_TABLE -> table = number(nest, "table");
                    case QUERY_MIN_PRIORITY -> min = number(nest, "min_priority");
                    case QUERY_MAX_PRIORITY -> max = number(nest, "max_priority");
                    default -> {} // another version's
                }
            }
            if (table < 0) throw nest.wrong("table: is missing; give it");
            return new FlowQuery(table, min, max);
        }

        NetFlowMessage message(NetlinkCursor top) throws NetlinkFormatException {
            if (identifierType != IFINDEX)
                throw top.wrong("identifier_type: is missing, or not 1; give 1, an interface's index");
            if (ifindex < 0) throw top.wrong("identifier: is missing; give the index of an interface");
            if (document != null) content = new NetFlowMessage.Listing(document, errors, selection);
            if (content == null && query) throw top.wrong("flows: is missing; say of which table");
            return new NetFlowMessage(command, ifindex, content == null ? new NetFlowMessage.Nothing() : content);
        }
    }

    /** The one message that came in parts: the first, with all their lists in one. */
    static NetFlowMessage joined(List<NetFlowMessage> parts) {
        NetFlowMessage first = parts.getFirst();
        if (parts.size() == 1 || !(first.content() instanceof NetFlowMessage.Listing listing)) return first;
        List<Object> items = new ArrayList<>();
        for (NetFlowMessage part : parts) {
            Document document = part.document();
            if (document != null) items.addAll(document.items());
        }
        Document all = document(first.command().section(), items);
        return new NetFlowMessage(
                first.command(),
                first.ifindex(),
                new NetFlowMessage.Listing(all, listing.errors(), listing.selection()));
    }

    @SuppressWarnings("unchecked") // what a command carries is of its section
    private static <E> Document document(Section<E> section, List<?> items) {
        return section.build().apply((List<E>) items);
    }
}
