package dev.weir.offload.kernel;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.util.ArrayList;
import java.util.List;

/** Flows that fit the kernel's model. */
final class KernelFlows {
    static final long SOURCE = 0x0a07_0001, DESTINATION = 0x0a07_0002;
    static final int PORT = 6000;

    private KernelFlows() {}

    /** UDP from port {@code sourcePort} to {@link #PORT}. */
    static Flow udp(long uid, int sourcePort, Action... actions) {
        return ipv4(uid, 17, sourcePort, PORT, actions);
    }

    static Flow ipv4(long uid, int protocol, int sourcePort, int destinationPort, Action... actions) {
        List<FieldRef> matches = List.of(
                KernelModel.V4_SOURCE.exactly(u32(SOURCE)),
                KernelModel.V4_DESTINATION.exactly(u32(DESTINATION)),
                KernelModel.V4_PROTOCOL.exactly(Value.of(ValueType.U8, protocol)),
                KernelModel.V4_SOURCE_PORT.exactly(u16(sourcePort)),
                KernelModel.V4_DESTINATION_PORT.exactly(u16(destinationPort)));
        return Flow.of(KernelModel.IPV4, uid, 0, matches, List.of(actions));
    }

    static Flow ipv6(long uid, Value source, Action... actions) {
        List<FieldRef> matches = List.of(
                KernelModel.V6_SOURCE.exactly(source),
                KernelModel.V6_DESTINATION.exactly(new Value(ValueType.U128, 0x2001_0db8_0000_0000L, 2)),
                KernelModel.V6_PROTOCOL.exactly(Value.of(ValueType.U8, 6)),
                KernelModel.V6_SOURCE_PORT.exactly(u16(1)),
                KernelModel.V6_DESTINATION_PORT.exactly(u16(2)));
        return Flow.of(KernelModel.IPV6, uid, 0, matches, List.of(actions));
    }

    /** An action of the catalogue with those arguments. */
    static Action action(KernelAction action, Value... values) {
        List<ActionArg> arguments = new ArrayList<>();
        for (ActionArg argument : action.arguments()) {
            arguments.add(new ActionArg(argument.name(), argument.type(), values[arguments.size()]));
        }
        return Action.of(action.title, action.uid, arguments.toArray(ActionArg[]::new));
    }

    static Value u16(int number) {
        return Value.of(ValueType.U16, number);
    }

    static Value u32(long number) {
        return Value.of(ValueType.U32, number);
    }

    static Value u64(long number) {
        return Value.of(ValueType.U64, number);
    }
}
