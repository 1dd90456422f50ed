package dev.weir.cli.ctl;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.weir.api.v1.Direction;
import dev.weir.api.v1.Event;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowKey;
import dev.weir.packet.Addresses;
import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.table.FlowRecordBuilder;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpState;

/**
 * Flows and events as the daemon sends them, as the records that {@code export} writes: so that a flow looks the same in
 * {@code weir ctl} and in {@code weir track}. One thread; the view holds until the next call.
 */
final class FlowRows {
    private final FlowRecordBuilder builder = new FlowRecordBuilder();
    private final byte[] source = new byte[16], destination = new byte[16];

    FlowRecord of(Flow flow) {
        FlowKey key = flow.getKey();
        int family = Addresses.parse(key.getSource(), source);
        Addresses.parse(key.getDestination(), destination);
        Direction forward = flow.getForward(), reverse = flow.getReverse();
        int state = flow.getTcpStateValue();
        builder.clear()
                .flowId(flow.getFlowId())
                .ends(source, key.getSourcePort(), destination, key.getDestinationPort(), family == 4 ? 4 : 6)
                .protocol(key.getProtocol(), key.getTenant())
                .forward(
                        forward.getPackets(),
                        forward.getBytes(),
                        forward.getFrameBytes(),
                        forward.getTcpFlags(),
                        nanos(forward.getFirstTime()),
                        nanos(forward.getLastTime()))
                .reverse(
                        reverse.getPackets(),
                        reverse.getBytes(),
                        reverse.getFrameBytes(),
                        reverse.getTcpFlags(),
                        nanos(reverse.getFirstTime()),
                        nanos(reverse.getLastTime()))
                .tcpState(state >= 1 && state <= TcpState.COUNT ? state - 1 : TcpState.NONE)
                .reason(Math.clamp(flow.getEndReasonValue(), 0, EndReason.FLUSHED))
                .lifetimeMillis(lifetime(flow))
                .offloaded(flow.getOffloaded());
        ByteString infos = flow.getInfos();
        for (int i = 0; i < Math.min(infos.size(), 16); i++) {
            builder.info(i, infos.byteAt(i));
        }
        return builder.record();
    }

    FlowRecord of(Event event) {
        FlowRecord record = of(event.getFlow());
        int kind = switch (event.getKind()) {
            case CREATED -> FlowEvent.CREATED;
            case UPDATED -> FlowEvent.UPDATED;
            case ENDED -> FlowEvent.ENDED;
            default -> FlowEvent.STATE_CHANGED;
        };
        builder.event(kind, Math.clamp(event.getAuthorValue(), 0, FlowEvent.BY_CONTROL), nanos(event.getTime()));
        return record;
    }

    static long nanos(Timestamp time) {
        return time.getSeconds() * 1_000_000_000L + time.getNanos();
    }

    private static int lifetime(Flow flow) {
        if (flow.getLifetime().getNever()) {
            return Lifetime.NEVER;
        }
        var idle = flow.getLifetime().getIdle();
        long millis = idle.getSeconds() * 1000 + idle.getNanos() / 1_000_000;
        return Lifetime.ofMillis(Math.clamp(millis, 0, Lifetime.MAX_MILLIS));
    }
}
