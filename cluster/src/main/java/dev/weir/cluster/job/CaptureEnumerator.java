package dev.weir.cluster.job;

import dev.weir.cluster.job.CaptureEvents.AskHead;
import dev.weir.cluster.job.CaptureEvents.Clock;
import dev.weir.cluster.job.CaptureEvents.Head;
import dev.weir.cluster.job.CaptureEvents.Index;
import dev.weir.cluster.job.CaptureEvents.LowMark;
import dev.weir.wire.CaptureHead;
import dev.weir.wire.PartIndex;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;

/**
 * Has readers walk over the parts of captures ({@link CaptureChain}) and hands what follows out to them, earliest first.
 * It tells all readers the earliest time that a packet of what nobody reads yet can have; no reader's watermark passes
 * it. It does not look at files itself: the engine's manager need not reach them.
 *
 * <p>Called by the engine's coordinator thread alone.
 */
final class CaptureEnumerator implements SplitEnumerator<CaptureSplit, CaptureState> {
    /** A reader that is done with a split gets no other while somebody is so many splits behind, since packets would only wait. */
    private static final int AHEAD = 4;
    /** Questions that a reader has at a time. */
    private static final int ASKED = 2;

    private static final Comparator<CaptureSplit> EARLIEST = Comparator.comparingLong(CaptureSplit::start)
            .thenComparingInt(CaptureSplit::capture)
            .thenComparingInt(CaptureSplit::part);

    private final SplitEnumeratorContext<CaptureSplit> context;
    private final List<CaptureChain> chains;
    private final long partOctets;
    private final PriorityQueue<CaptureSplit> ready = new PriorityQueue<>(EARLIEST);
    /** Questions that nobody was asked yet, and those that readers have, by what tells them apart. */
    private final Deque<SourceEvent> toAsk = new ArrayDeque<>();

    private final Map<Integer, Map<String, SourceEvent>> asked = new HashMap<>();
    private final Set<Integer> waiting = new LinkedHashSet<>();
    /** Of each reader that has one, the how manieth split it was. */
    private final Map<Integer, Long> reading = new HashMap<>();
    /** Of each reader that has a capture that cannot be cut, how far that one's clock is as it said last. */
    private final Map<Integer, Long> clocks = new HashMap<>();

    /** Readers that were told that there is nothing more: they end, and an event that finds a task at its end counts as its failure. */
    private final Set<Integer> ending = new HashSet<>();

    private long assigned;
    private long lowMark = Long.MIN_VALUE;

    CaptureEnumerator(
            SplitEnumeratorContext<CaptureSplit> context,
            List<CaptureChain> chains,
            List<CaptureSplit> splits,
            long partOctets) {
        this.context = context;
        this.chains = chains;
        this.partOctets = partOctets;
        ready.addAll(splits);
    }

    @Override
    public void start() {
        for (CaptureChain chain : chains) {
            if (chain.head == null) {
                toAsk.add(new AskHead(chain.capture, chain.file));
            } else {
                toAsk.addAll(chain.asks());
            }
        }
    }

    @Override
    public void addReader(int subtask) {
        // A reader that comes again has forgotten what it was asked.
        Map<String, SourceEvent> lost = asked.put(subtask, new LinkedHashMap<>());
        if (lost != null) {
            lost.values().forEach(toAsk::addFirst);
        }
        reading.remove(subtask);
        clocks.remove(subtask);
        waiting.remove(subtask);
        ending.remove(subtask);
        lowMark = earliest();
        context.sendEventToSourceReader(subtask, new LowMark(lowMark));
        ask();
    }

    private void ask() {
        for (int subtask : readers()) {
            Map<String, SourceEvent> has = asked.computeIfAbsent(subtask, s -> new LinkedHashMap<>());
            while (has.size() < ASKED && !toAsk.isEmpty()) {
                SourceEvent question = toAsk.removeFirst();
                has.put(name(question), question);
                context.sendEventToSourceReader(subtask, question);
            }
        }
    }

    /** Those that may be told something. */
    private List<Integer> readers() {
        return context.registeredReaders().keySet().stream()
                .filter(subtask -> !ending.contains(subtask))
                .toList();
    }

    private static String name(SourceEvent event) {
        return switch (event) {
            case AskHead e -> "head " + e.capture();
            case Head e -> "head " + e.capture();
            case CaptureEvents.AskIndex e -> "index " + e.capture() + " " + e.part() + " " + e.search();
            case Index e -> "index " + e.capture() + " " + e.part() + " " + e.searched();
            default -> throw new IllegalArgumentException(event.toString());
        };
    }

    @Override
    public void handleSourceEvent(int subtask, SourceEvent event) {
        if (event instanceof Clock clock) {
            clocks.put(subtask, clock.time());
            progress();
            return;
        }
        Map<String, SourceEvent> has = asked.get(subtask);
        if (has == null || has.remove(name(event)) == null) {
            return; // somebody else was asked meanwhile
        }
        switch (event) {
            case Head e -> known(e);
            case Index e -> walked(e);
            default -> throw new IllegalArgumentException(event.toString());
        }
        progress();
    }

    private void known(Head answer) {
        CaptureChain chain = chains.get(answer.capture());
        CaptureHead head = answer.head();
        if (head == null) {
            throw new IllegalStateException(String.valueOf(answer.fault()));
        }
        CaptureSplit whole = chain.begin(head, answer.start(), partOctets);
        if (whole != null) {
            ready.add(whole);
        }
        toAsk.addAll(chain.asks());
    }

    private void walked(Index answer) {
        PartIndex index = answer.index();
        if (index == null) {
            throw new IllegalStateException(String.valueOf(answer.fault()));
        }
        var splits = new ArrayList<CaptureSplit>();
        SourceEvent again = chains.get(answer.capture()).walked(answer.part(), answer.searched(), index, splits);
        ready.addAll(splits);
        if (again != null && !isAsked(name(again))) {
            toAsk.addFirst(again);
        }
    }

    private boolean isAsked(String name) {
        return toAsk.stream().anyMatch(e -> name(e).equals(name))
                || asked.values().stream().anyMatch(has -> has.containsKey(name));
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {
        reading.remove(subtask);
        clocks.remove(subtask);
        waiting.add(subtask);
        progress();
    }

    /** Asks and hands out what can be, and tells what follows from it. */
    private void progress() {
        ask();
        boolean allKnown = toAsk.isEmpty() && chains.stream().allMatch(CaptureChain::isDone);
        List<Integer> through = new ArrayList<>();
        for (int subtask : List.copyOf(waiting)) {
            if (!context.registeredReaders().containsKey(subtask)) {
                waiting.remove(subtask);
            } else if (isNextDue()) {
                waiting.remove(subtask);
                reading.put(subtask, assigned++);
                CaptureSplit next = ready.remove();
                if (!next.head().isDivisible()) {
                    clocks.put(subtask, next.start());
                }
                context.assignSplit(next, subtask);
            } else if (ready.isEmpty() && allKnown) {
                waiting.remove(subtask);
                through.add(subtask);
            }
        }
        long now = earliest();
        if (now > lowMark) {
            lowMark = now;
            for (int subtask : readers()) {
                context.sendEventToSourceReader(subtask, new LowMark(now));
            }
        }
        through.forEach(subtask -> {
            ending.add(subtask);
            context.signalNoMoreSplits(subtask);
        });
    }

    /** Whether there is a split, and what it brings to the lanes will not wait there for long. */
    private boolean isNextDue() {
        CaptureSplit next = ready.peek();
        if (next == null || assigned - furthestBehind() >= (long) AHEAD * context.currentParallelism()) {
            return false;
        }
        return next.head().isDivisible() || next.start() <= begun();
    }

    /**
     * The time to which those captures have come that cannot be cut and are read, and those of which more is to be found: one that begins later, read beside them as
     * a whole, would wait as a whole.
     */
    private long begun() {
        long begun = Long.MAX_VALUE;
        for (long clock : clocks.values()) {
            begun = Math.min(begun, clock);
        }
        for (CaptureChain chain : chains) {
            begun = Math.min(begun, chain.lowMark());
        }
        return begun;
    }

    private long furthestBehind() {
        return reading.values().stream().mapToLong(Long::longValue).min().orElse(assigned);
    }

    private long earliest() {
        long earliest = ready.isEmpty() ? Long.MAX_VALUE : ready.element().start();
        for (CaptureChain chain : chains) {
            earliest = Math.min(earliest, chain.lowMark());
        }
        return earliest;
    }

    @Override
    public void addSplitsBack(List<CaptureSplit> splits, int subtask) {
        ready.addAll(splits);
        reading.remove(subtask);
        clocks.remove(subtask);
        waiting.remove(subtask);
        lowMark = Math.min(lowMark, earliest());
    }

    @Override
    public CaptureState snapshotState(long checkpoint) throws IOException {
        return CaptureState.of(chains, List.copyOf(ready));
    }

    @Override
    public void close() {}
}
