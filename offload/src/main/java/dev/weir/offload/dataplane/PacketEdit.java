package dev.weir.offload.dataplane;

import dev.weir.offload.dataplane.KeyField.Layer;
import dev.weir.packet.EtherType;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Headers;
import dev.weir.packet.Ipv4;
import dev.weir.packet.Ipv6;
import dev.weir.packet.Offload;
import dev.weir.packet.PacketVector;
import dev.weir.packet.Rewrite;
import dev.weir.packet.Vlan;
import java.lang.foreign.MemorySegment;

/**
 * Changes a packet's headers in place, checksums with them; one a worker, allocates nothing after the first tag was pushed. What a packet does not have is not
 * set. The key is filled again after each change, so that tables after it see it.
 */
final class PacketEdit {
    private static final int ADDRESSES = 12;
    /** Octets before each packet of a vector once a tag was pushed in it. */
    private static final int HEADROOM = 8 * Vlan.SIZE;

    private final PacketKey key;
    private final Rewrite rewrite = new Rewrite();
    private PacketVector packets = new PacketVector(0);
    private int i;
    private long inPort;
    /** Octets that may be written before the packet. */
    private int room;

    private boolean movedApart;

    PacketEdit(PacketKey key) {
        this.key = key;
    }

    /** Packets of another vector, or of this one filled again, follow. */
    void begin(PacketVector packets) {
        this.packets = packets;
        movedApart = false;
    }

    /** From now on changes that packet, of which the key is. */
    void at(int i, long inPort) {
        this.i = i;
        this.inPort = inPort;
        room = movedApart ? HEADROOM : 0;
    }

    private long frame() {
        return packets.offset[i];
    }

    private void changed() {
        key.fill(packets, i, inPort);
    }

    void hardwareAddress(boolean source, long address) {
        if (!key.has(Layer.ETHERNET)) return;
        if (source) Ethernet.setSource(packets.data, frame(), address);
        else Ethernet.setDestination(packets.data, frame(), address);
        changed();
    }

    void vlanId(int id) {
        if (!key.has(Layer.VLAN)) return;
        Vlan.setId(packets.data, frame() + Ethernet.SIZE, id);
        changed();
    }

    /** An address of the family. */
    void address(Layer family, boolean source, long high, long low) {
        if (key.has(family)) end(source, high, low, Rewrite.KEEP_PORT);
    }

    void port(boolean source, int port) {
        if (!key.hasPorts()) return;
        if (key.has(Layer.IPV4)) end(source, 0, source ? key.words[4] >>> 32 : key.words[4] & 0xFFFF_FFFFL, port);
        else end(source, key.words[source ? 6 : 8], key.words[source ? 7 : 9], port);
    }

    private void end(boolean source, long high, long low, int port) {
        Headers headers = key.headers;
        rewrite.at(
                packets,
                i,
                headers.network,
                headers.transport,
                headers.protocol,
                headers.icmpError ? headers.quoted : 0);
        if (source) rewrite.source(high, low, port);
        else rewrite.destination(high, low, port);
        changed();
    }

    /** Counts the time to live down; false where it was over, and nothing was changed. */
    boolean decrementTtl() {
        long at = frame() + key.headers.network;
        if (key.has(Layer.IPV4)) {
            int ttl = Ipv4.ttl(packets.data, at);
            if (ttl <= 1) return false;
            Ipv4.setTtl(packets.data, at, ttl - 1);
        } else if (key.has(Layer.IPV6)) {
            int limit = Ipv6.hopLimit(packets.data, at);
            if (limit <= 1) return false;
            Ipv6.setHopLimit(packets.data, at, limit - 1);
        }
        changed();
        return true;
    }

    /** Puts a tag before those that are there. All packets of the vector move to where there is room. */
    void pushVlan(int id) {
        if (!key.has(Layer.ETHERNET)) return;
        if (room < Vlan.SIZE) makeRoom();
        MemorySegment data = packets.data;
        long before = frame();
        int type = Ethernet.type(data, before);
        long after = before - Vlan.SIZE;
        MemorySegment.copy(data, before, data, after, ADDRESSES);
        Ethernet.setType(data, after, EtherType.VLAN);
        Vlan.write(data, after + Ethernet.SIZE, 0, id, type);
        resized(Vlan.SIZE);
    }

    private void makeRoom() {
        packets.moveApart(HEADROOM);
        movedApart = true;
        room = HEADROOM;
    }

    /** Takes the first tag away. */
    void popVlan() {
        if (!key.has(Layer.VLAN)) return;
        MemorySegment.copy(packets.data, frame(), packets.data, frame() + Vlan.SIZE, ADDRESSES);
        resized(-Vlan.SIZE);
    }

    private void resized(int octets) {
        room -= octets;
        packets.offset[i] -= octets;
        packets.captured[i] += octets;
        packets.length[i] += octets;
        if (packets.offload.length > 0) packets.offload[i] = Offload.shifted(packets.offload[i], octets);
        changed();
    }
}
