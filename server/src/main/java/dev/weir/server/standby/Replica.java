package dev.weir.server.standby;

import dev.weir.dataplane.graph.FlowChangeSink.Moment;
import dev.weir.dataplane.graph.FlowCopies;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.dataplane.graph.FlowsLegend;
import dev.weir.table.ChangedPlaces;
import dev.weir.table.FlowRecord;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The flows of another machine, place by place as they are there, in no table: nothing looks them up before they are taken over. Off the heap, in pages that are there where places are
 * used. One thread at a time.
 *
 * <pre>
 * a place: stamp i64 (0 for an empty one; grows with every change), second keys i64, {@link FlowRecord} (168), annex, room for two second keys (88 each)
 * </pre>
 */
final class Replica implements AutoCloseable {
    private static final int PAGE = 512, PAGE_SHIFT = 9;
    private static final int STAMP = 0, ALIASES = 8, RECORD = 16;

    private final Arena arena = Arena.ofShared();
    private final FlowsLegend legend;
    private final int aliasesAt, stride;
    /** Of each worker IPv4, then IPv6. */
    private final List<List<Optional<MemorySegment>>> pages = new ArrayList<>();

    private long stamp, roundStamp, lastRoundStamp;
    private int flows;
    private List<Moment> moments = List.of();
    private long ahead;

    Replica(FlowsLegend legend) {
        this.legend = legend;
        aliasesAt = RECORD + FlowRecord.SIZE + legend.annexBytes();
        stride = aliasesAt + FlowCopies.ALIASES * FlowCopies.ALIAS_BYTES;
        for (int i = 0; i < 2 * legend.workers().size(); i++) {
            pages.add(new ArrayList<>());
        }
    }

    int workers() {
        return legend.workers().size();
    }

    int annexBytes() {
        return legend.annexBytes();
    }

    int flows() {
        return flows;
    }

    /** Whether a round has come to its end, so that all flows are here. */
    boolean isWhole() {
        return !moments.isEmpty();
    }

    private List<Optional<MemorySegment>> pages(int worker, int place) {
        return pages.get(2 * worker + (ChangedPlaces.isV6(place) ? 1 : 0));
    }

    private static long at(int place, int stride) {
        return (long) (ChangedPlaces.slot(place) & PAGE - 1) * stride;
    }

    /** Puts a flow to its place, whose octets, with the annex, are at {@code from}, and its second keys behind those and their number. */
    void put(int worker, int place, MemorySegment octets, long from, int aliases) {
        List<Optional<MemorySegment>> of = pages(worker, place);
        int number = ChangedPlaces.slot(place) >>> PAGE_SHIFT;
        while (of.size() <= number) {
            of.add(Optional.empty());
        }
        MemorySegment page = of.get(number).orElseGet(() -> {
            MemorySegment made = arena.allocate((long) PAGE * stride, Long.BYTES);
            of.set(number, Optional.of(made));
            return made;
        });
        long at = at(place, stride), fixed = (long) aliasesAt - RECORD;
        if (page.get(ValueLayout.JAVA_LONG, at + STAMP) == 0) {
            flows++;
        }
        page.set(ValueLayout.JAVA_LONG, at + STAMP, ++stamp);
        page.set(ValueLayout.JAVA_LONG, at + ALIASES, aliases);
        MemorySegment.copy(octets, from, page, at + RECORD, fixed);
        MemorySegment.copy(
                octets, from + fixed + Long.BYTES, page, at + aliasesAt, (long) aliases * FlowCopies.ALIAS_BYTES);
    }

    /** Nobody is at a place any more. */
    void empty(int worker, int place) {
        List<Optional<MemorySegment>> of = pages(worker, place);
        int number = ChangedPlaces.slot(place) >>> PAGE_SHIFT;
        Optional<MemorySegment> page = number < of.size() ? of.get(number) : Optional.empty();
        long at = at(place, stride);
        if (page.isPresent() && page.get().get(ValueLayout.JAVA_LONG, at + STAMP) != 0) {
            page.get().set(ValueLayout.JAVA_LONG, at + STAMP, 0);
            flows--;
        }
    }

    /**
     * All that changed before a round is here.
     *
     * @param clocksAhead nanoseconds that the other machine's clock is ahead of this one's
     */
    void end(List<Moment> workers, long clocksAhead) {
        moments = List.copyOf(workers);
        ahead = clocksAhead;
        lastRoundStamp = roundStamp;
        roundStamp = stamp;
    }

    private record Place(long stamp, int worker, MemorySegment page, long at) {}

    /** Sees the places that changed after a stamp, or those that did not. */
    private List<Place> places(boolean after, long then) {
        List<Place> all = new ArrayList<>();
        for (int i = 0; i < pages.size(); i++) {
            for (Optional<MemorySegment> page : pages.get(i)) {
                for (int p = 0; page.isPresent() && p < PAGE; p++) {
                    long at = (long) p * stride, changed = page.get().get(ValueLayout.JAVA_LONG, at + STAMP);
                    if (changed != 0 && changed > then == after) {
                        all.add(new Place(changed, i / 2, page.get(), at));
                    }
                }
            }
        }
        return all;
    }

    /**
     * Gives a data plane that is about to begin all flows. Of two with one key, which can be here while a round is under way or just over, the one that changed last comes first, and the
     * data plane takes no other.
     *
     * @return why none can be taken; empty where they can
     */
    Optional<String> restore(FlowRestore into) {
        List<FlowsLegend.OfWorker> workers = new ArrayList<>();
        for (int w = 0; w < moments.size(); w++) {
            Moment moment = moments.get(w);
            workers.add(new FlowsLegend.OfWorker(
                    moment.now(), moment.nextNumber(), legend.workers().get(w).nodes()));
        }
        Optional<String> why = into.begin(
                new FlowsLegend(
                        legend.tenantMode(),
                        legend.tunnels(),
                        legend.annexBytes(),
                        legend.ports(),
                        legend.chains(),
                        workers),
                ahead);
        if (why.isEmpty()) {
            var view = new FlowRecord();
            List<Place> late = places(true, lastRoundStamp);
            late.sort(Comparator.comparingLong(Place::stamp).reversed());
            late.forEach(place -> restore(place, view, into));
            places(false, lastRoundStamp).forEach(place -> restore(place, view, into));
        }
        return why;
    }

    private void restore(Place place, FlowRecord view, FlowRestore into) {
        MemorySegment page = place.page();
        into.flow(place.worker(), view.wrap(page, place.at() + RECORD), page, place.at() + aliasesAt, (int)
                page.get(ValueLayout.JAVA_LONG, place.at() + ALIASES));
    }

    @Override
    public void close() {
        arena.close();
    }
}
