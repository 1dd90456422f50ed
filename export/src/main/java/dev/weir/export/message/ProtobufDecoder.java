package dev.weir.export.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import dev.weir.api.v1.Author;
import dev.weir.api.v1.Direction;
import dev.weir.api.v1.Event;
import dev.weir.api.v1.EventKind;
import dev.weir.api.v1.Feature;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowKey;
import dev.weir.api.v1.SensorEvent;
import dev.weir.export.FeatureColumn.Kind;
import dev.weir.table.EndReason;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecordBuilder;
import dev.weir.table.Lifetime;
import dev.weir.table.TcpState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads messages in protobuf's binary form. What follows from other fields is not looked at: start and end where a direction has its
 * times, and {@code ctx_id} where there are infos.
 */
final class ProtobufDecoder implements MessageDecoder {
    private static final String FLOW = "event.flow.", KEY = FLOW + "key.";
    private static final String[] ENDS = {
        KEY + "source", KEY + "source_port", KEY + "destination", KEY + "destination_port"
    };

    @Override
    public FlowMessage decode(byte[] octets) throws MessageFault {
        SensorEvent message;
        try {
            message = SensorEvent.parseFrom(octets);
        } catch (InvalidProtocolBufferException e) {
            throw new MessageFault(
                    "message of " + octets.length + " octets", "no weir.v1.SensorEvent: " + e.getMessage(), e);
        }
        String sensor = Checks.name("sensor", message.getSensor());
        String run = Checks.name("run", message.getRun());
        require(message.hasEvent(), "event");
        Event event = message.getEvent();
        long sequence = Checks.sequence("event.sequence", event.getSequence());
        require(event.hasFlow(), "event.flow");
        FlowRecordBuilder flow = new FlowRecordBuilder();
        fill(flow, event.getFlow());
        require(event.hasTime(), "event.time");
        flow.event(kind(event), author(event), nanos("event.time", event.getTime()));
        return new FlowMessage(sensor, run, sequence, flow.record(), features(message.getFeaturesList()));
    }

    private static void require(boolean there, String field) throws MessageFault {
        if (!there) {
            throw new MessageFault(field, "is missing");
        }
    }

    private static int kind(Event event) throws MessageFault {
        return switch (event.getKind()) {
            case CREATED -> FlowEvent.CREATED;
            case STATE_CHANGED -> FlowEvent.STATE_CHANGED;
            case UPDATED -> FlowEvent.UPDATED;
            case ENDED -> FlowEvent.ENDED;
            case EVENT_KIND_UNSPECIFIED -> throw new MessageFault("event.kind", "is missing");
            case UNRECOGNIZED ->
                throw new MessageFault(
                        "event.kind", event.getKindValue() + " is none of " + List.of(EventKind.values()));
        };
    }

    private static int author(Event event) throws MessageFault {
        if (event.getAuthor() == Author.UNRECOGNIZED) {
            throw new MessageFault("event.author", event.getAuthorValue() + " is out of range; there can be 0 to 2");
        }
        return event.getAuthorValue();
    }

    private static void fill(FlowRecordBuilder flow, Flow message) throws MessageFault {
        flow.flowId(Checks.upTo(FLOW + "flow_id", message.getFlowId(), Long.MAX_VALUE));
        require(message.hasKey(), FLOW + "key");
        FlowKey key = message.getKey();
        Checks.ends(flow, ENDS, key.getSource(), key.getSourcePort(), key.getDestination(), key.getDestinationPort());
        flow.protocol((int) Checks.upTo(KEY + "protocol", key.getProtocol(), Checks.MAX_OCTET), (int)
                Checks.upTo(KEY + "tenant", key.getTenant(), Checks.MAX_TENANT));
        directions(flow, message);
        flow.tcpState(state(message))
                .reason((int) Checks.upTo(FLOW + "end_reason", message.getEndReasonValue(), EndReason.FLUSHED))
                .offloaded(message.getOffloaded());
        infos(flow, message);
        flow.lifetimeMillis(lifetime(message));
    }

    /** Where no direction has packets, the flow's own times are those of its first one. */
    private static void directions(FlowRecordBuilder flow, Flow message) throws MessageFault {
        Direction forward = message.getForward(), reverse = message.getReverse();
        boolean none = forward.getPackets() == 0 && reverse.getPackets() == 0;
        if (none) {
            require(message.hasStartTime() && message.hasEndTime(), FLOW + "start_time or " + FLOW + "end_time");
        }
        String place = FLOW + "forward.";
        flow.forward(
                count(place + "packets", forward.getPackets()),
                count(place + "bytes", forward.getBytes()),
                count(place + "frame_bytes", forward.getFrameBytes()),
                flags(place, forward),
                none ? nanos(FLOW + "start_time", message.getStartTime()) : first(place, forward),
                none ? nanos(FLOW + "end_time", message.getEndTime()) : last(place, forward));
        place = FLOW + "reverse.";
        flow.reverse(
                count(place + "packets", reverse.getPackets()),
                count(place + "bytes", reverse.getBytes()),
                count(place + "frame_bytes", reverse.getFrameBytes()),
                flags(place, reverse),
                first(place, reverse),
                last(place, reverse));
    }

    private static long count(String field, long value) throws MessageFault {
        return Checks.upTo(field, value, Long.MAX_VALUE);
    }

    private static int flags(String place, Direction direction) throws MessageFault {
        return (int) Checks.upTo(place + "tcp_flags", direction.getTcpFlags(), Checks.MAX_OCTET);
    }

    private static long first(String place, Direction direction) throws MessageFault {
        require(direction.getPackets() == 0 || direction.hasFirstTime(), place + "first_time");
        return nanos(place + "first_time", direction.getFirstTime());
    }

    private static long last(String place, Direction direction) throws MessageFault {
        require(direction.getPackets() == 0 || direction.hasLastTime(), place + "last_time");
        return nanos(place + "last_time", direction.getLastTime());
    }

    private static long nanos(String field, Timestamp time) throws MessageFault {
        Checks.upTo(field + ".nanos", time.getNanos(), Checks.SECOND - 1);
        try {
            return Math.addExact(Math.multiplyExact(time.getSeconds(), Checks.SECOND), time.getNanos());
        } catch (ArithmeticException e) {
            throw new MessageFault(field, time.getSeconds() + " s is out of range; there can be 1678 to 2261", e);
        }
    }

    private static int state(Flow message) throws MessageFault {
        int state = (int) Checks.upTo(FLOW + "tcp_state", message.getTcpStateValue(), TcpState.COUNT);
        return state == 0 ? TcpState.NONE : state - 1;
    }

    private static void infos(FlowRecordBuilder flow, Flow message) throws MessageFault {
        ByteString infos = message.getInfos();
        if (!infos.isEmpty() && infos.size() != Checks.INFOS) {
            throw new MessageFault(FLOW + "infos", infos.size() + " octets; there can be " + Checks.INFOS);
        }
        for (int i = 0; i < infos.size(); i++) {
            flow.info(i, infos.byteAt(i));
        }
        if (infos.isEmpty()) {
            flow.contextId(message.getCtxId());
        }
    }

    private static int lifetime(Flow message) throws MessageFault {
        String field = FLOW + "lifetime";
        return switch (message.getLifetime().getKindCase()) {
            case NEVER -> Lifetime.NEVER;
            case IDLE -> {
                Duration idle = message.getLifetime().getIdle();
                long nanos = Checks.upTo(field + ".idle.nanos", idle.getNanos(), Checks.SECOND - 1);
                long seconds = Checks.upTo(field + ".idle.seconds", idle.getSeconds(), Lifetime.MAX_MILLIS / 1000);
                if (nanos % Checks.MILLI != 0) {
                    throw new MessageFault(field + ".idle.nanos", nanos + " is finer than a millisecond");
                }
                yield (int) Checks.upTo(field + ".idle", seconds * 1000 + nanos / Checks.MILLI, Lifetime.MAX_MILLIS);
            }
            case AGING_PROFILE, KIND_NOT_SET -> throw new MessageFault(field, "has neither idle nor never");
        };
    }

    private static List<FlowFeature> features(List<Feature> messages) throws MessageFault {
        List<FlowFeature> features = new ArrayList<>(messages.size());
        Set<String> names = new HashSet<>();
        for (int i = 0; i < messages.size(); i++) {
            Feature each = messages.get(i);
            String place = "features[" + i + "]";
            require(!each.getName().isEmpty(), place + ".name");
            if (!names.add(each.getName())) {
                throw new MessageFault(place, Checks.clipped(each.getName()) + " is there twice");
            }
            features.add(
                    switch (each.getValueCase()) {
                        case INTEGER -> feature(each, Kind.INTEGER, List.of(each.getInteger()));
                        case DECIMAL -> feature(each, Kind.DECIMAL, List.of(each.getDecimal()));
                        case INTEGERS ->
                            feature(each, Kind.INTEGERS, each.getIntegers().getValuesList());
                        case DECIMALS ->
                            feature(each, Kind.DECIMALS, each.getDecimals().getValuesList());
                        case TEXT -> new FlowFeature(each.getName(), Kind.TEXT, List.of(), each.getText());
                        case VALUE_NOT_SET -> throw new MessageFault(place, "has no value that is known");
                    });
        }
        return features;
    }

    private static FlowFeature feature(Feature feature, Kind kind, List<? extends Number> numbers) {
        return new FlowFeature(feature.getName(), kind, List.copyOf(numbers), "");
    }
}
