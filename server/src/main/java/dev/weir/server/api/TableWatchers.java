package dev.weir.server.api;

import dev.weir.api.v1.Position;
import dev.weir.api.v1.TableFlowEvent;
import dev.weir.api.v1.WatchFlowsResponse.Gap;
import dev.weir.api.v1.WatchTableFlowsRequest;
import dev.weir.api.v1.WatchTableFlowsResponse;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.server.flowtables.DeviceEventLog;
import dev.weir.server.flowtables.DeviceEventLog.Logged;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.flowtables.FlowTableDrivers.Device;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All streams of events of devices' flows. Calls come from any thread. */
final class TableWatchers implements AutoCloseable {
    private final DeviceCalls devices;
    private final EventStreams<Logged, WatchTableFlowsResponse> streams;

    /** @param run names this run of the daemon */
    TableWatchers(FlowTableDrivers drivers, Calls calls, String run) {
        devices = new DeviceCalls(drivers);
        streams = new EventStreams<>(
                "FlowTables.WatchTableFlows",
                "weir-device-events",
                calls,
                run,
                added -> new DeviceEventLog(drivers, added));
    }

    /** What a stream tells next: of one device, or of all. */
    private static final class Message implements EventStreams.Message<Logged, WatchTableFlowsResponse> {
        private final @Nullable Device only;
        private WatchTableFlowsResponse.Builder next = WatchTableFlowsResponse.newBuilder();

        Message(@Nullable Device only) {
            this.only = only;
        }

        @Override
        public boolean add(Logged logged) {
            if (!(logged.event() instanceof FlowEvent.Changed changed)) return false;
            boolean wanted =
                    only == null || (only.name().equals(logged.driver()) && only.ifindex() == changed.ifindex());
            if (wanted) next.addEvents(event(logged.driver(), changed));
            return wanted;
        }

        @Override
        public WatchTableFlowsResponse take(@Nullable Gap gap, Position position) {
            WatchTableFlowsResponse.Builder made = next.setPosition(position);
            if (gap != null) made.setGap(gap);
            next = WatchTableFlowsResponse.newBuilder();
            return made.build();
        }
    }

    private static TableFlowEvent event(String driver, FlowEvent.Changed changed) {
        return TableFlowEvent.newBuilder()
                .setDriver(driver)
                .setInterface((int) changed.ifindex())
                .setCauseValue(changed.cause().number())
                .setDocument(DeviceCalls.document(List.of(changed.flow())))
                .build();
    }

    /** How many streams there are. */
    int count() {
        return streams.count();
    }

    /** Begins a stream. */
    void watch(WatchTableFlowsRequest request, ServerCallStreamObserver<WatchTableFlowsResponse> reader) {
        Position after = request.hasResumeAfter() ? request.getResumeAfter() : null;
        String name = request.getInterface();
        streams.watch(reader, after, () -> new Message(name.isEmpty() ? null : devices.found(name)));
    }

    /** Tells the last events and ends all streams. A second call does nothing. */
    @Override
    public void close() {
        streams.close();
    }
}
