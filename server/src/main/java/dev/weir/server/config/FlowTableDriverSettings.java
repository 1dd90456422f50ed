package dev.weir.server.config;

import dev.weir.offload.model.Model;
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
}
