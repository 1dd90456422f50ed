package dev.weir.dataplane.graph;

import dev.weir.wire.Port;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import dev.weir.wire.SendFault;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** One worker's queues of all ports, by the ports' indices. The worker's own; allocates nothing but in {@link #become}. */
final class WorkerPorts {
    private @Nullable PortQueue[] queues = {};
    private long[] macAddresses = {};
    private boolean[] sent = {};
    private @Nullable Port[] ports = {};

    /** No ports. */
    WorkerPorts() {}

    /** These, by index; null where there is none of that index now. */
    WorkerPorts(@Nullable PortQueue[] queues, long[] macAddresses, @Nullable Port[] ports) {
        this.queues = queues;
        this.ports = ports;
        this.macAddresses = macAddresses;
        sent = new boolean[queues.length];
    }

    /** From here on the ports are those of {@code next}. What was sent by the old ones goes its way. */
    void become(WorkerPorts next) {
        flush();
        queues = next.queues;
        ports = next.ports;
        macAddresses = next.macAddresses;
        sent = new boolean[queues.length];
    }

    int size() {
        return queues.length;
    }

    /** The queue of a port, null where there is no such port any more. */
    @Nullable
    PortQueue queue(int port) {
        return queues[port];
    }

    long macAddress(int port) {
        return macAddresses[port];
    }

    /** Whether packets can leave by a port now: it is there, its interface is up and has a carrier. */
    boolean isUp(int port) {
        Port its = port >= 0 && port < ports.length ? ports[port] : null;
        if (its == null) return false;
        PortState state = its.state();
        return state == PortState.UP || state == PortState.ENDED;
    }

    /** Sends a copy; returns a {@link SendFault}. */
    int send(int port, MemorySegment data, long offset, int length, long offload) {
        PortQueue queue = port >= 0 && port < queues.length ? queues[port] : null;
        if (queue == null) {
            return SendFault.PORT_DOWN;
        }
        sent[port] = true;
        return queue.send(data, offset, length, offload);
    }

    /** Puts what was sent on its way. */
    void flush() {
        for (int port = 0; port < sent.length; port++) {
            PortQueue queue = queues[port];
            if (sent[port] && queue != null) {
                queue.flush();
                sent[port] = false;
            }
        }
    }
}
