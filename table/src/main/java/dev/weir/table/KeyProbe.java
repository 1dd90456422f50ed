package dev.weir.table;

import dev.weir.packet.PacketVector;
import dev.weir.table.parts.KeyHash;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** From the name that people give a flow to the words it is looked up by: a vector of one packet that nobody sent. */
final class KeyProbe {
    private final FlowVector vector = new FlowVector(new PacketVector(1));

    /** The vector, whose only packet now has that key; valid until the next call. */
    FlowVector of(FlowKey key, KeyHash hasher) {
        int tenantAndProtocol = key.tenant() << 8 | key.protocol();
        if (key.family() == 4) {
            long source = word(key.source(), 4, 0) << 16 | key.sourcePort();
            long destination = word(key.destination(), 4, 0) << 16 | key.destinationPort();
            vector.key4(0, source, destination, tenantAndProtocol, hasher);
        } else {
            vector.key6(
                    0,
                    word(key.source(), 8, 0),
                    word(key.source(), 8, 8),
                    key.sourcePort(),
                    word(key.destination(), 8, 0),
                    word(key.destination(), 8, 8),
                    key.destinationPort(),
                    tenantAndProtocol,
                    hasher);
        }
        return vector;
    }

    private static long word(InetAddress address, int octets, int at) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return octets == 4 ? bytes.getInt(at) & 0xFFFF_FFFFL : bytes.getLong(at);
    }
}
