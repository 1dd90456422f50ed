package dev.weir.offload.kernel;

import dev.weir.offload.check.Fault;
import dev.weir.offload.check.FlowFault;
import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Value;
import dev.weir.offload.xdp.XdpAction;
import dev.weir.offload.xdp.XdpFlow;
import dev.weir.offload.xdp.XdpRewrite;
import dev.weir.table.FlowKey;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Flows that fit {@link KernelModel} as the kernel's driver has them. Immutable. */
final class FlowTranslation {
    /** By interface index, the index among the driver's ports. */
    private final Map<Long, Integer> ports;

    FlowTranslation(Map<Long, Integer> ports) {
        this.ports = Map.copyOf(ports);
    }

    /** What the packets have that come by an interface and are of the flow. */
    FlowKey key(long ifindex, Flow flow) {
        boolean isIpv4 = flow.table() == KernelModel.IPV4;
        return new FlowKey(
                address(flow, isIpv4 ? KernelModel.V4_SOURCE : KernelModel.V6_SOURCE, isIpv4),
                number(flow, isIpv4 ? KernelModel.V4_SOURCE_PORT : KernelModel.V6_SOURCE_PORT),
                address(flow, isIpv4 ? KernelModel.V4_DESTINATION : KernelModel.V6_DESTINATION, isIpv4),
                number(flow, isIpv4 ? KernelModel.V4_DESTINATION_PORT : KernelModel.V6_DESTINATION_PORT),
                number(flow, isIpv4 ? KernelModel.V4_PROTOCOL : KernelModel.V6_PROTOCOL),
                tenant(ifindex));
    }

    /** Interfaces are told apart by tenants, numbered from 1. */
    private int tenant(long ifindex) {
        return Objects.requireNonNull(ports.get(ifindex)) + 1;
    }

    private static int number(Flow flow, FieldRef column) {
        return (int) value(flow, column).low();
    }

    private static InetAddress address(Flow flow, FieldRef column, boolean isIpv4) {
        return Addresses.of(value(flow, column), isIpv4);
    }

    private static Value value(Flow flow, FieldRef column) {
        for (FieldRef ref : flow.matchList()) {
            if (ref.sameField(column)) return Objects.requireNonNull(ref.value());
        }
        throw new IllegalArgumentException("flow " + flow.uid() + ": lacks a column; check it against its table first");
    }

    /** The flow; throws where the kernel's program cannot do what it says. */
    XdpFlow flow(long ifindex, Flow flow) throws FlowFault {
        FlowKey key = key(ifindex, flow);
        try {
            return new XdpFlow(key, action(flow, new Rewriting(key)));
        } catch (IllegalArgumentException e) {
            throw fault(Fault.NOT_SUPPORTED, flow, String.valueOf(e.getMessage()));
        }
    }

    private XdpAction action(Flow flow, Rewriting rewriting) throws FlowFault {
        List<Action> actions = flow.actionList();
        for (int i = 0; i < actions.size(); i++) {
            Action asked = actions.get(i);
            KernelAction action = Objects.requireNonNull(KernelAction.of(asked.uid()));
            if (!action.ends()) {
                rewriting.apply(action, asked.arguments());
            } else if (i < actions.size() - 1) {
                throw fault(Fault.NOT_SUPPORTED, flow, "actions follow " + action.title + "; put it last");
            } else return end(flow, action, asked.arguments(), rewriting);
        }
        if (actions.isEmpty()) return new XdpAction.Drop();
        throw fault(Fault.NOT_SUPPORTED, flow, "the actions do not say where the packet goes; end with one that does");
    }

    private XdpAction end(Flow flow, KernelAction action, List<ActionArg> arguments, Rewriting rewriting)
            throws FlowFault {
        if (action == KernelAction.DROP) return new XdpAction.Drop();
        XdpRewrite rewrite = rewriting.rewrite();
        if (action == KernelAction.PASS) {
            if (rewrite.equals(XdpRewrite.NONE)) return new XdpAction.Pass();
            throw fault(
                    Fault.NOT_SUPPORTED,
                    flow,
                    "a packet that passes to the kernel's stack stays as it came; change it on its way out of a port");
        }
        long to = Objects.requireNonNull(arguments.getFirst().value()).low();
        Integer port = ports.get(to);
        if (port != null) return new XdpAction.Redirect(port, rewrite);
        throw fault(
                Fault.WRONG_ARGUMENTS,
                flow,
                "interface " + to + " is no port of the driver; give one of "
                        + ports.keySet().stream().sorted().toList());
    }

    static FlowFault fault(Fault fault, Flow flow, String reason) {
        String table = flow.table() == KernelModel.IPV4 ? "ipv4" : "ipv6";
        return new FlowFault(fault, "table " + flow.table() + " (" + table + "), flow " + flow.uid(), reason);
    }
}
