package dev.weir.offload.netlink;

import static dev.weir.offload.netlink.NetlinkHeader.ACK_FLAG;
import static dev.weir.offload.netlink.NetlinkHeader.MULTI_FLAG;
import static dev.weir.offload.netlink.NetlinkHeader.REQUEST_FLAG;
import static dev.weir.offload.netlink.NetlinkHeader.wrong;

import java.util.ArrayList;
import java.util.List;

/**
 * Messages of family {@code net_flow_nl} as octets. Numbers are in the machine's order. A list that is too long for one message goes as several, each
 * marked as a part (NLM_F_MULTI), with an end after the last (NLMSG_DONE): so its length has no limit, and what fits one message is the octets
 * that the Flow Table API has always had. Any thread may call.
 */
public final class NetFlowCodec {
    /** Octets of a message up to which items are put into it; an attribute, and so a list, ends at 65,535. */
    public static final int DEFAULT_LIMIT = 32 * 1024;

    private static final int MAX_LIMIT = 60 * 1024;

    private NetFlowCodec() {}

    /** What octets were. */
    public sealed interface Received {
        Envelope envelope();
    }

    /** A request, or an answer with something in it. */
    public record Message(Envelope envelope, NetFlowMessage message) implements Received {}

    /**
     * That a request was done, or why not.
     *
     * @param errno 0 for done
     */
    public record Ack(Envelope envelope, int errno) implements Received {}

    /** The message, in one part or several. */
    public static byte[] encode(Envelope envelope, NetFlowMessage message) {
        return encode(envelope, message, DEFAULT_LIMIT);
    }

    /** The message, in parts of about {@code limit} octets, a part being at least one item. */
    public static byte[] encode(Envelope envelope, NetFlowMessage message, int limit) {
        NetlinkBuffer out = new NetlinkBuffer();
        int items = message.document() == null ? 0 : message.document().items().size();
        int flags = envelope.request() ? REQUEST_FLAG | ACK_FLAG : 0;
        int next = part(out, envelope, message, 0, flags, limit);
        if (next >= items) return out.toOctets();
        NetlinkHeader.markAsPart(out, 0, flags);
        while (next < items) next = part(out, envelope, message, next, flags | MULTI_FLAG, limit);
        NetlinkHeader.done(out, flags, envelope.sequence(), envelope.port());
        return out.toOctets();
    }

    private static int part(
            NetlinkBuffer out, Envelope envelope, NetFlowMessage message, int from, int flags, int limit) {
        int at = NetlinkHeader.begin(out, envelope.family(), flags, envelope.sequence(), envelope.port());
        NetlinkHeader.generic(out, message.command().number());
        int next = NetFlowAttributes.write(out, message, from, at + Math.min(limit, MAX_LIMIT));
        NetlinkHeader.end(out, at);
        return next;
    }

    /** That the request was done, or with an errno of Linux why not. The octets that say so quote the request's header. */
    public static byte[] encode(Ack ack) {
        NetlinkBuffer out = new NetlinkBuffer();
        Envelope envelope = ack.envelope();
        int at = NetlinkHeader.begin(out, NetlinkHeader.ERROR, 0, envelope.sequence(), envelope.port());
        out.u32(-ack.errno());
        int flags = REQUEST_FLAG | ACK_FLAG;
        int quoted = NetlinkHeader.begin(out, envelope.family(), flags, envelope.sequence(), envelope.port());
        NetlinkHeader.end(out, quoted);
        NetlinkHeader.end(out, at);
        return out.toOctets();
    }

    /** The one message, with all its parts, that the octets are. */
    public static Received decode(byte[] octets) throws NetlinkFormatException {
        List<NetlinkPart> parts = NetlinkPart.split(octets);
        NetlinkPart first = parts.getFirst();
        if (first.header().type() == NetlinkHeader.ERROR) return ack(octets, first);
        Envelope envelope = envelope(first.header());
        List<NetFlowMessage> messages = new ArrayList<>();
        for (NetlinkPart part : parts) {
            messages.add(message(octets, part, envelope.request()));
            if (messages.getLast().command() != messages.getFirst().command()) {
                throw wrong(part.at(), "is of another command than the part before; give its parts together");
            }
        }
        return new Message(envelope, NetFlowAttributes.joined(messages));
    }

    private static NetFlowMessage message(byte[] octets, NetlinkPart part, boolean request)
            throws NetlinkFormatException {
        int number = NetlinkHeader.command(octets, part.at(), part.end());
        Command command = Command.ofNumber(number);
        if (command == null) {
            throw wrong(
                    part.at() + NetlinkHeader.OCTETS,
                    "command " + number + " is none; give 0 to " + (Command.values().length - 1));
        }
        return NetFlowAttributes.read(octets, part.attributes(), part.end(), command, request);
    }

    private static Ack ack(byte[] octets, NetlinkPart part) throws NetlinkFormatException {
        int error = part.at() + NetlinkHeader.OCTETS;
        if (part.end() - error < 4 + NetlinkHeader.OCTETS) {
            throw wrong(error, "is no acknowledgement; give errno and the header of the request");
        }
        int family = NetlinkCursor.u16(octets, error + 8);
        if (family < Envelope.MIN_FAMILY) {
            throw wrong(error + 8, "is the acknowledgement of no family's request; give its header");
        }
        Envelope asked = new Envelope(
                family, true, part.header().sequence(), part.header().port());
        return new Ack(asked, -(int) NetlinkCursor.u32(octets, error));
    }

    private static Envelope envelope(NetlinkHeader header) throws NetlinkFormatException {
        int type = header.type();
        if (type < Envelope.MIN_FAMILY) throw wrong(4, "type " + type + " is no family's; give a message of one");
        return new Envelope(type, (header.flags() & REQUEST_FLAG) != 0, header.sequence(), header.port());
    }
}
