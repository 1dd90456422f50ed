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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;

/**
 * The collectors and topics of a daemon, before the sink that the records go on to. A reload leaves those alone that stay as they are; what is removed is sent
 * what it had waiting, and where a new one comes in its place ({@link ExportPlace#replaces}) that one gathers records and sends none until then. The thread of
 * the records calls the sink's methods, the control thread the others; {@link #status} is for any.
 */
final class Exports implements RecordSink {
    /** @param after how those end whose place it takes: it sends nothing before */
    private record Running(ExportPlace place, Exporter sink, List<CountDownLatch> after, CountDownLatch ended) {}

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
        Map<String, Running> gone = new LinkedHashMap<>(now());
        gone.entrySet().removeIf(each -> each.getValue().place.equals(places.get(each.getKey())));
        Map<String, Running> after = new LinkedHashMap<>();
        places.forEach((name, place) -> {
            Running before = now().get(name);
            after.put(name, before != null && !gone.containsKey(name) ? before : open(name, place, gone.values()));
        });
        synchronized (this) {
            running = after;
        }
        gone.forEach((name, each) ->
                leaving.add(Thread.ofPlatform().daemon().name("weir-export-end").start(() -> end(name, each))));
        leaving.removeIf(thread -> !thread.isAlive());
    }

    private Running open(String name, ExportPlace place, Collection<Running> gone) {
        List<CountDownLatch> before = gone.stream()
                .filter(each -> place.replaces(each.place))
                .map(Running::ended)
                .toList();
        Exporter sink = place.open(ExportRun.LIVE, listener(name, before));
        sink.ignoredPackets(ignoredPackets);
        return new Running(place, sink, before, new CountDownLatch(1));
    }

    private synchronized Map<String, Running> now() {
        return running;
    }

    private ExportListener listener(String name, List<CountDownLatch> before) {
        return new ExportListener() {
            @Override
            public void started() {
                if (!Capabilities.keepOnly(Set.of())) {
                    log.error("export." + name + ": could not give its rights up; it goes on with them");
                }
                await(before);
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

    /** Until those have ended, or the thread is interrupted. */
    private static void await(List<CountDownLatch> others) {
        try {
            for (CountDownLatch each : others) {
                each.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(String name, Running each) {
        await(each.after); // its patience with the brokers begins when it may send
        try {
            each.sink.close();
        } catch (IOException e) {
            log.error("export." + name + ": " + e.getMessage());
        } finally {
            each.ended.countDown();
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
