package dev.weir.offload.xdp;

/** What becomes of the packets of one direction of a flow in the kernel. Immutable. */
public sealed interface XdpAction {
    /** They are lost. */
    record Drop() implements XdpAction {}

    /** The kernel's own stack gets them, as if there were no program; a packet socket on the port still sees them. */
    record Pass() implements XdpAction {}

    /**
     * They leave by another port, or by the one that they came by.
     *
     * @param port its index in the list that the driver was opened with
     * @param rewrite what is changed before
     */
    record Redirect(int port, XdpRewrite rewrite) implements XdpAction {
        public Redirect {
            if (port < 0) throw new IllegalArgumentException("port: " + port + " is negative; give its index, from 0");
        }
    }

    /** Redirects packets as they are. */
    static Redirect to(int port) {
        return new Redirect(port, XdpRewrite.NONE);
    }
}
