package dev.weir.p4.control;

import dev.weir.p4.node.ProgramControl;
import dev.weir.p4.run.EntryCodec;
import dev.weir.p4.run.EntryCopy;
import dev.weir.p4.run.EntryLayout;
import dev.weir.p4.run.ProgramState;
import dev.weir.p4.run.TableControl;
import dev.weir.table.match.MatchKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of all workers as those of one table. A walk goes from worker to worker, in pieces that are short beside what a worker does between two looks at
 * its ports; an entry that an earlier worker has, too, was told there. For the control plane's own thread.
 */
final class EntryReader {
    /** How many places of a table a piece looks at, and how many entries it copies. */
    private static final int PLACES = 4096, COPIES = 256;

    private final Workers workers;
    private final StateReader states;

    EntryReader(Workers workers, StateReader states) {
        this.workers = workers;
        this.states = states;
    }

    /** Part of a worker's table. */
    private record Piece(List<EntryCopy> copies, List<Integer> numbers, int end, boolean last, long now) {
        static Piece of(ProgramState state, String table, int from, int most) {
            TableControl control = state.control(table);
            int to = Math.min(control.end(), from + PLACES);
            List<EntryCopy> copies = new ArrayList<>();
            List<Integer> numbers = new ArrayList<>();
            int next = from;
            while (next < to && copies.size() < most) {
                int number = control.next(next, to);
                if (number < 0) {
                    next = to;
                } else {
                    copies.add(control.copy(number));
                    numbers.add(number);
                    next = number + 1;
                }
            }
            return new Piece(copies, numbers, next, next >= control.end(), state.now());
        }
    }

    EntryPage page(TableSchema table, Predicate<? super EntryState> filter, EntryPage.Position from, int most) {
        List<ProgramControl.Mail> all = workers.all();
        List<EntryState> found = new ArrayList<>();
        int worker = from.worker();
        int entry = from.entry();
        while (worker < all.size()) {
            int begin = entry;
            Piece piece = workers.ask(all.get(worker), state -> Piece.of(state, table.name(), begin, COPIES))
                    .orElse(null);
            if (piece == null) {
                worker++;
                entry = 0;
                continue;
            }
            List<@Nullable EntryState> merged = merged(table, all, worker, piece);
            for (int i = 0; i < merged.size(); i++) {
                EntryState state = merged.get(i);
                if (state == null || !filter.test(state)) continue;
                if (found.size() == most) {
                    return new EntryPage(found, new EntryPage.Position(worker, piece.numbers.get(i)));
                }
                found.add(state);
            }
            worker += piece.last ? 1 : 0;
            entry = piece.last ? 0 : piece.end;
        }
        return new EntryPage(found, null);
    }

    /** Null where an earlier worker has it, or nobody may read it. */
    private List<@Nullable EntryState> merged(
            TableSchema table, List<ProgramControl.Mail> all, int worker, Piece piece) {
        List<List<EntryCopy>> copies = new ArrayList<>();
        for (EntryCopy copy : piece.copies) copies.add(new ArrayList<>(List.of(copy)));
        for (int other = 0; other < all.size() && !piece.copies.isEmpty(); other++) {
            if (other == worker) continue;
            Map<Integer, EntryCopy> same = workers.ask(all.get(other), state -> same(state, table, piece.copies))
                    .orElse(Map.of());
            boolean before = other < worker;
            same.forEach((i, copy) -> {
                if (before) {
                    copies.get(i).clear();
                } else if (!copies.get(i).isEmpty()) {
                    copies.get(i).add(copy);
                }
            });
        }
        EntryCodec codec = states.codec(table);
        List<@Nullable EntryState> merged = new ArrayList<>();
        for (List<EntryCopy> each : copies) {
            boolean readable = !each.isEmpty() && isReadable(each.getFirst());
            merged.add(readable ? states.state(table, codec, each, piece.now) : null);
        }
        return merged;
    }

    private static boolean isReadable(EntryCopy copy) {
        return (EntryLayout.permissions(copy.payload()[0]) & EntryLayout.READ) != 0;
    }

    /** What this worker has of entries of another, by their number among them. */
    private static Map<Integer, EntryCopy> same(ProgramState state, TableSchema table, List<EntryCopy> copies) {
        TableControl control = state.control(table.name());
        Map<Integer, EntryCopy> same = new HashMap<>();
        for (int i = 0; i < copies.size(); i++) {
            EntryCopy copy = control.copy(copies.get(i).key(), copies.get(i).priority());
            if (copy != null) same.put(i, copy);
        }
        return same;
    }

    private record Found(EntryCopy copy, long now) {}

    /** The entry with that key of the workers that have it. */
    Optional<EntryState> entry(TableSchema table, MatchKey key, int priority) {
        List<Workers.Answer<Optional<Found>>> answers = workers.ask(
                state -> Optional.ofNullable(state.control(table.name()).copy(key, priority))
                        .map(copy -> new Found(copy, state.now())));
        List<EntryCopy> copies = new ArrayList<>();
        long now = 0;
        for (Workers.Answer<Optional<Found>> each : answers) {
            Found found = each.answer().orElse(null);
            if (found == null) continue;
            copies.add(found.copy);
            now = Math.max(now, found.now);
        }
        if (copies.isEmpty() || !isReadable(copies.getFirst())) return Optional.empty();
        return Optional.of(states.state(table, states.codec(table), copies, now));
    }
}
