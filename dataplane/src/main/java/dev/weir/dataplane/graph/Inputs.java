package dev.weir.dataplane.graph;

import dev.weir.packet.PacketVector;
import dev.weir.wire.PortQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where one worker's packets come from. Live ports take turns, a vector each, and the packets count at the worker's time;
 * where all ports are capture files, packets come in the order of the times that they carry, and those are the clock.
 */
final class Inputs {
    private final PortQueue[] queues;
    private final int[] ports;
    private final Input[] captures;
    private final boolean live;
    private int turn;
    private int taken;

    /** The queues of {@code ports} that exist. */
    Inputs(Plan plan, WorkerPorts workerPorts) {
        List<PortQueue> present = new ArrayList<>();
        int[] indices = new int[plan.ports()];
        boolean waits = false;
        for (int port = 0; port < plan.ports(); port++) {
            PortQueue queue = plan.portExists[port] ? workerPorts.queue(port) : null;
            if (queue != null) {
                indices[present.size()] = port;
                present.add(queue);
                waits |= queue.descriptor() >= 0;
            }
        }
        queues = present.toArray(PortQueue[]::new);
        ports = Arrays.copyOf(indices, queues.length);
        live = waits;
        captures = new Input[live ? 0 : queues.length];
        for (int q = 0; q < captures.length; q++) {
            captures[q] = new Input(queues[q], ports[q]);
        }
    }

    /** Whether the worker's clock is the time of its packets, not that of what they carry. */
    boolean isLive() {
        return live;
    }

    /** How many vectors one round takes at the most. */
    int rounds() {
        return queues.length;
    }

    List<PortQueue> queues() {
        return List.of(queues);
    }

    /** Fills the vector from the next port that has something; returns how many. {@link #release} must follow. */
    int receive(PacketVector packets, long now) {
        return live ? receiveLive(packets, now) : receiveCaptured(packets);
    }

    private int receiveLive(PacketVector packets, long now) {
        taken = turn;
        turn = turn + 1 == queues.length ? 0 : turn + 1;
        int n = queues[taken].receive(packets);
        packets.size = n;
        Arrays.fill(packets.port, 0, n, ports[taken]);
        Arrays.fill(packets.time, 0, n, now);
        return n;
    }

    private int receiveCaptured(PacketVector packets) {
        int first = -1;
        long time = Long.MAX_VALUE, limit = Long.MAX_VALUE;
        for (int q = 0; q < captures.length; q++) {
            long next = captures[q].nextTime();
            if (next < time) {
                limit = time;
                time = next;
                first = q;
            } else if (next < limit) {
                limit = next;
            }
        }
        packets.size = 0;
        return first < 0 ? 0 : captures[first].take(packets, limit);
    }

    /** The vector that was received is through. */
    void release() {
        if (live) {
            queues[taken].release();
        }
    }

    /** Whether nothing will ever come in again. */
    boolean isExhausted() {
        if (live) {
            return false;
        }
        for (Input capture : captures) {
            if (!capture.isExhausted()) {
                return false;
            }
        }
        return true;
    }
}
