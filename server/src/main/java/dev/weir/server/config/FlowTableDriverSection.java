package dev.weir.server.config;

import dev.weir.offload.check.ModelCheck;
import dev.weir.offload.check.Violation;
import dev.weir.offload.json.JsonDocuments;
import dev.weir.offload.json.JsonFormatException;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of a flow table driver. */
final class FlowTableDriverSection {
    private enum Type {
        MEMORY,
        LOOPBACK
    }

    private static final Kind<Path> PATH = Kinds.of(Kinds.FILE, "a file name", FlowTableDriverSection::path);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);

    private static final Field<Type> TYPE = Field.required(
            "type",
            Kinds.choice(Type.class),
            "Where flows are kept: in the daemon's `memory`, or in a backend of the `loopback` driver, another process.");

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

    static final Section<FlowTableDriverSettings> SECTION = new Section<>(
            "flow-table-driver",
            "What carries flows of devices that the Flow Table API describes.",
            List.of(TYPE, MODEL, INTERFACES, SOCKET, TIMEOUT),
            FlowTableDriverSection::settings);

    private static final Map<Field<?>, Type> BELONGS =
            Map.of(MODEL, Type.MEMORY, INTERFACES, Type.MEMORY, SOCKET, Type.LOOPBACK, TIMEOUT, Type.LOOPBACK);

    private FlowTableDriverSection() {}

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is no file name; give another", e);
        }
    }

    private static @Nullable FlowTableDriverSettings settings(Values values) {
        Type type = values.get(TYPE);
        Field<?> needed = type == Type.MEMORY ? MODEL : SOCKET;
        if (!values.has(needed)) values.fault("has no '" + needed.name() + "'; add it, or take the other type");
        boolean strange = false;
        for (Field<?> field : List.of(MODEL, INTERFACES, SOCKET, TIMEOUT)) {
            if (values.has(field) && BELONGS.get(field) != type) {
                values.fault(field, "the other type alone has it; remove it");
                strange = true;
            }
        }
        if (strange || !values.has(needed)) return null;
        return switch (type) {
            case MEMORY -> memory(values);
            case LOOPBACK ->
                new FlowTableDriverSettings.Loopback(values.find(SOCKET).orElseThrow(), values.get(TIMEOUT));
        };
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
