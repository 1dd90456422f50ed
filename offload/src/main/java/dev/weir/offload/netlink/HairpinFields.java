package dev.weir.offload.netlink;

import java.util.List;

/** The attributes of an envelope, one after the other, each read by its key. One thread. */
final class HairpinFields {
    private final NetlinkCursor cursor;
    private final NetlinkPath path;

    HairpinFields(NetlinkCursor cursor, NetlinkPath path) {
        this.cursor = cursor;
        this.path = path;
    }

    boolean next() throws NetlinkFormatException {
        return cursor.next();
    }

    int type() {
        return cursor.type();
    }

    long u32(String key) throws NetlinkFormatException {
        return number(key, 4);
    }

    long u64(String key) throws NetlinkFormatException {
        return number(key, 8);
    }

    private long number(String key, int octets) throws NetlinkFormatException {
        path.enter(key, -1);
        long number = cursor.number(octets);
        path.leave();
        return number;
    }

    void expect(String key, long only) throws NetlinkFormatException {
        long number = u32(key);
        if (number != only) throw wrong(key + ": " + number + " is unknown; give " + only);
    }

    String text(String key) throws NetlinkFormatException {
        path.enter(key, -1);
        String text = cursor.text(new NetlinkTexts());
        path.leave();
        return text;
    }

    /** Adds the numbers in the attribute, each an attribute 1. */
    void list(String key, List<Long> numbers) throws NetlinkFormatException {
        path.enter(key, -1);
        NetlinkCursor nest = cursor.nest();
        while (nest.next()) {
            if (nest.type() == 1) numbers.add(nest.number(4));
        }
        path.leave();
    }

    /** The attribute as it is now, to be read as a message later. */
    HairpinFields here() {
        return new HairpinFields(cursor.copy(), path);
    }

    /** The attribute as a message of {@code net_flow_nl}. */
    NetFlowMessage message(Command command, byte[] octets, boolean request) throws NetlinkFormatException {
        return NetFlowAttributes.read(octets, cursor.start(), cursor.start() + cursor.length(), command, request);
    }

    NetlinkFormatException wrong(String reason) {
        return cursor.wrong(reason);
    }
}
