package dev.weir.server.config;

import dev.weir.dataplane.graph.GraphConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading a configuration file: a configuration, or all that is wrong with it. YAML 1.2 in UTF-8; sizes are
 * bounded, and no octets make it throw. Any thread.
 */
public sealed interface ConfigurationFile {
    /** It can be run. */
    record Valid(Configuration configuration) implements ConfigurationFile {}

    /** It cannot; the faults are in the order of the file, and there is at least one. */
    record Invalid(List<Fault> faults) implements ConfigurationFile {}

    /** Reads the octets of a file. */
    static ConfigurationFile read(byte[] octets) {
        List<Fault> faults = new ArrayList<>();
        Yaml root = YamlReader.read(octets, faults);
        Configuration configuration = root == null ? null : configuration(root, faults);
        return configuration != null && faults.isEmpty()
                ? new Valid(configuration)
                : new Invalid(Fault.inOrder(faults));
    }

    private static @Nullable Configuration configuration(Yaml root, List<Fault> faults) {
        Reading reading = new Reading(faults);
        Configuration configuration = ConfigurationSection.SECTION.read(root, "", reading);
        reading.checkUses();
        if (configuration != null) {
            addGraphFaults(configuration.graph(), root, faults);
        }
        return configuration;
    }

    /**
     * What does not fit together. Nothing is said of a place that has a fault already, or of what such a place is a part
     * of, nor again of options that follow from those that are written.
     */
    private static void addGraphFaults(GraphConfig graph, Yaml root, List<Fault> faults) {
        List<Fault> told = List.copyOf(faults);
        Set<String> said = new HashSet<>();
        for (GraphConfig.Fault fault : graph.faults()) {
            Paths.Found found = Paths.find(root, fault.path());
            boolean repeats = !said.add(fault.message()) && !found.written();
            if (!repeats
                    && told.stream().noneMatch(t -> t.at().equals(found.at()) || isWithin(t.path(), fault.path()))) {
                faults.add(new Fault(found.at(), fault.path(), fault.message()));
            }
        }
    }

    private static boolean isWithin(String path, String outer) {
        return path.startsWith(outer + ".") || path.startsWith(outer + "[");
    }

    /** The JSON Schema (draft 2020-12) of configuration files, for editors. */
    static String jsonSchema() {
        return Json.write(JsonSchema.of(ConfigurationSection.SECTION));
    }

    /** The tables of the reference page, in Markdown, by name of the section. */
    static Map<String, String> tables() {
        return ReferenceTables.of(ConfigurationSection.SECTION);
    }
}
