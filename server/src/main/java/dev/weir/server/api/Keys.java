package dev.weir.server.api;

import dev.weir.api.FlowKeyException;
import dev.weir.api.FlowKeys;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowKey;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** From the keys of requests to those of the flow table. */
final class Keys {
    private static final int MAX_PORT = 0xFFFF, MAX_PROTOCOL = 0xFF, MAX_TENANT = 0xFF_FFFF;

    private Keys() {}

    /**
     * The key that a request means.
     *
     * @param path where in the request it stands
     * @throws Refusal when it is none: which field, and why
     */
    static FlowKey read(dev.weir.api.v1.FlowKey key, String path) {
        if (!key.getText().isEmpty()) {
            if (!key.toBuilder().clearText().build().equals(dev.weir.api.v1.FlowKey.getDefaultInstance())) {
                throw Refusal.field(path + ".text", "it stands for all other fields; give it, or them");
            }
            try {
                return fields(FlowKeys.parse(key.getText()), path);
            } catch (FlowKeyException e) {
                throw Refusal.field(path + ".text", String.valueOf(e.getMessage()));
            }
        }
        if (key.getSource().isEmpty() && key.getDestination().isEmpty()) {
            throw Refusal.field(path, "names no flow; give its text, or protocol, addresses and ports");
        }
        return fields(key, path);
    }

    private static FlowKey fields(dev.weir.api.v1.FlowKey key, String path) {
        int protocol = number(key.getProtocol(), MAX_PROTOCOL, path + ".protocol");
        int sourcePort = number(key.getSourcePort(), MAX_PORT, path + ".source_port");
        int destinationPort = number(key.getDestinationPort(), MAX_PORT, path + ".destination_port");
        int tenant = number(key.getTenant(), MAX_TENANT, path + ".tenant");
        InetAddress source = address(key.getSource(), path + ".source");
        InetAddress destination = address(key.getDestination(), path + ".destination");
        if (source instanceof Inet4Address != destination instanceof Inet4Address) {
            throw Refusal.field(path + ".destination", "is of another family than the source; give two of one");
        }
        return new FlowKey(source, sourcePort, destination, destinationPort, protocol, tenant);
    }

    private static int number(int value, int limit, String path) {
        if (value < 0 || value > limit) {
            throw Refusal.field(path, Integer.toUnsignedString(value) + " is out of range; give 0 to " + limit);
        }
        return value;
    }

    private static InetAddress address(String text, String path) {
        byte[] octets = new byte[16];
        try {
            return switch (Addresses.parse(text, octets)) {
                case 4 -> InetAddress.getByAddress(Arrays.copyOf(octets, 4));
                // Not InetAddress.getByAddress: that makes IPv4 of mapped addresses.
                case 6 -> Inet6Address.getByAddress(null, octets, -1);
                default -> throw Refusal.field(path, "is no address; write 10.0.0.1 or 2001:db8::1");
            };
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
