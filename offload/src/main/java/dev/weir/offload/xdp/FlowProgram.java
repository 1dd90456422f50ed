package dev.weir.offload.xdp;

import static dev.weir.wire.linux.EbpfAssembler.Condition.EQUAL;
import static dev.weir.wire.linux.EbpfAssembler.Operation.ADD;
import static dev.weir.wire.linux.EbpfAssembler.Register.R0;
import static dev.weir.wire.linux.EbpfAssembler.Register.R1;
import static dev.weir.wire.linux.EbpfAssembler.Register.R10;
import static dev.weir.wire.linux.EbpfAssembler.Register.R2;
import static dev.weir.wire.linux.EbpfAssembler.Width.DOUBLE;
import static dev.weir.wire.linux.EbpfAssembler.Width.WORD;

import dev.weir.wire.linux.EbpfAssembler;
import dev.weir.wire.linux.XdpProgram;
import java.nio.ByteOrder;
import java.util.Locale;

/**
 * The kernel's program of one port: {@link PacketCode} finds the flow of a packet, {@link ActionCode} does what its action
 * says and counts it. All else passes up, counted by why.
 *
 * <p>Registers that survive calls: R6 the context; R8 the end of what is there of the packet; R9 its IP header; R7 the
 * packet, and from when the flow is found its action. The stack holds the rest, {@link Stack}.
 *
 * <p>Lengths come from a helper, which counts packets that lie in several buffers whole. What depends on the family or the
 * protocol is a constant on the stack, which the verifier follows along each path, so that code after the lookup is written
 * once.
 */
final class FlowProgram {
    /** Helpers of the kernel. */
    static final int MAP_LOOKUP = 1, ADJUST_HEAD = 44, REDIRECT_MAP = 51, COARSE_CLOCK = 160, BUFFER_LENGTH = 188;
    /** {@code struct xdp_md}: 0 the packet's beginning, 4 its end. */
    static final int CONTEXT_DATA = 0, CONTEXT_END = 4;

    /** Below R10, each on eight octets. */
    static final class Stack {
        static final int KEY = -40, STATE = -48, LENGTH = -56, IP_OCTETS = -64, TAGS = -72, TCP_FLAGS = -80;
        /** Where, from the IP header, ports, checksum and end of the transport header are; constants of a path. */
        static final int PORTS_AT = -88, SUM_AT = -96, END_AT = -104;

        static final int FAMILY = -112, PROTOCOL = -120, TRANSPORT_OCTETS = -128, MACS = -144, IP_AT = -152;
        static final int REASON = -160, VLANS = -168, NEW_LENGTH = -176, VERDICT = -184;

        private Stack() {}
    }

    /** Labels that both parts know. */
    static final String FOUND = "found", IMPOSSIBLE = "impossible";

    private FlowProgram() {}

    /**
     * What a program is for.
     *
     * @param byVlan whether VLAN identifiers are the tenants
     * @param tenant else that of all packets of the port
     */
    record Place(XdpMaps maps, boolean byVlan, int tenant) {}

    static EbpfAssembler of(Place place) {
        EbpfAssembler code = new EbpfAssembler();
        new PacketCode(code, place).write();
        new ActionCode(code, place.maps()).write();
        writePassing(code, place.maps());
        return code;
    }

    /** Where a packet goes that is left to the JVM for this reason. */
    static String up(PassedUp reason) {
        return "up-" + reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static void writePassing(EbpfAssembler code, XdpMaps maps) {
        for (PassedUp reason : PassedUp.values()) {
            code.label(up(reason)).move(R1, reason.number).jump("up");
        }
        code.label("up")
                .store(WORD, R10, Stack.REASON, R1)
                .move(R2, R10)
                .compute(ADD, R2, Stack.REASON)
                .loadMap(R1, maps.reasons())
                .call(MAP_LOOKUP)
                .jump(EQUAL, R0, 0, "uncounted")
                .load(DOUBLE, R1, R0, 0)
                .compute(ADD, R1, 1)
                .store(DOUBLE, R0, 0, R1)
                .label("uncounted")
                .move(R0, XdpProgram.PASS)
                .exit()
                .label(IMPOSSIBLE)
                .move(R0, XdpProgram.ABORTED)
                .exit();
    }

    /** 16 bits of a packet as a load in native order sees them. */
    static int network(int value) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Short.reverseBytes((short) value) & 0xFFFF;
    }
}
