package dev.weir.dataplane.graph;

import dev.weir.packet.PacketVector;
import dev.weir.wire.PortQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where one worker's packets come from. Live ports take turns, a vector each, and the packets count at the worker's time;
 * where all ports are capture files, packets come in the order of the times that they carry, those are the clock, and
 * reading waits for workers that are behind, so that no hand-off ring is ever too full.
 */
final class Inputs {
    private final PortQueue[] queues;
    private final int[] ports;
    private final Input[] captures;
    private final boolean live;
    private int turn;
    private int taken;

    /** From no ports. {@code live} says whether the worker's clock is the time of its packets. */
    Inputs(boolean live) {
        this(List.of(), new int[0], live, new Input[0]);
    }

    private Inputs(List<PortQueue> queues, int[] ports, boolean live, Input[] captures) {
        this.queues = queues.toArray(PortQueue[]::new);
        this.ports = ports;
        this.live = live;
        this.captures = captures;
    }

    /**
     * From the ports of a plan; what waits here of those that there were before goes on waiting.
     *
     * @param onlyOld whether ports that there were not before stay closed yet
     */
    Inputs become(Plan plan, WorkerPorts workerPorts, boolean onlyOld) {
        List<PortQueue> present = new ArrayList<>();
        List<Input> inputs = new ArrayList<>();
        int[] indices = new int[plan.ports()];
        for (int port = 0; port < plan.ports(); port++) {
            PortQueue queue = plan.portExists[port] ? workerPorts.queue(port) : null;
            int before = queue == null ? -1 : Arrays.asList(queues).indexOf(queue);
            if (queue != null && (before >= 0 || !onlyOld)) {
                indices[present.size()] = port;
                present.add(queue);
                if (!live) {
                    inputs.add(before >= 0 ? captures[before] : new Input(queue, port));
                }
            }
        }
        return new Inputs(present, Arrays.copyOf(indices, present.size()), live, inputs.toArray(Input[]::new));
    }

    /** Whether the worker's clock is the time of its packets, not that of what they carry. */
    boolean isLive() {
        return live;
    }

    /** How many vectors one round takes at the most. */
    int rounds() {
        return queues.length;
    }

    /** The descriptor to wait for of the queue of that number, below {@link #rounds}; -1 for none. */
    int descriptor(int queue) {
        return queues[queue].descriptor();
    }

    /** Whether packets may come that wake nobody who waits: those of a pipe, or those that wait for another worker's. */
    boolean arriveSilently() {
        return !live && !isExhausted();
    }

    /** Fills the vector from the next port that has something; returns how many. {@link #release} must follow. */
    int receive(PacketVector packets, long now, HandOff handOff) {
        if (live) {
            return receiveLive(packets, now);
        }
        int allowance = handOff.allowance();
        return allowance == 0 ? 0 : receiveCaptured(packets, allowance);
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

    private int receiveCaptured(PacketVector packets, int allowance) {
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
        return first < 0 ? 0 : captures[first].take(packets, limit, allowance);
    }

    /** The vector that was received is through. */
    void release() {
        if (live) {
            queues[taken].release();
        }
    }

    /** Whether nothing will ever come in again. */
    boolean isExhausted() {
        for (Input capture : captures) {
            if (!capture.isExhausted()) {
                return false;
            }
        }
        return !live;
    }
}
