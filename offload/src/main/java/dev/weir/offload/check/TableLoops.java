package dev.weir.offload.check;

import dev.weir.offload.model.Jump;
import dev.weir.offload.model.TableNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** Looks for ways of the table graph that come back: a packet would go round for ever. Graphs may be deep, so it keeps its own stack. */
final class TableLoops {
    private record Visit(TableNode node, Iterator<Jump> rest) {}

    private TableLoops() {}

    /** A node from which a way leads back to itself; -1 where there is none. */
    static long find(Map<Long, TableNode> nodes) {
        Map<Long, Boolean> left = new HashMap<>();
        for (TableNode root : nodes.values()) {
            long again = walk(root, nodes, left);
            if (again >= 0) return again;
        }
        return -1;
    }

    /** @param left nodes come to, and whether all their ways were gone */
    private static long walk(TableNode root, Map<Long, TableNode> nodes, Map<Long, Boolean> left) {
        if (left.putIfAbsent(root.uid(), false) != null) return -1;
        Deque<Visit> way = new ArrayDeque<>();
        way.push(new Visit(root, root.jumps().iterator()));
        while (!way.isEmpty()) {
            Visit visit = way.getFirst();
            if (!visit.rest().hasNext()) {
                left.put(visit.node().uid(), true);
                way.pop();
                continue;
            }
            Jump jump = visit.rest().next();
            TableNode next = jump.ends() ? null : nodes.get(jump.next());
            if (next == null) continue;
            Boolean gone = left.putIfAbsent(next.uid(), false);
            if (gone == null) way.push(new Visit(next, next.jumps().iterator()));
            else if (!gone) return next.uid();
        }
        return -1;
    }
}
