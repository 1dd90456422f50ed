package dev.weir.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What came of reading the file of a job for a stream engine: the job, or all that is wrong with the file. As
 * {@link ConfigurationFile}; any thread.
 */
public sealed interface ClusterJobFile {
    /** It can be run. */
    record Valid(ClusterJob job) implements ClusterJobFile {}

    /** It cannot; the faults are in the order of the file, and there is at least one. */
    record Invalid(List<Fault> faults) implements ClusterJobFile {}

    /** Reads the octets of a file. */
    static ClusterJobFile read(byte[] octets) {
        List<Fault> faults = new ArrayList<>();
        Yaml root = YamlReader.read(octets, faults);
        ClusterJob job = root == null ? null : ClusterJobSection.SECTION.read(root, "", new Reading(faults));
        return job != null && faults.isEmpty() ? new Valid(job) : new Invalid(Fault.inOrder(faults));
    }

    /** The tables of the reference page, in Markdown, by name of the section. */
    static Map<String, String> tables() {
        return ReferenceTables.of(ClusterJobSection.SECTION);
    }
}
