package dev.weir.dataplane.graph;

import dev.weir.dataplane.Threads;
import dev.weir.wire.Port;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The thread that looks after the ports, ten times a second, and says what changed. */
final class PortKeeper {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final Supplier<Collection<Port>> ports;
    private final DataplaneListener listener;
    private final Thread thread;
    private volatile boolean stopped;

    PortKeeper(Supplier<Collection<Port>> ports, DataplaneListener listener) {
        this.ports = ports;
        this.listener = listener;
        thread = Thread.ofPlatform().name("weir-ports").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        listener.portsStarted();
        while (!stopped) {
            LockSupport.parkNanos(INTERVAL_NANOS);
            for (Port port : List.copyOf(ports.get())) {
                String what = maintain(port);
                if (!what.isEmpty()) {
                    listener.portChanged(port.name(), what);
                }
            }
        }
    }

    /** A port is maintained and closed by one thread at a time, and never maintained after it was closed. */
    private synchronized String maintain(Port port) {
        return !stopped && ports.get().contains(port) ? port.maintain() : "";
    }

    /** Closes ports that the supplier no longer names. Any thread. */
    synchronized void close(Collection<Port> gone) {
        gone.forEach(Port::close);
    }

    /** Ends the thread. */
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        LockSupport.unpark(thread);
        Threads.join(thread);
    }
}
