package dev.weir.server.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options under {@code p4runtime}: who reaches the programs by P4Runtime, and how. */
final class P4RuntimeSection {
    /** What is written; where no device is, all nodes of the type {@code p4} are. */
    record Declared(ApiSettings settings, Map<Long, String> devices) {}

    private static final int MOST_DEVICES = 256;

    private record Device(int id, String node) {}

    private static final Field<Integer> ID = Field.required(
            "id", Kinds.integer(1, Integer.MAX_VALUE), "The number that controllers call it by, `device_id`.");

    private static final Field<String> NODE =
            Field.required("node", Kinds.nameOf(Names.NODE), "The node, of type `p4`.");

    private static final Field<List<Device>> DEVICES = Field.of(
            "devices",
            new Lists<>(
                    new Section<>(
                            "p4runtime-device",
                            "A node that controllers can name.",
                            List.of(ID, NODE),
                            values -> new Device(values.get(ID), values.get(NODE))),
                    0,
                    MOST_DEVICES),
            List.of(),
            "the nodes of type `p4` in their order, from 1",
            "Nodes and the numbers that controllers call them by: `[{id: 1, node: tracker}]`.");

    private static final Field<String> SOCKET = Field.optional(
            "socket",
            Kinds.FILE,
            "none",
            "A Unix socket as well. Only this user and root can connect, and may do all.");

    static final Section<Declared> SECTION = new Section<>(
            "p4runtime",
            "How controllers reach the programs by P4Runtime. Its own port is 9559.",
            List.of(
                    SOCKET,
                    ApiSection.LISTEN,
                    DEVICES,
                    ApiSection.TLS,
                    ApiSection.TOKENS,
                    ApiSection.CERTIFICATES,
                    ApiSection.LIMITS_FIELD),
            P4RuntimeSection::declare);

    private P4RuntimeSection() {}

    private static @Nullable Declared declare(Values values) {
        ApiSettings settings = ApiSection.settings(values, values.find(SOCKET).map(Path::of));
        if (settings == null) {
            return null;
        }
        if (settings.listen().isEmpty() && settings.socket().isEmpty()) {
            values.fault(
                    ApiSection.LISTEN,
                    "nobody could call; give an address, as [{address: \"127.0.0.1:9559\", insecure: true, role:"
                            + " administer}], or 'socket'");
            return null;
        }
        Map<Long, String> devices = new LinkedHashMap<>();
        for (Device device : values.get(DEVICES)) {
            if (devices.put((long) device.id(), device.node()) != null) {
                values.fault(DEVICES, "the id " + device.id() + " is there twice; number them differently");
                return null;
            }
        }
        return new Declared(settings, devices);
    }

    /** The nodes by the numbers that controllers call them by. */
    static Optional<P4RuntimeSettings> settings(Optional<Declared> declared, List<String> programs) {
        return declared.map(written -> {
            Map<Long, String> devices = new LinkedHashMap<>(written.devices());
            if (devices.isEmpty()) {
                programs.forEach(node -> devices.put(devices.size() + 1L, node));
            }
            return new P4RuntimeSettings(written.settings(), devices);
        });
    }
}
