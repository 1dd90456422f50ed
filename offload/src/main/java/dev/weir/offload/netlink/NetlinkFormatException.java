package dev.weir.offload.netlink;

/** Octets are no message: where, by name and by octet, why, and what to do. */
public final class NetlinkFormatException extends Exception {
    private static final long serialVersionUID = 1;

    NetlinkFormatException(String path, int octet, String reason) {
        super((path.isEmpty() ? "message" : path) + ", octet " + octet + ": " + reason, null, false, false);
    }
}
