package dev.weir.server;

import dev.weir.dataplane.RecordSink;
import dev.weir.export.ExportListener;
import dev.weir.export.ExportPlace;
import dev.weir.export.ExportRun;
import dev.weir.export.ExportStatus;
import dev.weir.export.Exporter;
import dev.weir.table.FlowEvent;
import dev.weir.table.FlowRecord;
import dev.weir.wire.linux.Capabilities;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The collectors and topics of a daemon, before the sink that the records go on to. A reload leaves those alone that stay as they are; what is removed is sent
 * what it had waiting. The thread of the records calls the sink's methods, the control thread the others; {@link #status} is for any.
 */
final class Exports implements RecordSink {
    private record Running(ExportPlace place, Exporter sink) {}

    private final RecordSink next;
    private final LongSupplier ignoredPackets;
    private final DaemonLog log;
    /** Guarded by this. */
    private Map<String, Running> running = new LinkedHashMap<>();

    private final List<Thread> leaving = new ArrayList<>();

    Exports(RecordSink next, LongSupplier ignoredPackets, DaemonLog log) {
        this.next = next;
        this.ignoredPackets = ignoredPackets;
        this.log = log;
    }

    /** Which {@link FlowEvent} kinds these places take. */
    static int kinds(Map<String, ExportPlace> places) {
        boolean all = places.values().stream().anyMatch(ExportPlace::events);
        int some = places.isEmpty() ? 0 : FlowEvent.ENDED;
        return all ? FlowEvent.CREATED | FlowEvent.STATE_CHANGED | FlowEvent.UPDATED | FlowEvent.ENDED : some;
    }

    /** Goes over to these places, by name. */
    void set(Map<String, ExportPlace> places) {
        Map<String, Running> after = new LinkedHashMap<>();
        Map<String, Running> gone = new LinkedHashMap<>(now());
        places.forEach((name, place) -> {
            Running before = gone.get(name);
            if (before != null && before.place.equals(place)) {
                after.put(name, gone.remove(name));
            } else {
                after.put(name, new Running(place, open(name, place)));
            }
        });
        synchronized (this) {
            running = after;
        }
        gone.forEach((name, each) ->
                leaving.add(Thread.ofPlatform().daemon().name("weir-export-end").start(() -> end(name, each))));
        leaving.removeIf(thread -> !thread.isAlive());
    }

    private Exporter open(String name, ExportPlace place) {
        Exporter sink = place.open(ExportRun.LIVE, listener(name));
        sink.ignoredPackets(ignoredPackets);
        return sink;
    }

    private synchronized Map<String, Running> now() {
        return running;
    }

    private ExportListener listener(String name) {
        return new ExportListener() {
            @Override
            public void started() {
                if (!Capabilities.keepOnly(Set.of())) {
                    log.error("export." + name + ": could not give its rights up; it goes on with them");
                }
            }

            @Override
            public void changed(String place, String what) {
                log.warning("export." + name + ": " + place + " " + what);
            }
        };
    }

    @Override
    public synchronized void accept(FlowRecord record) throws IOException {
        for (Running each : running.values()) {
            each.sink.accept(record);
        }
        next.accept(record);
    }

    @Override
    public void dropped(long events) throws IOException {
        next.dropped(events);
    }

    @Override
    public synchronized void flush() throws IOException {
        for (Running each : running.values()) {
            each.sink.flush();
        }
        next.flush();
    }

    /** What became of the records, by the collector's name. */
    Map<String, ExportStatus> status() {
        Map<String, ExportStatus> status = new LinkedHashMap<>();
        now().forEach((name, each) -> status.put(name, each.sink.status().getFirst()));
        return status;
    }

    /** Sends what waits, and tells of what could not be sent. The sink after this one stays open. */
    @Override
    public void close() {
        set(Map.of());
        for (Thread each : leaving) {
            try {
                each.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void end(String name, Running each) {
        try {
            each.sink.close();
        } catch (IOException e) {
            log.error("export." + name + ": " + e.getMessage());
        }
        ExportStatus status = each.sink.status().getFirst();
        String sent =
                "export." + name + ": " + status.records() + " records sent in " + status.messages() + " messages";
        if (status.lostRecords() == 0) {
            log.info(sent);
        } else {
            log.warning(sent + ", " + status.lostRecords() + " records lost " + status.lost());
        }
    }
}
