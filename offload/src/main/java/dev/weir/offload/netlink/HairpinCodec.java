package dev.weir.offload.netlink;

import static dev.weir.offload.netlink.NetlinkHeader.MULTI_FLAG;
import static dev.weir.offload.netlink.NetlinkHeader.REQUEST_FLAG;
import static dev.weir.offload.netlink.NetlinkHeader.wrong;

import dev.weir.offload.model.Document;
import dev.weir.offload.model.Flow;
import dev.weir.offload.netlink.HairpinMessage.Answer;
import dev.weir.offload.netlink.HairpinMessage.Call;
import dev.weir.offload.netlink.HairpinMessage.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The hairpin protocol: calls of the Flow Table API, each in an envelope with a number of its own that the answer repeats. The shape is that of
 * flow-table-hairpin; its numbers were never published, so these are ours. Messages are generic netlink's, of a family that is ours as well: they go over a socket
 * of the driver's, not through the kernel. Any thread may call.
 *
 * <pre>
 * command  SET_LISTENER 0, GET_LISTENER 1, ENCAP 2, EVENT 3, WATCH 4
 * top      ENCAP 1, LISTENER 2, EVENT 32, WATCH 33
 * LISTENER TYPE 1 (u32, 1), PIDS 2 (u32), INSTANCE 32 (u64), FEATURES 33 (u32), MAX_BATCH 34 (u32), INTERFACES 35 { 1 (u32) ... }
 * ENCAP    CMD_TYPE 1 (u32, 1), CMD 2 (u32), STATUS 3 (u32, in answers), SEQ 4 (u64), ATTR 5 { as net_flow_nl has it },
 *          REASON 32 (text), APPLIED 33 (u64), REFUSED 34 (u64)
 * WATCH    ALL 1 (u32, 0 or 1)
 * EVENT    CAUSE 1 (u32), ATTR 5 { as net_flow_nl has it, with one flow }
 * </pre>
 */
public final class HairpinCodec {
    /** The number that messages have as their type; beyond those that a kernel gives to families. */
    public static final int FAMILY = 0x7e1f;

    private static final int SET_LISTENER = 0;
    private static final int GET_LISTENER = 1;
    private static final int ENCAP = 2;
    private static final int EVENT = 3;
    private static final int WATCH = 4;

    private static final int TOP_ENCAP = 1;
    private static final int TOP_LISTENER = 2;
    private static final int TOP_EVENT = 32;
    private static final int TOP_WATCH = 33;

    private static final int ATTR = 5;
    private static final int CMD_TYPE = 1;
    private static final int CMD = 2;
    private static final int STATUS = 3;
    private static final int SEQ = 4;
    private static final int REASON = 32;
    private static final int APPLIED = 33;
    private static final int REFUSED = 34;

    private static final int TYPE = 1;
    private static final int PIDS = 2;
    private static final int INSTANCE = 32;
    private static final int FEATURES = 33;
    private static final int MAX_BATCH = 34;
    private static final int INTERFACES = 35;

    private static final int CAUSE = 1;

    private static final int ALL = 1;

    private HairpinCodec() {}

    /** The message, in one part or several. */
    public static byte[] encode(HairpinMessage message) {
        NetlinkBuffer out = new NetlinkBuffer();
        write(out, message);
        return out.toOctets();
    }

    static void write(NetlinkBuffer out, HairpinMessage message) {
        switch (message) {
            case HairpinMessage.SetListener set -> listener(out, SET_LISTENER, REQUEST_FLAG, set.listener());
            case HairpinMessage.GetListener _ -> listener(out, GET_LISTENER, REQUEST_FLAG, null);
            case HairpinMessage.ListenerIs is -> listener(out, GET_LISTENER, 0, is.listener());
            case HairpinMessage.Acknowledged acknowledged -> acknowledged(out, acknowledged);
            case HairpinMessage.Event event -> event(out, event);
            case HairpinMessage.Watch watch -> watch(out, watch);
            case Call call -> parts(out, call, call.message(), call.call());
            case Answer answer -> parts(out, answer, answer.result(), answer.call());
        }
    }

    private static void listener(NetlinkBuffer out, int command, int flags, @Nullable Listener listener) {
        int at = NetlinkHeader.begin(out, FAMILY, flags, 0, 0);
        NetlinkHeader.generic(out, command);
        int nest = out.begin(TOP_LISTENER);
        out.number(TYPE, 1);
        if (listener != null) {
            out.number(PIDS, listener.port());
            out.longNumber(INSTANCE, listener.instance());
            out.number(FEATURES, listener.features());
            out.number(MAX_BATCH, listener.maxBatch());
            int interfaces = out.begin(INTERFACES);
            for (long ifindex : listener.interfaces()) out.number(1, ifindex);
            out.end(interfaces);
        }
        out.end(nest);
        NetlinkHeader.end(out, at);
    }

    private static void acknowledged(NetlinkBuffer out, HairpinMessage.Acknowledged message) {
        int at = NetlinkHeader.begin(out, NetlinkHeader.ERROR, 0, 0, 0);
        out.u32(-message.errno());
        NetlinkHeader.end(out, NetlinkHeader.begin(out, FAMILY, REQUEST_FLAG, 0, 0));
        NetlinkHeader.end(out, at);
    }

    private static void event(NetlinkBuffer out, HairpinMessage.Event event) {
        int at = NetlinkHeader.begin(out, FAMILY, 0, 0, 0);
        NetlinkHeader.generic(out, EVENT);
        int nest = out.begin(TOP_EVENT);
        out.number(CAUSE, event.cause());
        int attributes = out.begin(ATTR);
        Document flow = new Document.Flows(List.of(event.flow()));
        NetFlowAttributes.write(out, NetFlowMessage.reply(Command.GET_FLOWS, event.ifindex(), flow), 0, 0);
        out.end(attributes);
        out.end(nest);
        NetlinkHeader.end(out, at);
    }

    private static void watch(NetlinkBuffer out, HairpinMessage.Watch watch) {
        int at = NetlinkHeader.begin(out, FAMILY, REQUEST_FLAG, 0, 0);
        NetlinkHeader.generic(out, WATCH);
        int nest = out.begin(TOP_WATCH);
        out.number(ALL, watch.all() ? 1 : 0);
        out.end(nest);
        NetlinkHeader.end(out, at);
    }

    private static void parts(NetlinkBuffer out, HairpinMessage message, @Nullable NetFlowMessage inner, long number) {
        Document document = inner == null ? null : inner.document();
        int items = document == null ? 0 : document.items().size();
        int flags = message instanceof Call ? REQUEST_FLAG : 0;
        int next = part(out, message, inner, 0, flags);
        if (next >= items) return;
        NetlinkHeader.markAsPart(out, 0, flags);
        while (next < items) next = part(out, message, inner, next, flags | MULTI_FLAG);
        NetlinkHeader.done(out, flags, number, 0);
    }

    private static int part(
            NetlinkBuffer out, HairpinMessage message, @Nullable NetFlowMessage inner, int from, int flags) {
        long number = message instanceof Call call ? call.call() : ((Answer) message).call();
        int at = NetlinkHeader.begin(out, FAMILY, flags, number, 0);
        NetlinkHeader.generic(out, ENCAP);
        int nest = out.begin(TOP_ENCAP);
        out.number(CMD_TYPE, 1);
        out.number(
                CMD, (message instanceof Call call ? call.message().command() : ((Answer) message).command()).number());
        if (message instanceof Answer answer) out.number(STATUS, answer.status());
        out.longNumber(SEQ, number);
        if (message instanceof Answer answer) {
            if (answer.reason() != null) out.text(REASON, answer.reason());
            if (answer.applied() != 0) out.longNumber(APPLIED, answer.applied());
            if (answer.refused() != 0) out.longNumber(REFUSED, answer.refused());
        }
        int next = Integer.MAX_VALUE;
        if (inner != null) {
            int attributes = out.begin(ATTR);
            next = NetFlowAttributes.write(out, inner, from, at + NetFlowCodec.DEFAULT_LIMIT);
            out.end(attributes);
        }
        out.end(nest);
        NetlinkHeader.end(out, at);
        return next;
    }

    /** The one message, with all its parts, that the octets are. */
    public static HairpinMessage decode(byte[] octets) throws NetlinkFormatException {
        List<NetlinkPart> parts = NetlinkPart.split(octets);
        NetlinkPart first = parts.getFirst();
        if (first.header().type() == NetlinkHeader.ERROR) return acknowledged(octets, first);
        if (first.header().type() != FAMILY) {
            throw wrong(4, "type " + first.header().type() + " is another family; give " + FAMILY);
        }
        int command = NetlinkHeader.command(octets, first.at(), first.end());
        return switch (command) {
            case SET_LISTENER -> new HairpinMessage.SetListener(Objects.requireNonNull(listener(octets, first, true)));
            case GET_LISTENER -> whoListens(octets, first);
            case ENCAP -> encapsulated(octets, parts);
            case EVENT -> event(octets, first);
            case WATCH -> watch(octets, first);
            default -> throw wrong(NetlinkHeader.OCTETS, "command " + command + " is none; give 0 to 4");
        };
    }

    private static HairpinMessage acknowledged(byte[] octets, NetlinkPart part) throws NetlinkFormatException {
        int error = part.at() + NetlinkHeader.OCTETS;
        if (part.end() - error < 4) throw wrong(error, "is no acknowledgement; give errno");
        return new HairpinMessage.Acknowledged(-(int) NetlinkCursor.u32(octets, error));
    }

    private static HairpinMessage whoListens(byte[] octets, NetlinkPart part) throws NetlinkFormatException {
        if ((part.header().flags() & REQUEST_FLAG) != 0) return new HairpinMessage.GetListener();
        return new HairpinMessage.ListenerIs(listener(octets, part, false));
    }

    private static HairpinFields fields(byte[] octets, NetlinkPart part, int nest, String key)
            throws NetlinkFormatException {
        NetlinkPath path = new NetlinkPath();
        NetlinkCursor top = new NetlinkCursor(octets, part.attributes(), part.end(), path);
        while (top.next()) {
            if (top.type() != nest) continue;
            path.enter(key, -1);
            return new HairpinFields(top.nest(), path);
        }
        throw top.wrong(key + ": is missing; give it");
    }

    private static @Nullable Listener listener(byte[] octets, NetlinkPart part, boolean needed)
            throws NetlinkFormatException {
        HairpinFields in = fields(octets, part, TOP_LISTENER, "listener");
        List<Long> interfaces = new ArrayList<>();
        long port = -1;
        long instance = 0;
        long features = 0;
        long maxBatch = Integer.MAX_VALUE;
        while (in.next()) {
            switch (in.type()) {
                case TYPE -> in.expect("type", 1);
                case PIDS -> port = in.u32("pids");
                case INSTANCE -> instance = in.u64("instance");
                case FEATURES -> features = in.u32("features");
                case MAX_BATCH -> maxBatch = in.u32("max_batch");
                case INTERFACES -> in.list("interfaces", interfaces);
                default -> {} // another version's
            }
        }
        if (port < 0 && needed) throw in.wrong("pids: is missing; give it");
        return port < 0 ? null : new Listener(port, instance, features, maxBatch, interfaces);
    }

    private static HairpinMessage event(byte[] octets, NetlinkPart part) throws NetlinkFormatException {
        HairpinFields in = fields(octets, part, TOP_EVENT, "event");
        long cause = -1;
        NetFlowMessage message = null;
        while (in.next()) {
            switch (in.type()) {
                case CAUSE -> cause = in.u32("cause");
                case ATTR -> message = in.message(Command.GET_FLOWS, octets, false);
                default -> {} // another version's
            }
        }
        if (cause < 0) throw in.wrong("cause: is missing; give it");
        if (message == null
                || !(message.document() instanceof Document.Flows flows)
                || flows.items().size() != 1) {
            throw in.wrong("attr: is missing, or is not one flow; give one");
        }
        Flow flow = flows.items().getFirst();
        return new HairpinMessage.Event(message.ifindex(), cause, flow);
    }

    private static HairpinMessage watch(byte[] octets, NetlinkPart part) throws NetlinkFormatException {
        HairpinFields in = fields(octets, part, TOP_WATCH, "watch");
        long all = 0;
        while (in.next()) {
            if (in.type() == ALL) all = in.u32("all");
        }
        return new HairpinMessage.Watch(all != 0);
    }

    private static HairpinMessage encapsulated(byte[] octets, List<NetlinkPart> parts) throws NetlinkFormatException {
        List<Encapsulated> read = new ArrayList<>();
        for (NetlinkPart part : parts) {
            int command = NetlinkHeader.command(octets, part.at(), part.end());
            Encapsulated each = new Encapsulated(octets, fields(octets, part, TOP_ENCAP, "encap"));
            if (command != ENCAP || !each.belongsTo(read.isEmpty() ? each : read.getFirst())) {
                throw wrong(part.at(), "is of another call than the part before; give its parts together");
            }
            read.add(each);
        }
        List<NetFlowMessage> messages = new ArrayList<>();
        for (Encapsulated each : read) {
            if (each.message != null) messages.add(each.message);
        }
        return read.getFirst()
                .message(messages.isEmpty() ? null : NetFlowAttributes.joined(messages), parts.getFirst());
    }

    /** What was read of one envelope. */
    private static final class Encapsulated {
        private long commandNumber = -1;
        private long status = -1;
        private long number;
        private boolean numbered;
        private @Nullable String reason;
        private long applied;
        private long refused;
        private final Command command;
        private @Nullable NetFlowMessage message;

        Encapsulated(byte[] octets, HairpinFields in) throws NetlinkFormatException {
            HairpinFields inner = null;
            while (in.next()) {
                switch (in.type()) {
                    case CMD_TYPE -> in.expect("cmd_type", 1);
                    case CMD -> commandNumber = in.u32("cmd");
                    case STATUS -> status = in.u32("status");
                    case SEQ -> {
                        number = in.u64("seq");
                        numbered = true;
                    }
                    case ATTR -> inner = in.here();
                    case REASON -> reason = in.text("reason");
                    case APPLIED -> applied = in.u64("applied");
                    case REFUSED -> refused = in.u64("refused");
                    default -> {} // another version's
                }
            }
            Command known = Command.ofNumber(commandNumber);
            if (known == null) throw in.wrong("cmd: is missing, or none; give 0 to " + (Command.values().length - 1));
            if (!numbered) throw in.wrong("seq: is missing; give the number of the call");
            command = known;
            if (inner != null) message = inner.message(known, octets, status < 0);
        }

        boolean belongsTo(Encapsulated first) {
            return number == first.number && command == first.command && status == first.status;
        }

        HairpinMessage message(@Nullable NetFlowMessage whole, NetlinkPart part) throws NetlinkFormatException {
            try {
                if (status >= 0) return new Answer(number, command, status, reason, applied, refused, whole);
            } catch (IllegalArgumentException e) {
                throw wrong(part.at(), String.valueOf(e.getMessage()));
            }
            if (whole == null) throw wrong(part.at(), "encap.attr: is missing; give the call");
            return new Call(number, whole);
        }
    }
}
