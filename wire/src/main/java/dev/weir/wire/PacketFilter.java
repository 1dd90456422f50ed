package dev.weir.wire;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A filter expression in the language of pcap-filter(7), compiled by libpcap for one link type and then to the JVM's own
 * code. Matching allocates nothing. One thread at a time uses a filter.
 */
public final class PacketFilter {
    private final int linkType;
    private final BpfProgram program;

    private PacketFilter(int linkType, BpfProgram program) {
        this.linkType = linkType;
        this.program = program;
    }

    /**
     * Says beforehand what no expression could mend.
     *
     * @throws CaptureException when the machine has no libpcap, with how to install it
     */
    public static void requireCompiler() throws CaptureException {
        Libpcap.require("filter");
    }

    /**
     * Compiles an expression; an empty one accepts every packet.
     *
     * @param linkType what packets begin with, a {@link dev.weir.packet.LinkType}
     * @throws CaptureException when libpcap is missing, or says that the expression is wrong or does not suit the link
     *     type
     */
    public static PacketFilter compile(String expression, int linkType) throws CaptureException {
        return new PacketFilter(linkType, BpfTranslator.translate(Libpcap.compile(expression, linkType)));
    }

    /**
     * The instructions for a socket on an interface; they find VLAN tags where the kernel keeps them.
     *
     * @param linkType what packets of the interface begin with, a {@link dev.weir.packet.LinkType}
     * @throws CaptureException as {@link #compile} does
     */
    public static List<BpfInstruction> instructionsFor(String expression, String interfaceName, int linkType)
            throws CaptureException {
        return Libpcap.compileFor(expression, interfaceName, linkType);
    }

    /** The link type that the filter is for. */
    public int linkType() {
        return linkType;
    }

    /**
     * Whether the filter accepts a packet.
     *
     * @param at where its first byte is in {@code data}
     * @param captured how many bytes are there
     * @param length how long it was on the wire
     */
    public boolean accepts(MemorySegment data, long at, int captured, int length) {
        return program.match(data, at, captured, length) != 0;
    }

    BpfProgram program() {
        return program;
    }
}
