package dev.weir.server.config;

import dev.weir.offload.model.Model;
import dev.weir.wire.linux.XdpOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a flow table driver is made of; immutable. */
public sealed interface FlowTableDriverSettings {
    /**
     * Flows are kept in the daemon's memory, and nothing is done with packets.
     *
     * @param model sound
     * @param interfaces numbers of its interfaces, each with the model and flows of its own
     */
    record Memory(Model model, List<Long> interfaces) implements FlowTableDriverSettings {
        public Memory {
            interfaces = List.copyOf(interfaces);
        }
    }

    /**
     * A backend in another process carries flows.
     *
     * @param socket where it connects
     * @param timeout how long its answers are waited for
     */
    record Loopback(Path socket, Duration timeout) implements FlowTableDriverSettings {}

    /**
     * The kernel carries flows, by a program on the interfaces of ports.
     *
     * @param ports names of the daemon's ports, in order
     * @param interfaces names of their interfaces, in the same order
     * @param mode where in the kernel the program runs
     * @param flows how many directions of each address family there is room for
     */
    record Xdp(List<String> ports, List<String> interfaces, XdpOptions.Mode mode, int flows)
            implements FlowTableDriverSettings {
        public Xdp {
            ports = List.copyOf(ports);
            interfaces = List.copyOf(interfaces);
        }
    }
}
