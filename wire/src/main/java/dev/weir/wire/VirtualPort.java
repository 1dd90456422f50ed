package dev.weir.wire;

import java.util.List;

/** Base of a port of one {@link VirtualQueue}, which it is itself: up, without an address, for one worker. */
public abstract class VirtualPort extends VirtualQueue implements Port {
    private static final int ETHERNET_FRAME = 1514;

    private final String name;

    protected VirtualPort(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<? extends PortQueue> queues() {
        return List.of(this);
    }

    @Override
    public PortState state() {
        return PortState.UP;
    }

    @Override
    public int maxFrame() {
        return ETHERNET_FRAME;
    }

    @Override
    public long macAddress() {
        return 0;
    }

    @Override
    public String maintain() {
        return "";
    }

    @Override
    public void close() {}
}
