package dev.weir.dataplane.graph;

import dev.weir.dataplane.graph.GraphConfig.NodeEntry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers that flows remember ports, chains and sections of their annex by; they stay over reloads, and are not
 * given again. The control thread's.
 */
final class Numbering {
    private record Section(String name, String type, int octets) {}

    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Map<String, Integer> chains = new LinkedHashMap<>();
    private final Map<Section, Integer> sections = new LinkedHashMap<>();
    private int annexBytes = FlowLayout.BYTES;

    /** One that goes on from here, while this stays. */
    Numbering copy() {
        var copy = new Numbering();
        copy.ports.putAll(ports);
        copy.chains.putAll(chains);
        copy.sections.putAll(sections);
        copy.annexBytes = annexBytes;
        return copy;
    }

    /** Index of a port, from 0. */
    int port(String name) {
        return ports.computeIfAbsent(name, _ -> ports.size());
    }

    /** How many ports have had a number. */
    int ports() {
        return ports.size();
    }

    /** The names of all that have had one, by number. */
    List<String> portNames() {
        return List.copyOf(ports.keySet());
    }

    /** Number of a chain, from 1. */
    int chain(String name) {
        return chains.computeIfAbsent(name, _ -> chains.size() + 1);
    }

    /** The names of all chains that have had one, by number; empty for 0. */
    String[] chainNames() {
        var names = new String[chains.size() + 1];
        names[0] = "";
        chains.forEach((name, number) -> names[number] = name);
        return names;
    }

    /** How many chains have had a number, plus 1. */
    int chainLimit() {
        return chains.size() + 1;
    }

    /** Where in the annex a node's octets begin. */
    int section(NodeEntry node) {
        int octets = node.config().annexBytes();
        if (octets == 0) {
            return 0;
        }
        return sections.computeIfAbsent(new Section(node.name(), node.config().type(), octets), _ -> {
            int at = annexBytes;
            annexBytes += octets;
            return at;
        });
    }

    /** How many octets of annex each flow needs. */
    int annexBytes() {
        return annexBytes;
    }
}
