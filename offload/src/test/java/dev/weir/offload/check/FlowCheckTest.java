package dev.weir.offload.check;

import static dev.weir.offload.Samples.ACL;
import static dev.weir.offload.Samples.BRIDGE;
import static dev.weir.offload.Samples.DROP;
import static dev.weir.offload.Samples.DST_IP;
import static dev.weir.offload.Samples.DST_MAC;
import static dev.weir.offload.Samples.PROTOCOL;
import static dev.weir.offload.Samples.ROUTE;
import static dev.weir.offload.Samples.SRC_IP;
import static dev.weir.offload.Samples.SRC_IP6;
import static dev.weir.offload.Samples.VLAN;
import static dev.weir.offload.Samples.u128;
import static dev.weir.offload.Samples.u16;
import static dev.weir.offload.Samples.u32;
import static dev.weir.offload.Samples.u64;
import static dev.weir.offload.Samples.u8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.offload.Samples;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FlowCheckTest {
    private static final FlowCheck CHECK = FlowCheck.of(Samples.model());

    private static Match check(Flow flow) throws FlowFault {
        return CHECK.table(flow).check(flow);
    }

    @Test
    void flowsOfTheSample_fit() throws FlowFault {
        check(Samples.bridged(1));
        check(Samples.listed(1, 1, 0x0a000000, 8));
        check(Samples.routed(1, 0x0a000000, 8));
        check(Flow.of(ACL, 1, 1, List.of(), List.of()));
        check(acl(SRC_IP6.masked(u128(0x20010db8_00000000L, 0), u128(-1L << 32, 0))));
    }

    static Stream<Arguments> faults() {
        FieldRef unknown = FieldRef.column(1, 3, 12, MaskType.MASK);
        return Stream.of(
                Arguments.of(
                        Flow.named(9, 4),
                        Fault.UNKNOWN_TABLE,
                        "table 9, flow 4: there is no such table; give one of [1, 2, 3]"),
                Arguments.of(Flow.named(ACL, 4), Fault.MISSING_MATCH, "table 1 (acl), flow 4: has no matches"),
                of(
                        acl(unknown.masked(u32(0), u32(0))),
                        Fault.UNKNOWN_FIELD,
                        "instance 1, header 3, field 12: is no column"),
                of(acl(masked(), masked()), Fault.REPEATED_FIELD, "ipv4.src_ip: is matched twice"),
                of(acl(SRC_IP), Fault.MISSING_VALUE, "ipv4.src_ip: has no value"),
                of(
                        acl(SRC_IP.masked(u16(1), u16(1))),
                        Fault.WRONG_WIDTH,
                        "ipv4.src_ip: value 0x1 of type u16 for a field of 32 bits"),
                of(
                        bridge(u64(1), u16(0x1000)),
                        Fault.WRONG_WIDTH,
                        "vlan.vid: value 0x1000 of type u16 for a field of 12 bits"),
                of(
                        bridge(u64(1L << 48), u16(1)),
                        Fault.WRONG_WIDTH,
                        "ethernet.dst_mac: value 0x1000000000000 of type u64"),
                of(
                        acl(ref(SRC_IP, MaskType.LPM, 1, 1)),
                        Fault.WRONG_MASK_TYPE,
                        "ipv4.src_ip: is asked for by longest prefix, the column is matched by mask; give mask_type 3"),
                of(
                        route(DST_IP.exactly(u32(1))),
                        Fault.WRONG_MASK_TYPE,
                        "is asked for by exact, the column is matched by longest prefix"),
                of(
                        route(ref(DST_IP, MaskType.LPM, 0, 0xff00ff00L)),
                        Fault.WRONG_MASK,
                        "ipv4.dst_ip: mask 0xff00ff00 is no prefix"),
                of(route(ref(DST_IP, MaskType.LPM, 0, 1)), Fault.WRONG_MASK, "mask 0x1 is no prefix"),
                of(
                        acl(ref(SRC_IP, MaskType.EXACT, 0, 0xfffffffeL)),
                        Fault.WRONG_MASK,
                        "is not all ones, as exact wants; give 0xffffffff"),
                of(
                        acl(new FieldRef(3, 3, 12, MaskType.MASK, ValueType.U32, u32(1), null)),
                        Fault.WRONG_MASK,
                        "ipv4.src_ip: has no mask"),
                of(
                        acl(PROTOCOL.masked(u16(6), u16(0x1ff))),
                        Fault.WRONG_MASK,
                        "ipv4.protocol: mask 0x1ff is wider than the field of 8 bits"),
                of(
                        Flow.of(BRIDGE, 4, 0, List.of(VLAN.exactly(u16(1))), List.of()),
                        Fault.MISSING_MATCH,
                        "table 2 (bridge), flow 4, ethernet.dst_mac: is not matched, and the column is exact"),
                of(
                        new Flow(ACL, 4, 0, List.of(), null, Flow.named(0, 0).timeouts(), null, null),
                        Fault.MISSING_ACTIONS,
                        "has no actions"),
                of(
                        acting(Action.of("set_vlan_id", 1)),
                        Fault.UNKNOWN_ACTION,
                        "action 0: uid 1 is no action of the table; give one of [5, 7]"),
                of(acting(DROP, Action.of("drip", 7)), Fault.UNKNOWN_ACTION, "action 1 (drop): is called drip here"),
                of(
                        acting(Action.of("set_out_port", 5)),
                        Fault.WRONG_ARGUMENTS,
                        "action 0 (set_out_port): has 0 arguments, its signature 1"),
                of(
                        acting(output("port", ValueType.U16)),
                        Fault.WRONG_ARGUMENTS,
                        "argument 0: is of type u16, its signature says u32"),
                of(
                        acting(output("queue", ValueType.U32)),
                        Fault.WRONG_ARGUMENTS,
                        "argument 0: is called queue, its signature says port"),
                of(
                        acting(Action.of("set_out_port", 5, new ActionArg(null, ValueType.U32, null))),
                        Fault.WRONG_ARGUMENTS,
                        "argument 0: has no value"));
    }

    private static Arguments of(Flow flow, Fault fault, String expected) {
        return Arguments.of(flow, fault, expected);
    }

    private static FieldRef masked() {
        return SRC_IP.masked(u32(1), u32(1));
    }

    private static FieldRef ref(FieldRef column, MaskType type, long value, long mask) {
        return new FieldRef(
                column.instance(), column.header(), column.field(), type, ValueType.U32, u32(value), u32(mask));
    }

    private static Flow acl(FieldRef... matches) {
        return Flow.of(ACL, 4, 0, List.of(matches), List.of(DROP));
    }

    private static Flow route(FieldRef match) {
        return Flow.of(ROUTE, 4, 0, List.of(match), List.of(DROP));
    }

    private static Flow bridge(Value mac, Value vlan) {
        return Flow.of(BRIDGE, 4, 0, List.of(DST_MAC.exactly(mac), VLAN.exactly(vlan)), List.of());
    }

    private static Flow acting(Action... actions) {
        return Flow.of(ACL, 4, 0, List.of(), List.of(actions));
    }

    private static Action output(String name, ValueType type) {
        return Action.of("set_out_port", 5, ActionArg.of(name, Value.of(type, 1)));
    }

    @ParameterizedTest(name = "{1} {2}")
    @MethodSource("faults")
    void aFault_isToldWithTableFlowFieldAndRemedy(Flow flow, Fault fault, String expected) {
        FlowFault thrown = catchThrowableOfType(FlowFault.class, () -> check(flow));
        assertThat(thrown.fault()).isEqualTo(fault);
        assertThat(thrown).hasMessageContaining(expected).hasMessageContaining("; ");
        assertThat(thrown.getMessage()).startsWith("table " + flow.table());
        assertThat(thrown.line()).startsWith(fault + ": table ");
        assertThat(thrown.refusal().code()).isEqualTo(fault.number());
    }

    @Test
    void waysToWriteTheSame_areOneMatch() throws FlowFault {
        Match exact = check(acl(SRC_IP.exactly(u32(7))));
        Match masked = check(acl(PROTOCOL.masked(u8(9), u8(0)), SRC_IP.masked(u32(7), u32(0xffffffffL))));
        Match wide = check(acl(SRC_IP.masked(u64(7), u64(0xffffffffL))));
        assertThat(masked).isEqualTo(exact).hasSameHashCodeAs(exact);
        assertThat(wide).isEqualTo(exact).hasSameHashCodeAs(exact);
        assertThat(check(acl(SRC_IP.masked(u32(0xff), u32(0xf0)))))
                .isEqualTo(check(acl(SRC_IP.masked(u32(0xf0), u32(0xf0)))));
    }

    @Test
    void faults_haveNumbersAndErrnosOfTheirOwn() {
        assertThat(Stream.of(Fault.values()).map(Fault::number)).doesNotHaveDuplicates();
        for (Fault fault : Fault.values())
            assertThat(Fault.ofNumber(fault.number())).isEqualTo(fault);
        assertThat(Fault.ofNumber(4711)).isNull();
    }
}
