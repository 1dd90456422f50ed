package dev.weir.wire.linux;

/**
 * The attachment of an {@link XdpProgram} to an interface, a BPF link: it ends when this is closed, or the process ends in
 * whatever way, or the interface goes. One thread at a time, the control thread.
 */
public final class XdpLink implements AutoCloseable {
    private final int descriptor;
    private final String name;
    private final int interfaceIndex;
    private final boolean isGeneric;
    private boolean closed;

    XdpLink(int descriptor, String name, int interfaceIndex, boolean isGeneric) {
        this.descriptor = descriptor;
        this.name = name;
        this.interfaceIndex = interfaceIndex;
        this.isGeneric = isGeneric;
    }

    /** Of the interface. */
    public int interfaceIndex() {
        return interfaceIndex;
    }

    /** Whether the interface is still there, in the calling thread's network namespace. */
    public boolean isThere() {
        return Libc.interfaceIndex(name) == interfaceIndex;
    }

    /** The longest payload of the interface's frames, in octets; negative when it is not there. */
    public int mtu() {
        try (Device device = new Device(name)) {
            return device.mtu();
        }
    }

    /** Whether the program runs after the driver. */
    public boolean isGeneric() {
        return isGeneric;
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        Libc.close(descriptor);
    }
}
