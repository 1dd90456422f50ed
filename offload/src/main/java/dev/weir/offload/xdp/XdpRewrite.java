package dev.weir.offload.xdp;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is changed in a packet before it leaves. Checksums follow (RFC 1624). Immutable; made from {@link #NONE}.
 *
 * @param ends the addresses and ports that it then has, or null to keep those it has
 * @param decrementsTtl whether the time to live, or hop limit, becomes one less; a packet with 1 or less passes up
 * @param sourceMac 48 bits, or {@link #KEEP}
 * @param destinationMac 48 bits, or {@link #KEEP}
 * @param popped VLAN tags that are taken off, 0 to 2; a packet with fewer passes up
 * @param pushed VLAN tags that are put on then, the outer one first; 0 to 2
 * @param tunnel what it is put into at last, or null
 * @param given what a packet has to have for that, or null where its key is enough; another passes up
 */
public record XdpRewrite(
        @Nullable Ends ends,
        boolean decrementsTtl,
        long sourceMac,
        long destinationMac,
        int popped,
        List<VlanTag> pushed,
        @Nullable VxlanTunnel tunnel,
        @Nullable Given given) {
    /** A hardware address that stays. */
    public static final long KEEP = -1;
    /** Nothing changes. */
    public static final XdpRewrite NONE = new XdpRewrite(null, false, KEEP, KEEP, 0, List.of(), null, null);

    private static final int MAX_TAGS = 2;

    /**
     * Both ends of a packet, in its direction.
     *
     * @param source of the same family as {@code destination}
     * @param sourcePort 0 to 65535; for echo the identifier, and then {@code destinationPort} the same
     */
    public record Ends(InetAddress source, int sourcePort, InetAddress destination, int destinationPort) {
        public Ends {
            if (source.getClass() != destination.getClass()) {
                throw new IllegalArgumentException("ends: " + source.getHostAddress() + " and "
                        + destination.getHostAddress() + " are of two families; give two of one");
            }
            Ranges.check("source port", sourcePort, 0xFFFF);
            Ranges.check("destination port", destinationPort, 0xFFFF);
        }
    }

    /**
     * A VLAN tag (IEEE 802.1Q).
     *
     * @param type what names it as one, {@code 0x8100} or {@code 0x88A8}
     * @param control priority, eligibility and identifier, 16 bits
     */
    public record VlanTag(int type, int control) {
        public VlanTag {
            Ranges.check("tag type", type, 0xFFFF);
            Ranges.check("tag control", control, 0xFFFF);
        }

        /** A customer tag of that identifier, 12 bits. */
        public static VlanTag of(int identifier) {
            return new VlanTag(0x8100, Ranges.check("VLAN identifier", identifier, 0xFFF));
        }
    }

    /**
     * What a packet has to have besides its key. Immutable.
     *
     * @param tags of which identifiers its tags are, the outer one first; their types and priorities do not matter
     * @param typeOfService of its IP header, 8 bits, or {@link #ANY}
     */
    public record Given(List<VlanTag> tags, int typeOfService) {
        /** Every type of service. */
        public static final int ANY = -1;

        public Given {
            tags = List.copyOf(tags);
            Ranges.check("tags", tags.size(), MAX_TAGS);
            Ranges.check("type of service", typeOfService, ANY, 0xFF);
        }
    }

    public XdpRewrite {
        pushed = List.copyOf(pushed);
        Ranges.check("popped tags", popped, MAX_TAGS);
        Ranges.check("pushed tags", pushed.size(), MAX_TAGS);
        if (sourceMac != KEEP) Ranges.checkMac("source MAC", sourceMac);
        if (destinationMac != KEEP) Ranges.checkMac("destination MAC", destinationMac);
    }

    public XdpRewrite withEnds(InetAddress source, int sourcePort, InetAddress destination, int destinationPort) {
        Ends all = new Ends(source, sourcePort, destination, destinationPort);
        return new XdpRewrite(all, decrementsTtl, sourceMac, destinationMac, popped, pushed, tunnel, given);
    }

    public XdpRewrite withTtlDecremented() {
        return new XdpRewrite(ends, true, sourceMac, destinationMac, popped, pushed, tunnel, given);
    }

    /** Either may be {@link #KEEP}. */
    public XdpRewrite withMacs(long source, long destination) {
        return new XdpRewrite(ends, decrementsTtl, source, destination, popped, pushed, tunnel, given);
    }

    /** Takes {@code pop} tags off, then puts these on, the outer one first. */
    public XdpRewrite withTags(int pop, VlanTag... push) {
        return new XdpRewrite(ends, decrementsTtl, sourceMac, destinationMac, pop, List.of(push), tunnel, given);
    }

    public XdpRewrite withTunnel(VxlanTunnel into) {
        return new XdpRewrite(ends, decrementsTtl, sourceMac, destinationMac, popped, pushed, into, given);
    }

    /** Null for packets of any kind. */
    public XdpRewrite withGiven(@Nullable Given what) {
        return new XdpRewrite(ends, decrementsTtl, sourceMac, destinationMac, popped, pushed, tunnel, what);
    }
}
