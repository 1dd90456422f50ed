package dev.weir.wire;

import java.io.Closeable;
import java.util.List;

/**
 * Where packets come from and go to: an interface, a TAP device, a pair of capture files. It has as many queues as
 * there are workers, each of which one worker owns. Opened, maintained and closed by one control thread.
 */
public interface Port extends Closeable {
    /** The name that configuration and listings call it by. */
    String name();

    /** One a worker. Both directions of a flow arrive at the same one where the port can tell flows apart. */
    List<? extends PortQueue> queues();

    /** How it is: up, down, gone. */
    PortState state();

    /** The largest frame that can be sent, link header included, without segmentation offload. */
    int maxFrame();

    /** Whether received packets bear time stamps; else that column of the vector is left alone. */
    default boolean stamps() {
        return false;
    }

    /** The port's own Ethernet address in the lower 48 bits, 0 where it has none. */
    long macAddress();

    /**
     * Looks after the interface: notices that it went, opens it again when it is back. To be called about ten times a
     * second.
     *
     * @return one clause for a person when something changed, else the empty string
     */
    String maintain();

    /** Closes all queues and gives back all that was made, the interface included where this made it. */
    @Override
    void close();
}
