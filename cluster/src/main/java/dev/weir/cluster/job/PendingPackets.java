package dev.weir.cluster.job;

import dev.weir.table.PacketDigests;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Packets that came before it was known that none older will come, and in which order they are to be tracked: by time,
 * then by number. Batches of a stream come in order, so they make one run, and runs are merged; one that is out of
 * order makes a run of its own. One thread.
 */
final class PendingPackets {
    /** Batches of which each goes on where the one before ends. */
    private static final class Run {
        final long stream;
        final Deque<byte[]> batches = new ArrayDeque<>();
        int at = Batch.HEAD;
        long time, number;
        long lastTime, lastNumber;

        Run(long stream) {
            this.stream = stream;
        }

        /** Points at the first packet; false when there is none. */
        boolean look() {
            while (!batches.isEmpty()) {
                byte[] first = batches.getFirst();
                if (PacketDigests.size(first, at) != 0) {
                    time = PacketDigests.time(first, at);
                    number = PacketDigests.number(first, at);
                    return true;
                }
                batches.removeFirst();
                at = Batch.HEAD;
            }
            return false;
        }

        boolean before(Run other) {
            return time < other.time || (time == other.time && number < other.number);
        }
    }

    /** That whose packet is next stands first. */
    private final PriorityQueue<Run> runs = new PriorityQueue<>((a, b) -> a.before(b) ? -1 : b.before(a) ? 1 : 0);

    private final Map<Long, Run> open = new HashMap<>();
    private long octets;

    /** Takes a batch of packets. */
    void add(byte[] batch) {
        if (PacketDigests.size(batch, Batch.HEAD) == 0) {
            return;
        }
        long stream = Batch.stream(batch);
        Run run = open.get(stream);
        long time = PacketDigests.time(batch, Batch.HEAD), number = PacketDigests.number(batch, Batch.HEAD);
        if (run == null || time < run.lastTime || (time == run.lastTime && number < run.lastNumber)) {
            run = new Run(stream);
            open.put(stream, run);
        }
        boolean wasEmpty = run.batches.isEmpty();
        run.batches.addLast(batch);
        octets += batch.length;
        int last = Batch.HEAD;
        for (int at = last, size; (size = PacketDigests.size(batch, at)) != 0; at += size) {
            last = at;
        }
        run.lastTime = PacketDigests.time(batch, last);
        run.lastNumber = PacketDigests.number(batch, last);
        if (wasEmpty && run.look()) {
            runs.add(run);
        }
    }

    /** Takes the next packet that is not after {@code until}. */
    interface Taker {
        /** The digest at {@code at}; valid for good. */
        void take(byte[] batch, int at);
    }

    /** Gives out, in order, up to {@code most} packets that are not after {@code until}; returns how many. */
    int take(long until, int most, Taker taker) {
        int taken = 0;
        for (Run run; taken < most && (run = runs.peek()) != null && run.time <= until; ) {
            runs.remove();
            Run second = runs.peek();
            boolean more;
            do {
                byte[] batch = run.batches.getFirst();
                taker.take(batch, run.at);
                taken++;
                run.at += PacketDigests.size(batch, run.at);
                if (PacketDigests.size(batch, run.at) == 0) {
                    octets -= batch.length;
                }
                more = run.look();
            } while (more && taken < most && run.time <= until && (second == null || run.before(second)));
            if (more) {
                runs.add(run);
            } else {
                open.remove(run.stream, run);
            }
        }
        return taken;
    }

    /** Shows every packet, run by run, with the stream that it is of. */
    void forEach(Visitor visitor) {
        for (Run run : runs) {
            int at = run.at;
            for (byte[] batch : run.batches) {
                for (int size; (size = PacketDigests.size(batch, at)) != 0; at += size) {
                    visitor.visit(run.stream, batch, at, size);
                }
                at = Batch.HEAD;
            }
        }
    }

    /** Takes a packet that waits. */
    interface Visitor {
        void visit(long stream, byte[] batch, int at, int size);
    }

    /** Octets that wait, about. */
    long octets() {
        return octets;
    }
}
