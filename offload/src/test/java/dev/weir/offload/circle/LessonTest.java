package dev.weir.offload.circle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.dataplane.graph.Batch;
import dev.weir.dataplane.graph.FrameHead;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.dataplane.graph.OffloadNotice.Passed;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.offload.xdp.Sample;
import dev.weir.offload.xdp.XdpAction;
import dev.weir.offload.xdp.XdpFlow;
import dev.weir.offload.xdp.XdpRewrite;
import dev.weir.table.FlowKey;
import dev.weir.testing.Frames;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is learned of a packet that went through the graph. */
class LessonTest {
    private static final int LEFT = 0, RIGHT = 1, STRANGE = 2, ETHERNET = 14;
    private static final GraphConfig GRAPH = GraphConfig.builder().build();
    private static final byte[] PLAIN = Frames.tcpFrame("10.0.0.1", 1000, "10.0.0.2", 80, Frames.ACK, 100);

    private static FrameHead head(byte[] frame) {
        return new FrameHead(Arrays.copyOf(frame, Math.min(frame.length, FrameHead.MOST)), frame.length);
    }

    private static Lesson of(byte[] came, int network, byte[] left, int from, int to) {
        FlowKey key = new FlowKey(InetAddress.ofLiteral("10.0.0.1"), 1, InetAddress.ofLiteral("10.0.0.2"), 2, 6, 0);
        Passed packet =
                new Passed(new OffloadedFlow(0, 1, key), false, 0, network, head(came), from, head(left), to, GRAPH);
        return Lesson.of(packet, port -> port == STRANGE ? -1 : port);
    }

    private static byte[] with(byte[] frame, int at, int octet) {
        byte[] changed = frame.clone();
        changed[at] = (byte) octet;
        return changed;
    }

    @Test
    void anyRewrite_isLearnedFromOnePacket() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            Sample sample = Sample.random(random);
            XdpRewrite any = sample.randomRewrite(random);
            XdpRewrite rewrite = new XdpRewrite(
                    any.ends(),
                    any.decrementsTtl(),
                    any.sourceMac(),
                    any.destinationMac(),
                    any.popped(),
                    any.pushed()
                            .subList(
                                    0,
                                    Math.min(
                                            any.pushed().size(),
                                            2 - sample.tags().size() + any.popped())),
                    null);
            byte[] left = sample.after(rewrite).frame();
            Lesson lesson = of(sample.frame(), ETHERNET + 4 * sample.tags().size(), left, LEFT, RIGHT);
            assertThat(lesson).as("seed %d, packet %d: %s", seed, i, rewrite).isInstanceOf(Lesson.Carry.class);
            XdpFlow learned = ((Lesson.Carry) lesson).flow();
            XdpAction.Redirect redirect = (XdpAction.Redirect) learned.action();
            assertThat(learned.key()).isEqualTo(sample.key());
            assertThat(redirect.port()).isEqualTo(RIGHT);
            assertThat(sample.after(redirect.rewrite()).frame())
                    .as("seed %d, packet %d", seed, i)
                    .isEqualTo(left);
        }
    }

    /** What cannot be carried, and why. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to the frames
    enum Case {
        DROPPED(PLAIN, PLAIN, LEFT, Batch.NO_PORT, null),
        UNCHANGED(PLAIN, PLAIN, LEFT, RIGHT, null),
        BACK(PLAIN, PLAIN, RIGHT, RIGHT, null),
        FROM_ELSEWHERE(PLAIN, PLAIN, STRANGE, RIGHT, StayReason.PORT),
        TO_ELSEWHERE(PLAIN, PLAIN, LEFT, STRANGE, StayReason.PORT),
        OTHER_PAYLOAD(PLAIN, with(PLAIN, 60, 77), LEFT, RIGHT, StayReason.CHANGE),
        OTHER_SERVICE(PLAIN, with(PLAIN, ETHERNET + 1, 8), LEFT, RIGHT, StayReason.CHANGE),
        OTHER_SEQUENCE(PLAIN, with(PLAIN, 38, 1), LEFT, RIGHT, StayReason.CHANGE),
        TTL_UP(PLAIN, with(PLAIN, ETHERNET + 8, 255), LEFT, RIGHT, StayReason.CHANGE),
        TTL_TWO_LESS(PLAIN, with(PLAIN, ETHERNET + 8, 62), LEFT, RIGHT, StayReason.CHANGE),
        SHORTER(PLAIN, Arrays.copyOf(PLAIN, 90), LEFT, RIGHT, StayReason.CHANGE),
        NOT_IP_ANY_MORE(PLAIN, with(PLAIN, 12, 9), LEFT, RIGHT, StayReason.CHANGE),
        FRAGMENT(with(PLAIN, ETHERNET + 6, 0x20), PLAIN, LEFT, RIGHT, StayReason.PACKET),
        OPTIONS(with(PLAIN, ETHERNET, 0x46), PLAIN, LEFT, RIGHT, StayReason.PACKET),
        ANOTHER_PROTOCOL(with(PLAIN, ETHERNET + 9, 47), PLAIN, LEFT, RIGHT, StayReason.PACKET),
        CUT_OFF(Arrays.copyOf(PLAIN, 40), PLAIN, LEFT, RIGHT, StayReason.PACKET);
        final byte[] came, left;
        final int from, to;
        final @Nullable StayReason reason;

        Case(byte[] came, byte[] left, int from, int to, @Nullable StayReason reason) {
            this.came = came;
            this.left = left;
            this.from = from;
            this.to = to;
            this.reason = reason;
        }
    }

    @ParameterizedTest
    @EnumSource(Case.class)
    void packet_asItCameAndLeft_teaches(Case it) {
        Lesson lesson = of(it.came, ETHERNET, it.left, it.from, it.to);
        switch (lesson) {
            case Lesson.Stay stay -> assertThat(stay.reason()).isEqualTo(it.reason);
            case Lesson.Carry carry -> {
                assertThat(it.reason).isNull();
                assertThat(carry.flow().action())
                        .isEqualTo(it.to == Batch.NO_PORT ? new XdpAction.Drop() : XdpAction.to(it.to));
            }
        }
    }

    @Test
    void flowByTheInnerHeaders_stays() {
        assertThat(of(PLAIN, ETHERNET + 50, PLAIN, LEFT, RIGHT)).isEqualTo(new Lesson.Stay(StayReason.PACKET, false));
    }
}
