package dev.weir.p4.run;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.weir.packet.EtherType;
import dev.weir.packet.Ethernet;
import dev.weir.packet.Vlan;
import java.lang.foreign.MemorySegment;

/**
 * The protocol of a packet as the kernel's packet buffer has it where {@code tc} meets a packet on its way in ({@code eth_type_trans} and {@code skb_vlan_untag} of Linux): the EtherType, and
 * behind an outermost 802.1Q or 802.1ad tag the type that follows it, since the kernel has taken that tag into the buffer by then. A second tag is the protocol itself. What is no
 * EtherType but the length of an IEEE 802.3 frame is 4, or 1 where the payload begins with two octets of ones.
 *
 * <p>Stateless; any thread; allocates nothing; any octets give an answer.
 */
public final class BufferProtocol {
    /** The kernel's numbers of frames without an EtherType. */
    private static final int WITH_LLC = 0x0004, RAW = 0x0001;

    /** The least EtherType there is. */
    private static final int LEAST = 0x0600;

    private BufferProtocol() {}

    /** Of {@code captured} octets at {@code at}; 0 where there is no Ethernet header. */
    public static int of(MemorySegment data, long at, int captured) {
        if (captured < Ethernet.SIZE) return 0;
        int type = Ethernet.type(data, at);
        int header = Ethernet.SIZE;
        boolean tagged = type == EtherType.VLAN || type == EtherType.SERVICE_VLAN;
        if (tagged && captured >= Ethernet.SIZE + Vlan.SIZE) {
            type = Vlan.type(data, at + Ethernet.SIZE);
            header += Vlan.SIZE;
        }
        if (type >= LEAST) return type;
        boolean ones = captured >= header + 2 && data.get(JAVA_SHORT_UNALIGNED, at + header) == -1;
        return ones ? RAW : WITH_LLC;
    }
}
