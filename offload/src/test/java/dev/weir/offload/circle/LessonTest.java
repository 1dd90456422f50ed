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
    /** A frame in a tunnel, of either family, whose UDP ports are 0x0101. */
    private static final byte[] FIRST_PORT = new byte[200];

    static {
        Arrays.fill(FIRST_PORT, (byte) 1);
    }

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

    /** A frame of {@link #PLAIN} in a tunnel between routers. */
    private static byte[] tunnelled() {
        byte[] packet = Frames.ipv4(
                "192.0.2.1", "192.0.2.2", Frames.UDP, 0, 0x4000, Frames.udp(50000, 4789, Frames.vxlan(7, PLAIN)));
        return Frames.ethernet(1, 2, 0x0800, packet);
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
                    any.tunnel(),
                    null);
            byte[] left = sample.frameAfter(rewrite, FIRST_PORT);
            Lesson lesson = of(sample.frame(), ETHERNET + 4 * sample.tags().size(), left, LEFT, RIGHT);
            assertThat(lesson).as("seed %d, packet %d: %s", seed, i, rewrite).isInstanceOf(Lesson.Carry.class);
            XdpFlow learned = ((Lesson.Carry) lesson).flow();
            XdpAction.Redirect redirect = (XdpAction.Redirect) learned.action();
            assertThat(learned.key()).isEqualTo(sample.key());
            assertThat(redirect.port()).isEqualTo(RIGHT);
            assertThat(sample.frameAfter(redirect.rewrite(), left))
                    .as("seed %d, packet %d", seed, i)
                    .isEqualTo(left);
            boolean isReshaped = rewrite.tunnel() != null
                    || !sample.tags().equals(sample.after(rewrite).tags());
            assertThat(redirect.rewrite().given())
                    .as("seed %d, packet %d", seed, i)
                    .isEqualTo(
                            isReshaped
                                    ? new XdpRewrite.Given(
                                            sample.tags(),
                                            rewrite.tunnel() == null ? XdpRewrite.Given.ANY : sample.typeOfService())
                                    : null);
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
        CUT_OFF(Arrays.copyOf(PLAIN, 40), PLAIN, LEFT, RIGHT, StayReason.PACKET),
        TUNNEL_OF_ANOTHER_PACKET(PLAIN, with(tunnelled(), 110, 77), LEFT, RIGHT, StayReason.CHANGE),
        TUNNEL_WITH_AN_IDENTIFICATION(PLAIN, with(tunnelled(), 19, 1), LEFT, RIGHT, StayReason.CHANGE),
        TUNNEL_THAT_MAY_BE_FRAGMENTED(PLAIN, with(tunnelled(), 20, 0), LEFT, RIGHT, StayReason.CHANGE),
        TUNNEL_WITH_A_CHECKSUM(PLAIN, with(tunnelled(), 41, 1), LEFT, RIGHT, StayReason.CHANGE),
        TUNNEL_OF_ANOTHER_LENGTH(PLAIN, with(tunnelled(), 17, 1), LEFT, RIGHT, StayReason.CHANGE),
        TUNNEL_WITHOUT_A_SOURCE_PORT(PLAIN, with(with(tunnelled(), 34, 0), 35, 0), LEFT, RIGHT, StayReason.CHANGE),
        TUNNEL_WITHOUT_AN_IDENTIFIER(PLAIN, with(tunnelled(), 42, 0), LEFT, RIGHT, StayReason.CHANGE),
        TUNNEL_WITH_A_FLAG(PLAIN, with(tunnelled(), 42, 0x88), LEFT, RIGHT, StayReason.CHANGE),
        TUNNEL_THAT_ENDS(tunnelled(), PLAIN, LEFT, RIGHT, StayReason.CHANGE);
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
