package dev.weir.server.standby;

import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.server.DaemonLog;
import dev.weir.server.Listing;
import dev.weir.server.state.ProgramRestore;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What came over from the other machine at a takeover, and what did not. One thread gives; any thread may ask. */
final class Taken {
    private final List<String> programs;
    private final DaemonLog log;
    private volatile long flows, entries;
    private volatile List<String> notFollowed = List.of();
    private volatile Map<String, Long> leftOut = Map.of(), forgotten = Map.of();

    Taken(List<String> programs, DaemonLog log) {
        this.programs = List.copyOf(programs);
        this.log = log;
    }

    /**
     * Gives a data plane that is about to start the flows.
     *
     * @param kept what programs keep, which is back already; null where nothing of them has come
     * @param keptAge nanoseconds since that was copied; empty where nothing has come
     */
    void restore(Replica from, FlowRestore into, @Nullable ProgramRestore kept, OptionalLong keptAge) {
        long begin = System.nanoTime();
        Map<String, Long> left = new TreeMap<>();
        from.restore(into).ifPresent(why -> left.put(why, (long) from.flows()));
        left.putAll(into.leftOut());
        if (kept != null) {
            kept.leftOut().forEach((reason, count) -> left.merge(reason, count, Long::sum));
            entries = kept.restored();
        }
        notFollowed =
                kept == null ? programs : programs.stream().filter(kept::lacks).toList();
        flows = into.restored();
        leftOut = Map.copyOf(left);
        forgotten = into.forgotten();
        log.info("standby: " + flows + " flows are taken over, in "
                + (System.nanoTime() - begin) / 1_000_000 + " ms"
                + (keptAge.isEmpty()
                        ? ""
                        : ", and " + entries + " entries of programs, by a copy that was begun "
                                + keptAge.getAsLong() / 1_000_000 + " ms ago")
                + Listing.of("; left out: ", left)
                + Listing.of("; decided anew: ", forgotten)
                + (notFollowed.isEmpty() ? "" : "; not followed: programs of " + String.join(", ", notFollowed)));
    }

    /** Tells of programs that are not where they were. */
    void tell(List<String> lines) {
        lines.forEach(line -> log.warning("standby: " + line));
    }

    void tell(GetStandbyResponse.Builder status) {
        status.setTakenOver(flows)
                .putAllLeftOut(leftOut)
                .putAllDecidedAnew(forgotten)
                .setTakenOverEntries(entries)
                .addAllNotFollowed(notFollowed);
    }
}
