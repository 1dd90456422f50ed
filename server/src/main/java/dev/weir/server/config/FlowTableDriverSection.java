package dev.weir.server.config;

import dev.weir.offload.check.ModelCheck;
import dev.weir.offload.check.Violation;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.json.JsonFormatException;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Model;
import dev.weir.wire.linux.XdpOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The options of a flow table driver. */
final class FlowTableDriverSection {
    private enum Type {
        MEMORY,
        LOOPBACK,
        XDP
    }

    private static final Kind<Path> PATH = Kinds.of(Kinds.FILE, "a file name", FlowTableDriverSection::path);
    private static final int MOST_FLOWS = 1 << 24, DEFAULT_FLOWS = 1 << 16;
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);

    private static final Field<Type> TYPE = Field.required(
            "type",
            Kinds.choice(Type.class),
            "What carries flows: the daemon's `memory`, which does nothing with packets; a backend of the `loopback` driver,"
                    + " another process; or the kernel, by an `xdp` program on the interfaces of ports.");

    private static final Field<List<Path>> MODEL = Field.optional(
            "model",
            Lists.some(PATH),
            "required in memory",
            "Files that say what the devices can: documents of headers, actions, tables, header graph and table graph, as"
                    + " `weir flow-table get-tables` prints them.");

    private static final Field<List<Integer>> INTERFACES = Field.of(
            "interfaces",
            Lists.some(Kinds.integer(1, Integer.MAX_VALUE)),
            List.of(1),
            "[1]",
            "Numbers of the devices in memory.");

    private static final Field<Path> SOCKET =
            Field.optional("socket", PATH, "required for loopback", "The Unix socket that the backend connects to.");

    private static final Field<Duration> TIMEOUT = Field.of(
            "timeout", Kinds.DURATION, DEFAULT_TIMEOUT, "1s", "How long the backend's answers are waited for.");

    private static final Field<List<String>> PORTS = Field.optional(
            "ports",
            Lists.some(Kinds.nameOf(Names.PORT)),
            "required for xdp",
            "The ports, of driver `af-packet`, whose packets the kernel carries by flows that are set; all others come to the daemon as ever.");

    private static final Field<XdpOptions.Mode> MODE = Field.of(
            "mode",
            Kinds.choice(XdpOptions.Mode.class),
            XdpOptions.Mode.AUTO,
            "auto",
            "Where in the kernel: `native` in the interface's driver, `generic` behind it, `auto` in the driver where all"
                    + " interfaces can.");

    private static final Field<Integer> FLOWS = Field.of(
            "flows",
            Kinds.integer(1, MOST_FLOWS),
            DEFAULT_FLOWS,
            "65536",
            "How many flows of each address family there is room for in the kernel; some 300 octets of its memory each.");

    static final Section<FlowTableDriverSettings> SECTION = new Section<>(
            "flow-table-driver",
            "What carries flows of devices that the Flow Table API describes.",
            List.of(TYPE, MODEL, INTERFACES, SOCKET, TIMEOUT, PORTS, MODE, FLOWS),
            FlowTableDriverSection::settings);

    private static final Map<Field<?>, Type> BELONGS = belongs();

    private FlowTableDriverSection() {}

    private static Map<Field<?>, Type> belongs() {
        Map<Field<?>, Type> belongs = new LinkedHashMap<>();
        belongs.put(MODEL, Type.MEMORY);
        belongs.put(INTERFACES, Type.MEMORY);
        belongs.put(SOCKET, Type.LOOPBACK);
        belongs.put(TIMEOUT, Type.LOOPBACK);
        belongs.put(PORTS, Type.XDP);
        belongs.put(MODE, Type.XDP);
        belongs.put(FLOWS, Type.XDP);
        return belongs;
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is no file name; give another", e);
        }
    }

    private static @Nullable FlowTableDriverSettings settings(Values values) {
        Type type = values.get(TYPE);
        Field<?> needed = switch (type) {
            case MEMORY -> MODEL;
            case LOOPBACK -> SOCKET;
            case XDP -> PORTS;
        };
        if (!values.has(needed)) values.fault("has no '" + needed.name() + "'; add it, or take another type");
        boolean[] strange = new boolean[1];
        BELONGS.forEach((field, owner) -> {
            if (values.has(field) && owner != type) {
                values.fault(field, "only drivers of type '" + Kinds.word(owner) + "' have it; remove it");
                strange[0] = true;
            }
        });
        if (strange[0] || !values.has(needed)) return null;
        return switch (type) {
            case MEMORY -> memory(values);
            case LOOPBACK ->
                new FlowTableDriverSettings.Loopback(values.find(SOCKET).orElseThrow(), values.get(TIMEOUT));
            case XDP ->
                new FlowTableDriverSettings.Xdp(
                        values.find(PORTS).orElseThrow(), List.of(), values.get(MODE), values.get(FLOWS));
        };
    }

    /** With the interfaces of the ports, after all were read; a port can have one program, so it is of one driver at the most. */
    static Map<String, FlowTableDriverSettings> settings(
            Values file,
            Field<Map<String, FlowTableDriverSettings>> field,
            Map<String, PortSettings> ports,
            Optional<OffloadSettings> offload) {
        Map<String, String> users = new HashMap<>();
        offload.ifPresent(settings -> settings.ports().forEach(port -> users.put(port, "offload")));
        Map<String, FlowTableDriverSettings> all = new LinkedHashMap<>();
        file.get(field).forEach((name, settings) -> {
            if (settings instanceof FlowTableDriverSettings.Xdp xdp) {
                List<String> interfaces = new ArrayList<>();
                for (String port : xdp.ports()) {
                    if (ports.get(port) instanceof PortSettings.Packet packet) {
                        interfaces.add(packet.device());
                    } else if (ports.containsKey(port)) {
                        file.fault(
                                field,
                                name + ": the port '" + port
                                        + "' has another driver; give it 'af-packet', or leave it out");
                    }
                    String user = users.put(port, name);
                    if (user != null) {
                        file.fault(
                                field,
                                name + ": the port '" + port + "' has a program already, that of " + user
                                        + "; name it in one place");
                    }
                }
                all.put(name, new FlowTableDriverSettings.Xdp(xdp.ports(), interfaces, xdp.mode(), xdp.flows()));
            } else {
                all.put(name, settings);
            }
        });
        return Collections.unmodifiableMap(all);
    }

    private static @Nullable FlowTableDriverSettings memory(Values values) {
        Model model = Model.EMPTY;
        for (Path file : values.find(MODEL).orElseThrow()) {
            try {
                Document part = JsonDocuments.read(Files.readAllBytes(file));
                if (part instanceof Document.Flows) throw new IllegalArgumentException("has flows, no part of a model");
                model = model.with(part);
            } catch (JsonFormatException | IllegalArgumentException e) {
                values.fault(MODEL, file + ": " + e.getMessage());
                return null;
            } catch (IOException e) {
                values.fault(MODEL, file + ": cannot be read: " + e.getMessage() + "; give the name of a file");
                return null;
            }
        }
        List<Violation> violations = ModelCheck.violations(model);
        for (Violation violation : violations) values.fault(MODEL, violation.toString());
        List<Long> interfaces =
                values.get(INTERFACES).stream().map(Integer::longValue).toList();
        return violations.isEmpty() ? new FlowTableDriverSettings.Memory(model, interfaces) : null;
    }
}
