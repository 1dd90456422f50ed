package dev.weir.offload.circle;

import dev.weir.dataplane.graph.OffloadLink;
import dev.weir.dataplane.graph.OffloadNotice;
import dev.weir.dataplane.graph.OffloadReport;
import dev.weir.dataplane.graph.OffloadedFlow;
import dev.weir.dataplane.graph.ReleaseReason;
import dev.weir.offload.xdp.FlowCarrier;
import dev.weir.offload.xdp.XdpCounters;
import dev.weir.offload.xdp.XdpFlow;
import dev.weir.offload.xdp.XdpPut;
import dev.weir.table.FlowKey;
import dev.weir.table.FlowTraffic;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Puts directions of flows into the driver and takes them out, and tells the workers. The circle's thread. */
final class Binder {
    /** How many directions a call of the driver names at the most. */
    private static final int BATCH = 1024;

    private final OffloadLink link;
    private final FlowCarrier driver;
    private final CircleOptions options;
    private final List<Outbox> outboxes;
    private final Circle.Listener listener;
    private final CarriedFlows flows = new CarriedFlows();
    private final Tally tally = new Tally();
    /** Workers whose flows are to be recalled with the next counts. */
    private final BitSet decidedAnew = new BitSet();

    private boolean hasFailed;
    /** Whether the driver's counts could not be read the last time. */
    private boolean isFailing;

    Binder(
            OffloadLink link,
            FlowCarrier driver,
            CircleOptions options,
            List<Outbox> outboxes,
            Circle.Listener listener) {
        this.link = link;
        this.driver = driver;
        this.options = options;
        this.outboxes = outboxes;
        this.listener = listener;
    }

    /** A direction on its way into the driver. */
    private record Wanted(OffloadNotice.Passed packet, XdpFlow flow) {}

    /** Does what the notices ask for. A worker says that a flow is over after all that it says of its directions. */
    void take(List<OffloadNotice> notices) {
        List<Wanted> wanted = new ArrayList<>();
        List<OffloadNotice.Over> over = new ArrayList<>();
        for (OffloadNotice notice : notices) {
            switch (notice) {
                case OffloadNotice.Passed packet -> learn(packet, wanted);
                case OffloadNotice.Withheld _ -> tally.refuse(StayReason.NODE);
                case OffloadNotice.Over one -> over.add(one);
                case OffloadNotice.DecidedAnew(int worker) -> decidedAnew.set(worker);
            }
        }
        putAll(wanted);
        release(over);
    }

    /** In batches, in none of which a key is twice. */
    private void putAll(List<Wanted> wanted) {
        Map<FlowKey, Wanted> batch = new LinkedHashMap<>();
        for (Wanted one : wanted) {
            if (batch.size() == BATCH || batch.containsKey(one.flow.key())) {
                put(List.copyOf(batch.values()));
                batch.clear();
            }
            batch.put(one.flow.key(), one);
        }
        if (!batch.isEmpty()) {
            put(List.copyOf(batch.values()));
        }
    }

    private void learn(OffloadNotice.Passed packet, List<Wanted> wanted) {
        Lesson lesson = isCurrent(packet) ? Lesson.of(packet, this::port) : new Lesson.Stay(StayReason.PACKET, true);
        switch (lesson) {
            case Lesson.Carry(XdpFlow flow) -> wanted.add(new Wanted(packet, flow));
            case Lesson.Stay(StayReason reason, boolean again) -> {
                if (!again) {
                    tally.refuse(reason);
                }
                refuse(packet, again);
            }
        }
    }

    /** Whether it went through the graph in force: that very one, for an equal one is another. */
    @SuppressWarnings("ReferenceEquality")
    private boolean isCurrent(OffloadNotice.Passed packet) {
        return packet.config() == link.config();
    }

    private int port(int ofGraph) {
        String name = link.portName(ofGraph);
        return name == null ? -1 : options.ports().indexOf(name);
    }

    private void refuse(OffloadNotice.Passed packet, boolean again) {
        tell(new OffloadReport.Refused(packet.flow(), packet.reverse(), again));
    }

    private void tell(OffloadReport report) {
        outboxes.get(report.flow().worker()).add(report);
    }

    private void put(List<Wanted> wanted) {
        if (isFailing) {
            wanted.forEach(one -> stay(one, StayReason.DRIVER));
            return;
        }
        leaveToOthers(wanted);
        List<XdpPut> done;
        try {
            done = driver.put(wanted.stream().map(Wanted::flow).toList());
        } catch (RuntimeException e) {
            wanted.forEach(one -> stay(one, StayReason.DRIVER));
            failed(e);
            return;
        }
        for (int i = 0; i < done.size(); i++) {
            Wanted one = wanted.get(i);
            if (done.get(i) == XdpPut.FULL) {
                stay(one, StayReason.FULL);
            } else {
                tally.added++;
                flows.add(new Carried(one.packet.flow(), one.packet.reverse(), one.flow.key()));
            }
        }
    }

    private void stay(Wanted one, StayReason reason) {
        if (tally.refuse(reason) && reason == StayReason.FULL) {
            listener.failed("the driver is full: " + options.room()
                    + " directions of an address family; more flows stay" + " in software; raise offload.flows");
        }
        refuse(one.packet, false);
    }

    /** A key that was another flow's, which has ended, is taken from it first. */
    private void leaveToOthers(List<Wanted> wanted) {
        List<Carried> before = new ArrayList<>();
        for (Wanted one : wanted) {
            Carried carried = flows.of(one.flow.key());
            if (carried != null) {
                before.add(carried);
            }
        }
        tally.remove(ReleaseReason.REPLACED, before.size());
        remove(before);
        for (Carried carried : before) {
            FlowTraffic last = news(carried);
            tell(new OffloadReport.Carried(
                    carried.flow,
                    carried.reverse ? FlowTraffic.NONE : last,
                    carried.reverse ? last : FlowTraffic.NONE));
        }
    }

    /** Takes out what there is of these, and says what was carried last. */
    private void release(List<OffloadNotice.Over> over) {
        if (over.isEmpty()) {
            return;
        }
        List<List<Carried>> directions =
                over.stream().map(one -> List.copyOf(flows.of(one.flow()))).toList();
        remove(directions.stream().flatMap(List::stream).distinct().toList());
        for (int i = 0; i < over.size(); i++) {
            tally.remove(over.get(i).reason(), directions.get(i).size());
            FlowTraffic[] news = news(directions.get(i));
            tell(new OffloadReport.Released(over.get(i).flow(), news[0], news[1]));
        }
    }

    private void remove(List<Carried> some) {
        if (some.isEmpty()) {
            return;
        }
        some.forEach(flows::remove);
        try {
            Map<FlowKey, XdpCounters> last =
                    driver.remove(some.stream().map(carried -> carried.key).toList());
            for (Carried carried : some) {
                XdpCounters counters = last.get(carried.key);
                if (counters != null) {
                    carried.counted(counters);
                }
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private FlowTraffic news(Carried carried) {
        FlowTraffic news = carried.news(link);
        tally.carry(news);
        return news;
    }

    private FlowTraffic[] news(List<Carried> directions) {
        FlowTraffic[] news = {FlowTraffic.NONE, FlowTraffic.NONE};
        for (Carried carried : directions) {
            news[carried.reverse ? 1 : 0] = news(carried);
        }
        return news;
    }

    /** Tells the workers what was carried; those that have not read the last time yet, the next time. */
    void read() {
        if (!decidedAnew.isEmpty()) {
            recall(flow -> decidedAnew.get(flow.worker()), ReleaseReason.DECISION);
            decidedAnew.clear();
        }
        if (flows.directions() == 0 && !isFailing) {
            return;
        }
        try {
            driver.forEach(flows::counted);
            isFailing = false;
        } catch (RuntimeException e) {
            // A flow whose counts are not known might be idle for long: all go on in software.
            isFailing = true;
            failed(e);
            recallAll(ReleaseReason.DRIVER);
            return;
        }
        for (List<Carried> directions : flows.flows()) {
            OffloadedFlow flow = directions.getFirst().flow;
            if (outboxes.get(flow.worker()).takesCounts()) {
                FlowTraffic[] news = news(directions);
                tell(new OffloadReport.Carried(flow, news[0], news[1]));
            }
        }
    }

    /** Asks the workers to take all flows back. */
    void recallAll(ReleaseReason reason) {
        recall(_ -> true, reason);
    }

    private void recall(Predicate<OffloadedFlow> which, ReleaseReason reason) {
        for (List<Carried> directions : flows.flows()) {
            OffloadedFlow flow = directions.getFirst().flow;
            if (which.test(flow)) {
                tell(new OffloadReport.Recalled(flow, reason));
            }
        }
    }

    /** The driver failed; what it does not carry stays in software. */
    void failed(RuntimeException why) {
        if (!hasFailed) {
            hasFailed = true;
            listener.failed("the driver failed: " + why.getMessage()
                    + "; flows that it does not take stay in software; start anew, and please report it");
        }
    }

    boolean isEmpty() {
        return flows.directions() == 0;
    }

    CircleStatus status(OffloadLink.Counts workers) {
        long carried = flows.flows().size();
        Map<String, String> places = new LinkedHashMap<>();
        List<String> where = List.copyOf(driver.places().values());
        for (int i = 0; i < where.size(); i++) {
            places.put(options.ports().get(i), where.get(i));
        }
        Map<String, Long> up = new LinkedHashMap<>();
        driver.passedUp()
                .forEach((reason, n) ->
                        up.put(reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), n));
        return new CircleStatus(
                "xdp",
                places,
                carried,
                flows.directions(),
                options.room(),
                Math.max(0, workers.held() - carried),
                tally.refused(),
                workers.congested(),
                tally.packets,
                tally.octets,
                tally.added,
                tally.removed(),
                tally.removedBy(),
                tally.updatesPerSecond(),
                up);
    }
}
