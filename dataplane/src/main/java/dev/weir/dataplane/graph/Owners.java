package dev.weir.dataplane.graph;

import dev.weir.table.FlowKey;
import dev.weir.wire.linux.Fanout;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Which worker owns a flow that control names: the one that {@link FlowStage} hands its packets to, also where packets
 * arrive elsewhere, are in a tunnel, or carry a second key.
 */
final class Owners {
    private Owners() {}

    static int of(FlowKey key, int workers) {
        if (workers == 1) {
            return 0;
        }
        int ports = Fanout.foldPorts(key.sourcePort(), key.destinationPort());
        return Fanout.queue(foldAddresses(key), ports, workers);
    }

    private static int foldAddresses(FlowKey key) {
        ByteBuffer source = octets(key.source()), destination = octets(key.destination());
        return key.family() == 4
                ? Fanout.foldAddresses(source.getInt(0), destination.getInt(0))
                : Fanout.foldAddresses(
                        source.getLong(0), source.getLong(8), destination.getLong(0), destination.getLong(8));
    }

    private static ByteBuffer octets(InetAddress address) {
        return ByteBuffer.wrap(address.getAddress());
    }
}
