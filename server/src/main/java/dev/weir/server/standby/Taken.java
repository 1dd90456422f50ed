package dev.weir.server.standby;

import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.dataplane.graph.FlowRestore;
import dev.weir.server.DaemonLog;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What came over from the other machine at a takeover, and what did not. One thread gives; any thread may ask. */
final class Taken {
    private final List<String> programs;
    private final DaemonLog log;
    private volatile long flows;
    private volatile Map<String, Long> leftOut = Map.of(), forgotten = Map.of();

    Taken(List<String> programs, DaemonLog log) {
        this.programs = List.copyOf(programs);
        this.log = log;
    }

    void restore(Replica from, FlowRestore into) {
        long begin = System.nanoTime();
        Map<String, Long> left = new TreeMap<>();
        from.restore(into).ifPresent(why -> left.put(why, (long) from.flows()));
        left.putAll(into.leftOut());
        flows = into.restored();
        leftOut = Map.copyOf(left);
        forgotten = into.forgotten();
        log.info("standby: " + flows + " flows are taken over, in " + (System.nanoTime() - begin) / 1_000_000 + " ms"
                + listed("; left out: ", left)
                + listed("; decided anew: ", forgotten)
                + (programs.isEmpty() ? "" : "; not followed: programs of " + String.join(", ", programs)));
    }

    private static String listed(String title, Map<String, Long> counts) {
        StringBuilder list = new StringBuilder();
        new TreeMap<>(counts)
                .forEach((name, count) -> list.append(list.isEmpty() ? title : ", ")
                        .append(name)
                        .append(' ')
                        .append(count));
        return list.toString();
    }

    void tell(GetStandbyResponse.Builder status) {
        status.setTakenOver(flows)
                .putAllLeftOut(leftOut)
                .putAllDecidedAnew(forgotten)
                .addAllNotFollowed(programs);
    }
}
