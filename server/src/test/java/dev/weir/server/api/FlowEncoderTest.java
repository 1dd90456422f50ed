package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.weir.api.v1.Author;
import dev.weir.api.v1.Direction;
import dev.weir.api.v1.EndReason;
import dev.weir.api.v1.Event;
import dev.weir.api.v1.EventKind;
import dev.weir.api.v1.Flow;
import dev.weir.api.v1.FlowKey;
import dev.weir.api.v1.Lifetime;
import dev.weir.api.v1.TcpState;
import dev.weir.export.message.FlowEncoder;
import dev.weir.packet.Addresses;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the encoder writes is what protobuf's own classes write of the same record. */
class FlowEncoderTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void encoder_writesOctetByOctet_whatTheGeneratedClassesWrite(long seed) {
        var random = new SplittableRandom(seed);
        var encoder = new FlowEncoder();
        for (int i = 0; i < 5000; i++) {
            FlowRecord record = TestRecords.random(random);
            long sequence = random.nextLong() >>> random.nextInt(64);
            encoder.clear();
            encoder.flow(record);
            assertThat(ByteString.copyFrom(encoder.array(), 0, encoder.size()))
                    .as("seed %s, flow %s", seed, i)
                    .isEqualTo(flow(record).toByteString());
            assertThat(Messages.flow(record)).isEqualTo(flow(record));
            encoder.clear();
            encoder.event(sequence, record);
            assertThat(ByteString.copyFrom(encoder.array(), 0, encoder.size()))
                    .as("seed %s, event %s", seed, i)
                    .isEqualTo(event(sequence, record).toByteString());
        }
    }

    private static Event event(long sequence, FlowRecord r) {
        return Event.newBuilder()
                .setSequence(sequence)
                .setTime(time(r.at()))
                .setKind(
                        switch (r.kind()) {
                            case FlowEvent.CREATED -> EventKind.CREATED;
                            case FlowEvent.STATE_CHANGED -> EventKind.STATE_CHANGED;
                            case FlowEvent.UPDATED -> EventKind.UPDATED;
                            default -> EventKind.ENDED;
                        })
                .setAuthor(Author.forNumber(r.author()))
                .setFlow(flow(r))
                .build();
    }

    private static Flow flow(FlowRecord r) {
        byte[] infos = new byte[16];
        for (int i = 0; i < infos.length; i++) {
            infos[i] = (byte) r.info(i);
        }
        return Flow.newBuilder()
                .setFlowId(r.flowId())
                .setKey(FlowKey.newBuilder()
                        .setProtocol(r.protocol())
                        .setSource(Addresses.text(r.segment(), r.sourceAt(), r.family()))
                        .setSourcePort(r.sourcePort())
                        .setDestination(Addresses.text(r.segment(), r.destinationAt(), r.family()))
                        .setDestinationPort(r.destinationPort())
                        .setTenant(r.tenant()))
                .setStartTime(time(r.startTime()))
                .setEndTime(time(r.endTime()))
                .setForward(direction(
                        r.forwardPackets(),
                        r.forwardBytes(),
                        r.forwardFrameBytes(),
                        r.forwardTcpFlags(),
                        r.firstForward(),
                        r.lastForward()))
                .setReverse(direction(
                        r.reversePackets(),
                        r.reverseBytes(),
                        r.reverseFrameBytes(),
                        r.reverseTcpFlags(),
                        r.firstReverse(),
                        r.lastReverse()))
                .setTcpState(state(r.tcpState()))
                .setEndReason(EndReason.forNumber(r.reason()))
                .setOffloaded(r.offloaded())
                .setCtxId((int) r.ctxId())
                .setInfos(ByteString.copyFrom(infos))
                .setLifetime(lifetime(r.lifetimeMillis()))
                .build();
    }

    /** States have the same names in both. */
    private static TcpState state(int state) {
        String name = dev.weir.table.TcpState.name(state).replace('-', '_');
        return Arrays.stream(TcpState.values())
                .filter(value -> value.name().equals(name))
                .findAny()
                .orElse(TcpState.TCP_STATE_UNSPECIFIED);
    }

    private static Lifetime lifetime(int millis) {
        if (millis == dev.weir.table.Lifetime.NEVER) {
            return Lifetime.newBuilder().setNever(true).build();
        }
        long wide = Integer.toUnsignedLong(millis);
        return Lifetime.newBuilder()
                .setIdle(Duration.newBuilder().setSeconds(wide / 1000).setNanos((int) (wide % 1000) * 1_000_000))
                .build();
    }

    private static Direction direction(long packets, long bytes, long frameBytes, int flags, long first, long last) {
        Direction.Builder direction = Direction.newBuilder()
                .setPackets(packets)
                .setBytes(bytes)
                .setFrameBytes(frameBytes)
                .setTcpFlags(flags);
        return (packets == 0 ? direction : direction.setFirstTime(time(first)).setLastTime(time(last))).build();
    }

    private static Timestamp time(long nanos) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(nanos, 1_000_000_000L))
                .setNanos((int) Math.floorMod(nanos, 1_000_000_000L))
                .build();
    }
}
