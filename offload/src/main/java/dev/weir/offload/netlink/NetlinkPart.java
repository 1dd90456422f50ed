package dev.weir.offload.netlink;

import static dev.weir.offload.netlink.NetlinkHeader.wrong;

import java.util.ArrayList;
import java.util.List;

/**
 * One of the messages that a longer one goes as.
 *
 * @param at where its header begins
 */
record NetlinkPart(NetlinkHeader header, int at) {
    int end() {
        return at + header.length();
    }

    /** Where its attributes begin, after the headers. */
    int attributes() {
        return at + NetlinkHeader.OCTETS + NetlinkHeader.GENERIC_OCTETS;
    }

    /** The parts of the one message that the octets are, of one asker and number; without the mark of its end. */
    static List<NetlinkPart> split(byte[] octets) throws NetlinkFormatException {
        List<NetlinkPart> parts = new ArrayList<>();
        NetlinkPart part = new NetlinkPart(NetlinkHeader.read(octets, 0), 0);
        parts.add(part);
        while (part.header.isPart()) {
            int at = part.end();
            part = new NetlinkPart(NetlinkHeader.read(octets, at), at);
            if (part.header.type() == NetlinkHeader.DONE) break;
            if (!part.belongsTo(parts.getFirst())) {
                throw wrong(at, "is no part of the message before; give its parts together, and then their end");
            }
            parts.add(part);
        }
        if (part.end() != octets.length) throw wrong(part.end(), "goes on after the end; give one message");
        return parts;
    }

    private boolean belongsTo(NetlinkPart first) {
        NetlinkHeader own = header;
        return own.type() == first.header.type()
                && own.flags() == first.header.flags()
                && own.sequence() == first.header.sequence()
                && own.port() == first.header.port();
    }
}
