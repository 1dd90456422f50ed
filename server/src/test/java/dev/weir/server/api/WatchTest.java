package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.api.v1.DeleteFlowRequest;
import dev.weir.api.v1.Event;
import dev.weir.api.v1.EventKind;
import dev.weir.api.v1.FlowChange;
import dev.weir.api.v1.FlowKey;
import dev.weir.api.v1.Position;
import dev.weir.api.v1.PurgeFlowsRequest;
import dev.weir.api.v1.UpdateFlowRequest;
import dev.weir.api.v1.WatchFlowsRequest;
import dev.weir.api.v1.WatchFlowsResponse;
import dev.weir.api.v1.WatchFlowsResponse.Reason;
import dev.weir.server.config.ApiSettings;
import dev.weir.testing.Frames;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of events, through a real channel. */
@Timeout(60)
class WatchTest {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    /** One stream, that keeps what it is told; takes a message at a time, as fast as the test lets it. */
    private static final class Stream implements ClientResponseObserver<WatchFlowsRequest, WatchFlowsResponse> {
        private final ConcurrentLinkedQueue<WatchFlowsResponse> told = new ConcurrentLinkedQueue<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private final long pauseNanos;
        private volatile @Nullable ClientCallStreamObserver<WatchFlowsRequest> call;
        private volatile @Nullable Throwable failure;

        Stream(ApiRig rig, WatchFlowsRequest request, long pauseNanos) {
            this.pauseNanos = pauseNanos;
            rig.flowsAsync.watchFlows(request, this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchFlowsRequest> stream) {
            call = stream;
        }

        @Override
        public void onNext(WatchFlowsResponse message) {
            told.add(message);
            if (pauseNanos != 0) {
                LockSupport.parkNanos(pauseNanos);
            }
        }

        @Override
        public void onError(Throwable why) {
            failure = why;
            over.countDown();
        }

        @Override
        public void onCompleted() {
            over.countDown();
        }

        /** Waits for the first message: from then on nothing is missed. */
        Stream ready() {
            await(() -> !told.isEmpty() || failure != null);
            return this;
        }

        List<Event> events() {
            return told.stream()
                    .flatMap(message -> message.getEventsList().stream())
                    .toList();
        }

        long missed() {
            return told.stream()
                    .mapToLong(message -> message.getGap().getMissed())
                    .sum();
        }

        /** The number after which it begins. */
        long first() {
            return told.element().getPosition().getSequence();
        }

        Position last() {
            return told.stream().reduce((_, b) -> b).orElseThrow().getPosition();
        }

        void cut() {
            ClientCallStreamObserver<WatchFlowsRequest> stream = call;
            if (stream != null) {
                stream.cancel("test", null);
            }
        }
    }

    private static void await(BooleanSupplier what) {
        long begun = System.nanoTime();
        while (!what.getAsBoolean()) {
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new AssertionError("it did not come");
            }
            LockSupport.parkNanos(ApiRig.MILLI);
        }
    }

    private static Stream watch(ApiRig rig, WatchFlowsRequest.Builder request) {
        return new Stream(rig, request.build(), 0).ready();
    }

    @Test
    void watch_tellsOfEverything_withItsAuthor() {
        try (var rig = new ApiRig(1)) {
            Stream all = watch(rig, WatchFlowsRequest.newBuilder());
            rig.frame(0, false, 1000, Frames.ip("10.0.0.1", "10.0.0.2", Frames.TCP, syn()));
            rig.settle();
            rig.frame(0, true, 1001, Frames.ip("10.0.0.2", "10.0.0.1", Frames.TCP, synAck()));
            rig.settle();
            rig.packet(1, false, 2000);
            rig.packet(2, false, 2000);
            rig.settle();
            update(rig, 1, 7);
            rig.flows.deleteFlow(DeleteFlowRequest.newBuilder().setKey(key(1)).build());
            rig.packet(3, false, 70_000);
            await(() -> all.events().stream()
                    .anyMatch(event -> event.getFlow().getKey().getSource().equals("10.0.0.3")));
            await(() -> all.last().getSequence() == rig.events.sequence());
            assertThat(all.events().stream().map(WatchTest::shown))
                    .containsExactlyInAnyOrder(
                            "CREATED DATA_PATH 10.0.0.1 0",
                            "STATE_CHANGED DATA_PATH 10.0.0.1 0",
                            "CREATED DATA_PATH 10.0.0.1 0",
                            "CREATED DATA_PATH 10.0.0.2 0",
                            "UPDATED CONTROL 10.0.0.1 7",
                            "ENDED CONTROL 10.0.0.1 7 DELETED",
                            "ENDED TIMER 10.0.0.1 0 IDLE",
                            "ENDED TIMER 10.0.0.2 0 IDLE",
                            "CREATED DATA_PATH 10.0.0.3 0");
        }
    }

    private static byte[] syn() {
        return Frames.tcp(1000, 80, Frames.SYN, Frames.payload(0));
    }

    private static byte[] synAck() {
        return Frames.tcp(80, 1000, Frames.SYN | Frames.ACK, Frames.payload(0));
    }

    private static String shown(Event event) {
        String text = event.getKind() + " " + event.getAuthor() + " "
                + event.getFlow().getKey().getSource() + " " + event.getFlow().getCtxId();
        return event.getKind() == EventKind.ENDED ? text + " " + event.getFlow().getEndReason() : text;
    }

    private static FlowKey key(int n) {
        return FlowKey.newBuilder().setText(ApiRig.key(n)).build();
    }

    private static void update(ApiRig rig, int n, int ctxId) {
        rig.flows.updateFlow(UpdateFlowRequest.newBuilder()
                .setChange(FlowChange.newBuilder().setKey(key(n)).setCtxId(ctxId))
                .build());
    }

    @Test
    void watch_withFilterAndKinds_tellsThoseAlone_andPositionsOfAll() {
        try (var rig = new ApiRig(2)) {
            Stream ended = watch(rig, WatchFlowsRequest.newBuilder().addKinds(EventKind.ENDED));
            Stream odd = watch(rig, WatchFlowsRequest.newBuilder().setFilter("src == 10.0.0.7"));
            for (int n = 0; n < 100; n++) {
                rig.packet(n, false, 1000);
            }
            rig.settle();
            rig.flows.purgeFlows(
                    PurgeFlowsRequest.newBuilder().setFilter("proto == udp").build());
            await(() -> ended.events().size() == 100 && odd.events().size() == 2);
            assertThat(ended.events()).allMatch(event -> event.getKind() == EventKind.ENDED);
            assertThat(odd.events().stream().map(Event::getKind)).containsExactly(EventKind.CREATED, EventKind.ENDED);
            await(() -> odd.last().getSequence() == 200);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 3"})
    void watch_toldAndMissedTogether_areAllEvents_andEveryFlowEndsOnce(int workers, long seed) {
        var random = new SplittableRandom(seed);
        try (var rig = new ApiRig(workers, 1 << 16, ApiSettings::at)) {
            List<Stream> streams = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                streams.add(watch(rig, WatchFlowsRequest.newBuilder()));
            }
            long millis = 1000;
            for (int i = 0; i < 20_000; i++) {
                millis += random.nextInt(100);
                rig.packet(random.nextInt(500), random.nextBoolean(), millis);
                if (random.nextInt(200) == 0) {
                    rig.flows.purgeFlows(PurgeFlowsRequest.newBuilder()
                            .setFilter("src_port == 1000")
                            .build());
                }
            }
            rig.settle();
            rig.flows.purgeFlows(PurgeFlowsRequest.getDefaultInstance());
            long flows =
                    Objects.requireNonNull(rig.plane.counters().join().table().get("CREATED"));
            await(() -> rig.events.sequence() == 2 * flows);
            for (Stream stream : streams) {
                await(() -> stream.last().getSequence() == 2 * flows);
                List<Event> told = stream.events();
                assertThat(stream.missed() + told.size())
                        .as("seed %s", seed)
                        .isEqualTo(stream.last().getSequence() - stream.first());
                assertThat(told).isSortedAccordingTo((a, b) -> Long.compare(a.getSequence(), b.getSequence()));
                if (stream.missed() == 0) {
                    assertEndsOnce(told);
                }
            }
        }
    }

    private static void assertEndsOnce(List<Event> events) {
        Map<Long, Integer> alive = new HashMap<>();
        var ended = new HashSet<Long>();
        for (Event event : events) {
            long id = event.getFlow().getFlowId();
            switch (event.getKind()) {
                case CREATED -> assertThat(alive.put(id, 1)).as("flow %s", id).isNull();
                case ENDED -> {
                    assertThat(alive.remove(id)).as("flow %s", id).isNotNull();
                    assertThat(ended.add(id)).as("flow %s", id).isTrue();
                }
                default -> {}
            }
        }
        assertThat(alive).isEmpty();
    }

    @Test
    void watch_thatIsSlow_missesEvents_andIsToldHowMany_whileOthersMissNone() {
        try (var rig = new ApiRig(1, 1 << 12, ApiSettings::at)) {
            Stream fast = watch(rig, WatchFlowsRequest.newBuilder().addKinds(EventKind.CREATED));
            var slow = new Stream(rig, WatchFlowsRequest.getDefaultInstance(), 300 * ApiRig.MILLI).ready();
            for (int n = 0; n < 40_000; n++) {
                rig.packet(n, false, 1000 + n / 100);
                if (n % 500 == 0) {
                    LockSupport.parkNanos(5 * ApiRig.MILLI);
                }
            }
            rig.settle();
            await(() -> fast.last().getSequence() >= 40_000);
            await(() -> slow.last().getSequence() >= 40_000);
            assertThat(fast.missed() + fast.events().size()).isEqualTo(40_000);
            assertThat(slow.missed() + slow.events().size()).isEqualTo(40_000);
            assertThat(slow.told.stream().filter(WatchFlowsResponse::hasGap))
                    .allMatch(message -> message.getGap().getReason() == Reason.SLOW
                            || message.getGap().getReason() == Reason.OVERRUN);
        }
    }

    @Test
    void watch_resumedAfterACut_goesOnWithTheNextEvent() {
        try (var rig = new ApiRig(2)) {
            Stream before = watch(rig, WatchFlowsRequest.newBuilder());
            for (int n = 0; n < 300; n++) {
                rig.packet(n, false, 1000);
            }
            await(() -> before.events().size() == 300);
            before.cut();
            for (int n = 300; n < 500; n++) {
                rig.packet(n, false, 1001);
            }
            rig.settle();
            Position middle = before.told.stream()
                    .filter(message -> message.getEventsCount() != 0)
                    .findFirst()
                    .orElseThrow()
                    .getPosition();
            long told = before.events().stream()
                    .filter(event -> event.getSequence() <= middle.getSequence())
                    .count();
            Stream after = watch(rig, WatchFlowsRequest.newBuilder().setResumeAfter(middle));
            await(() -> after.events().size() >= 500 - told);
            assertThat(after.missed()).isZero();
            assertThat(after.events().getFirst().getSequence()).isEqualTo(middle.getSequence() + 1);
            assertThat(after.events().getLast().getSequence()).isEqualTo(500);
        }
    }

    @Test
    void watch_resumedTooLateOrOfAnotherRun_beginsWithTheGap() {
        try (var rig = new ApiRig(1, 1 << 10, ApiSettings::at)) {
            Stream before = watch(rig, WatchFlowsRequest.newBuilder());
            for (int n = 0; n < 3000; n++) {
                rig.packet(n, false, 1000);
            }
            await(() -> before.last().getSequence() == 3000);
            Position old = Position.newBuilder()
                    .setRun(rig.events.run())
                    .setSequence(100)
                    .build();
            Stream late = watch(rig, WatchFlowsRequest.newBuilder().setResumeAfter(old));
            await(() -> late.last().getSequence() == 3000);
            assertThat(late.told.element().getGap().getReason()).isEqualTo(Reason.TOO_OLD);
            assertThat(late.missed() + late.events().size()).isEqualTo(2900);
            Stream stranger = watch(
                    rig,
                    WatchFlowsRequest.newBuilder()
                            .setResumeAfter(
                                    Position.newBuilder().setRun("other").setSequence(7)));
            assertThat(stranger.told.element().getGap().getReason()).isEqualTo(Reason.OTHER_RUN);
            assertThat(stranger.told.element().getGap().getMissed()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resume_after.sequence", "kinds[0]", "filter"})
    void watch_ofWhatCannotBe_namesTheField(String field) {
        try (var rig = new ApiRig(1)) {
            var request = WatchFlowsRequest.newBuilder();
            switch (field) {
                case "filter" -> request.setFilter("nonsense");
                case "kinds[0]" -> request.addKinds(EventKind.EVENT_KIND_UNSPECIFIED);
                default ->
                    request.setResumeAfter(
                            Position.newBuilder().setRun(rig.events.run()).setSequence(1));
            }
            var e = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> rig.flows.watchFlows(request.build()).next());
            assertThat(ApiRig.field(e)).as(ApiRig.status(e)).isEqualTo(field);
        }
    }

    @Test
    void watch_withNothingToTell_tellsItsPosition_andEndsWithTheDaemon() throws InterruptedException {
        Stream idle;
        try (var rig = new ApiRig(1)) {
            idle = watch(rig, WatchFlowsRequest.newBuilder());
            await(() -> idle.told.size() >= 2);
            assertThat(idle.last().getRun()).isEqualTo(rig.events.run());
            rig.services.close();
            idle.over.await();
        }
        assertThat(idle.failure).hasMessageContaining("UNAVAILABLE: the daemon is ending");
    }

    @Test
    void watch_thatWasCut_isForgotten() {
        try (var rig = new ApiRig(1)) {
            Stream stream = watch(rig, WatchFlowsRequest.newBuilder());
            assertThat(rig.services.watchers()).isOne();
            stream.cut();
            await(() -> rig.services.watchers() == 0);
        }
    }
}
