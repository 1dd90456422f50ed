package dev.weir.server;

import dev.weir.wire.Port;
import dev.weir.wire.PortQueue;
import dev.weir.wire.PortState;
import java.util.List;

/** A port under the name that the configuration gives it, and the settings that made it. */
record NamedPort(String name, Port port) implements Port {
    @Override
    public List<? extends PortQueue> queues() {
        return port.queues();
    }

    @Override
    public PortState state() {
        return port.state();
    }

    @Override
    public int maxFrame() {
        return port.maxFrame();
    }

    @Override
    public long macAddress() {
        return port.macAddress();
    }

    @Override
    public String maintain() {
        return port.maintain();
    }

    @Override
    public void close() {
        port.close();
    }
}
