package dev.weir.server.p4runtime;

import io.grpc.Status;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The devices that controllers can name: nodes that run programs. Immutable; any thread. */
final class Devices implements AutoCloseable {
    private final Map<Long, Device> byId = new LinkedHashMap<>();

    /** @param nodes by device id */
    Devices(ProgramHost programs, Map<Long, String> nodes) {
        nodes.forEach((id, node) -> byId.put(id, new Device(id, node, programs)));
    }

    @Nullable
    Device find(long id) {
        return byId.get(id);
    }

    Collection<Device> all() {
        return byId.values();
    }

    static Status unknown(long id) {
        return Status.NOT_FOUND.withDescription("device_id=" + Long.toUnsignedString(id)
                + ": there is none; p4runtime.devices of the configuration lists them");
    }

    @Override
    public void close() {
        byId.values().forEach(Device::close);
    }
}
