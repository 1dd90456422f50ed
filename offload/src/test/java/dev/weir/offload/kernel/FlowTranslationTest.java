package dev.weir.offload.kernel;

import static dev.weir.offload.kernel.KernelFlows.action;
import static dev.weir.offload.kernel.KernelFlows.u16;
import static dev.weir.offload.kernel.KernelFlows.u32;
import static dev.weir.offload.kernel.KernelFlows.u64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.offload.check.FlowCheck;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.check.ModelCheck;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import dev.weir.offload.xdp.VxlanTunnel;
import dev.weir.offload.xdp.XdpAction;
import dev.weir.offload.xdp.XdpFlow;
import dev.weir.offload.xdp.XdpRewrite;
import dev.weir.offload.xdp.XdpRewrite.VlanTag;
import dev.weir.table.FlowKey;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FlowTranslationTest {
    private static final long WEST = 11, EAST = 22;
    private static final FlowTranslation TRANSLATION = new FlowTranslation(Map.of(WEST, 0, EAST, 1));
    private static final FlowCheck CHECK = FlowCheck.of(KernelModel.of(1000, 1000));
    private static final Action OUT = action(KernelAction.OUTPUT, u32(EAST));
    private static final Action TAG = action(KernelAction.PUSH_VLAN, u16(5));
    private static final Action UNTAG = action(KernelAction.POP_VLAN);

    private static XdpFlow translated(Flow flow) throws FlowFault {
        CHECK.table(flow).check(flow);
        return TRANSLATION.flow(EAST, flow);
    }

    @Test
    void model_isSoundAndGoesAsText() throws Exception {
        assertThat(ModelCheck.violations(KernelModel.of(1, 1))).isEmpty();
        Document actions = new Document.Actions(KernelModel.of(1, 1).actions());
        assertThat(JsonDocuments.read(JsonDocuments.write(actions))).isEqualTo(actions);
    }

    @Test
    void key_isWhatPacketsOfTheInterfaceHave() throws Exception {
        XdpFlow flow = translated(KernelFlows.udp(1, 1234, action(KernelAction.DROP)));
        assertThat(flow.key())
                .isEqualTo(new FlowKey(
                        InetAddress.ofLiteral("10.7.0.1"), 1234, InetAddress.ofLiteral("10.7.0.2"), 6000, 17, 2));
        assertThat(TRANSLATION.key(WEST, KernelFlows.udp(1, 1234)).tenant()).isEqualTo(1);
    }

    @Test
    void ipv6Address_thatStandsForIpv4_staysIpv6() throws Exception {
        XdpFlow flow = translated(KernelFlows.ipv6(1, new Value(ValueType.U128, 0, 0xffff_0a07_0001L)));
        assertThat(flow.key().source()).isInstanceOf(Inet6Address.class);
        assertThat(flow.key().family()).isEqualTo(6);
    }

    static Stream<Arguments> actions() {
        XdpRewrite none = XdpRewrite.NONE;
        InetAddress from = InetAddress.ofLiteral("10.7.0.1");
        InetAddress to = InetAddress.ofLiteral("10.7.0.2");
        InetAddress other = InetAddress.ofLiteral("192.0.2.1");
        return Stream.of(
                Arguments.of(List.of(), new XdpAction.Drop()),
                Arguments.of(List.of(action(KernelAction.DROP)), new XdpAction.Drop()),
                Arguments.of(List.of(UNTAG, action(KernelAction.DROP)), new XdpAction.Drop()),
                Arguments.of(List.of(action(KernelAction.PASS)), new XdpAction.Pass()),
                Arguments.of(List.of(OUT), XdpAction.to(1)),
                Arguments.of(
                        List.of(action(KernelAction.SET_V4_SOURCE, u32(0xc000_0201L)), OUT),
                        new XdpAction.Redirect(1, none.withEnds(other, 1234, to, 6000))),
                Arguments.of(
                        List.of(
                                action(KernelAction.SET_DESTINATION_PORT, u16(80)),
                                action(KernelAction.SET_SOURCE_PORT, u16(9)),
                                action(KernelAction.DECREMENT_TTL),
                                OUT),
                        new XdpAction.Redirect(1, none.withEnds(from, 9, to, 80).withTtlDecremented())),
                Arguments.of(
                        List.of(
                                action(KernelAction.SET_SOURCE_MAC, u64(7)),
                                action(KernelAction.SET_DESTINATION_MAC, u64(8)),
                                OUT),
                        new XdpAction.Redirect(1, none.withMacs(7, 8))),
                Arguments.of(
                        List.of(UNTAG, TAG, action(KernelAction.PUSH_VLAN, u16(6)), OUT),
                        new XdpAction.Redirect(1, none.withTags(1, VlanTag.of(6), VlanTag.of(5)))),
                Arguments.of(List.of(TAG, UNTAG, OUT), XdpAction.to(1)),
                Arguments.of(
                        List.of(
                                action(
                                        KernelAction.VXLAN_OVER_V4,
                                        u32(0x0a07_0001),
                                        u32(0xc000_0201L),
                                        u32(42),
                                        u16(4789),
                                        u64(1),
                                        u64(2)),
                                OUT),
                        new XdpAction.Redirect(1, none.withTunnel(new VxlanTunnel(from, other, 42, 4789, 1, 2)))));
    }

    @ParameterizedTest
    @MethodSource("actions")
    void actions_areOneOfTheKernels(List<Action> actions, XdpAction expected) throws FlowFault {
        assertThat(translated(KernelFlows.udp(1, 1234, actions.toArray(Action[]::new)))
                        .action())
                .isEqualTo(expected);
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                Arguments.of(
                        List.of(OUT, action(KernelAction.DROP)),
                        "not-supported: table 1 (ipv4), flow 1: actions follow set_out_port; "),
                Arguments.of(List.of(TAG), "flow 1: the actions do not say where the packet goes; "),
                Arguments.of(
                        List.of(TAG, action(KernelAction.PASS)), "a packet that passes to the kernel's stack stays as"),
                Arguments.of(List.of(UNTAG, UNTAG, UNTAG, OUT), "popped tags: 3 is out of range; give 0 to 2"),
                Arguments.of(
                        List.of(action(KernelAction.OUTPUT, u32(33))),
                        "wrong-arguments: table 1 (ipv4), flow 1: interface 33 is no port of the driver; give one of"
                                + " [11, 22]"),
                Arguments.of(
                        List.of(action(KernelAction.DECREMENT_TTL), action(KernelAction.DECREMENT_TTL), OUT),
                        "dec_ttl twice; give it once"));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void whatTheKernelCannotDo_isRefused(List<Action> actions, String message) {
        assertThatThrownBy(() -> translated(KernelFlows.udp(1, 1234, actions.toArray(Action[]::new))))
                .isInstanceOfSatisfying(
                        FlowFault.class, fault -> assertThat(fault.line()).contains(message));
    }

    @Test
    void aProtocolThatIsNotOffloaded_isRefused() {
        assertThatThrownBy(() -> translated(KernelFlows.ipv4(1, 47, 0, 0, OUT)))
                .isInstanceOfSatisfying(
                        FlowFault.class,
                        fault -> assertThat(fault.line())
                                .contains("not-supported: table 1 (ipv4), flow 1: ")
                                .contains("its protocol is not offloaded"));
    }
}
