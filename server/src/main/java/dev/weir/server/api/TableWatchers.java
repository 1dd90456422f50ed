package dev.weir.server.api;

import dev.weir.api.v1.WatchTableFlowsRequest;
import dev.weir.api.v1.WatchTableFlowsResponse;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.server.flowtables.FlowTableDrivers;
import dev.weir.server.flowtables.FlowTableDrivers.Device;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * All streams of events of devices. Each is told by the threads of its drivers' watches, which wait where its reader is slow; what the watches have no room
 * for meanwhile they count. Calls come from any thread.
 */
final class TableWatchers implements AutoCloseable {
    private static final String METHOD = "FlowTables.WatchTableFlows";
    private static final int MAX_WATCHERS = 256;

    private final FlowTableDrivers drivers;
    private final Calls calls;
    private final List<Stream> streams = new CopyOnWriteArrayList<>();
    private volatile boolean closing;

    TableWatchers(FlowTableDrivers drivers, Calls calls) {
        this.drivers = drivers;
        this.calls = calls;
    }

    /** A call's stream. */
    private final class Stream {
        private final ServerCallStreamObserver<WatchTableFlowsResponse> reader;
        private final @Nullable Device only;
        private final List<FlowDriver.Watch> watches = new ArrayList<>();
        private boolean over;

        Stream(ServerCallStreamObserver<WatchTableFlowsResponse> reader, @Nullable Device only) {
            this.reader = reader;
            this.only = only;
        }

        synchronized void begin() {
            drivers.all().forEach((name, driver) -> {
                if (only == null || only.name().equals(name)) watches.add(driver.watch(event -> take(name, event)));
            });
        }

        /** In a thread of a watch. */
        private void take(String name, FlowEvent event) {
            WatchTableFlowsResponse message = switch (event) {
                case FlowEvent.Lost lost ->
                    WatchTableFlowsResponse.newBuilder()
                            .setDriver(name)
                            .setMissed(lost.count())
                            .build();
                case FlowEvent.Changed changed ->
                    only != null && only.ifindex() != changed.ifindex() ? null : message(name, changed);
            };
            if (message != null) tell(message);
        }

        private synchronized void tell(WatchTableFlowsResponse message) {
            try {
                while (!over && !reader.isReady()) wait();
                if (!over) reader.onNext(message);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the watch was closed
            } catch (RuntimeException e) {
                over = true; // the reader has gone
            }
        }

        synchronized void wake() {
            notifyAll();
        }

        /** It is over, in whatever way; whether it was not before. */
        boolean end() {
            List<FlowDriver.Watch> left;
            synchronized (this) {
                over = true;
                left = List.copyOf(watches);
                watches.clear();
                notifyAll();
            }
            left.forEach(FlowDriver.Watch::close);
            return streams.remove(this);
        }
    }

    private static WatchTableFlowsResponse message(String name, FlowEvent.Changed changed) {
        return WatchTableFlowsResponse.newBuilder()
                .setDriver(name)
                .setInterface((int) changed.ifindex())
                .setCauseValue(changed.cause().number())
                .setDocument(DeviceCalls.document(List.of(changed.flow())))
                .build();
    }

    /** How many streams there are. */
    int count() {
        return streams.size();
    }

    /** Begins a stream. */
    void watch(WatchTableFlowsRequest request, ServerCallStreamObserver<WatchTableFlowsResponse> reader) {
        List<Stream> begun = new CopyOnWriteArrayList<>();
        reader.setOnReadyHandler(() -> begun.forEach(Stream::wake));
        reader.setOnCancelHandler(() -> begun.forEach(Stream::end));
        calls.begin(METHOD, reader, () -> {
            Device only =
                    request.getInterface().isEmpty() ? null : new DeviceCalls(drivers).found(request.getInterface());
            if (closing) throw ending();
            if (streams.size() >= MAX_WATCHERS) {
                throw Refusal.exhausted("so many watch already: " + MAX_WATCHERS + "; end another one's call first");
            }
            Stream stream = new Stream(reader, only);
            begun.add(stream);
            streams.add(stream);
            stream.begin();
            if (reader.isCancelled()) stream.end();
        });
    }

    private static Refusal ending() {
        return Refusal.unavailable("the daemon is ending");
    }

    /** Ends all streams. A second call does nothing. */
    @Override
    public void close() {
        closing = true;
        for (Stream stream : streams) {
            if (stream.end()) calls.refuse(METHOD, stream.reader, ending());
        }
    }
}
