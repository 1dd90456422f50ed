package dev.weir.wire;

/**
 * Base of a queue whose packets come from code, and go to code, instead of an interface: of an application that feeds a data plane, of a measurement, of a
 * test. Who extends it gives packets in {@link #receive}, takes them in {@link #send}, and counts both in {@link #counters}; there is always something to receive, and
 * nothing has to be given back or told.
 */
public abstract class VirtualQueue implements PortQueue {
    protected final PortCounters counters = new PortCounters();

    @Override
    public void release() {}

    @Override
    public void flush() {}

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public boolean isExhausted() {
        return false;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    @Override
    public void close() {}
}
