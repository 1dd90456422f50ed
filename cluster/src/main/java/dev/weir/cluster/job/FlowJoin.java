package dev.weir.cluster.job;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which sightings of one key are of one flow. In three steps, which depend on what the sightings say and not on the order in which they come:
 *
 * <ol>
 *   <li>Two sightings <em>touch</em> if their flows ended no more than {@code wait} apart, and either they are pieces of one flow (sensor, run and flow id are
 *       the same), or their times, first to last packet, overlap or lie no more than {@code slack} apart, and they are not two flows of one
 *       run. What touches, directly or by others, is a cluster.
 *   <li>In a cluster, pieces of one flow are put together to a <em>view</em>.
 *   <li>Views, in the order of their first packets, join the flow that they overlap for the longest, of those that have no view of their sensor and
 *       that they overlap within the slack; where there is none they begin a flow.
 * </ol>
 *
 * Stateless; any thread.
 *
 * @param slackNanos by how much times of sensors differ
 * @param waitNanos how far apart the endings of what touches are
 */
record FlowJoin(long slackNanos, long waitNanos) implements java.io.Serializable {
    private static final Comparator<FlowView> ORDER = Comparator.comparingLong(FlowView::start)
            .thenComparing(FlowView::sensor)
            .thenComparing(FlowView::run)
            .thenComparingLong(FlowView::flowId);

    /** The clusters; which one a sighting is in depends on the set alone. */
    List<List<Sighting>> clusters(List<Sighting> sightings) {
        int[] of = new int[sightings.size()];
        for (int i = 0; i < of.length; i++) {
            of[i] = i;
            for (int j = 0; j < i; j++) {
                if (of[j] != of[i] && touch(sightings.get(i), sightings.get(j))) {
                    int from = Math.max(of[i], of[j]), to = Math.min(of[i], of[j]);
                    for (int k = 0; k <= i; k++) {
                        of[k] = of[k] == from ? to : of[k];
                    }
                }
            }
        }
        Map<Integer, List<Sighting>> clusters = new LinkedHashMap<>();
        for (int i = 0; i < of.length; i++) {
            clusters.computeIfAbsent(of[i], _ -> new ArrayList<>()).add(sightings.get(i));
        }
        return List.copyOf(clusters.values());
    }

    private boolean touch(Sighting a, Sighting b) {
        if (Math.abs(a.flow().at() - b.flow().at()) > waitNanos) {
            return false;
        }
        if (a.sensor().equals(b.sensor()) && a.run().equals(b.run())) {
            return a.flow().flowId() == b.flow().flowId();
        }
        return overlap(
                        a.flow().startTime(),
                        a.flow().endTime(),
                        b.flow().startTime(),
                        b.flow().endTime())
                >= -slackNanos;
    }

    /** For how long two stretches overlap; what lies between them, negative, where they do not. */
    private static long overlap(long startA, long endA, long startB, long endB) {
        return Math.min(endA, endB) - Math.max(startA, startB);
    }

    /** The flows of a cluster. */
    List<JoinedFlow> flows(List<Sighting> cluster) {
        List<List<FlowView>> flows = new ArrayList<>();
        for (FlowView view : views(cluster)) {
            List<FlowView> best = null;
            long longest = Long.MIN_VALUE;
            for (List<FlowView> flow : flows) {
                long overlap = overlap(flow, view);
                if (overlap >= -slackNanos && overlap > longest && !isSeenBy(flow, view.sensor())) {
                    best = flow;
                    longest = overlap;
                }
            }
            if (best == null) {
                best = new ArrayList<>();
                flows.add(best);
            }
            best.add(view);
        }
        return flows.stream().map(JoinedFlow::of).toList();
    }

    private static long overlap(List<FlowView> flow, FlowView view) {
        long longest = Long.MIN_VALUE;
        for (FlowView each : flow) {
            longest = Math.max(longest, overlap(each.start(), each.end(), view.start(), view.end()));
        }
        return longest;
    }

    private static boolean isSeenBy(List<FlowView> flow, String sensor) {
        return flow.stream().anyMatch(each -> each.sensor().equals(sensor));
    }

    private static List<FlowView> views(List<Sighting> cluster) {
        Map<String, List<Sighting>> pieces = new LinkedHashMap<>();
        for (Sighting each : cluster) {
            String flow = each.sensor() + '/' + each.run() + '/' + each.flow().flowId();
            pieces.computeIfAbsent(flow, _ -> new ArrayList<>()).add(each);
        }
        return pieces.values().stream().map(FlowView::of).sorted(ORDER).toList();
    }
}
