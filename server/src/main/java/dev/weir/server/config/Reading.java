package dev.weir.server.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One reading of a file: the faults so far, the names that it declares, and those that it uses. One thread. */
final class Reading {
    private record Use(Names names, String name, Place at, String path) {}

    private final List<Fault> faults;
    private final Map<Names, Set<String>> declared = new EnumMap<>(Names.class);
    private final List<Use> uses = new ArrayList<>();
    private final Map<String, Integer> tenants = new HashMap<>();
    private final Map<String, Setting> settings = new LinkedHashMap<>();
    /** How many lists the value that is being read lies in; what is in a list is compared as a whole. */
    private int lists;

    Reading(List<Fault> faults) {
        this.faults = faults;
        for (Names names : Names.values()) {
            declared.put(names, new LinkedHashSet<>());
        }
    }

    void fault(Place at, String path, String message) {
        faults.add(new Fault(at, path, message));
    }

    int faults() {
        return faults.size();
    }

    /** What the option at that path is. */
    void setting(String path, Setting setting) {
        if (lists == 0) {
            settings.put(path, setting);
        }
    }

    Map<String, Setting> settings() {
        return settings;
    }

    void enterList() {
        lists++;
    }

    void leaveList() {
        lists--;
    }

    void declare(Names names, String name) {
        of(names).add(name);
    }

    /** The number of the tenant of that name. */
    void tenant(String name, int number) {
        tenants.put(name, number);
    }

    /** The number of a tenant that was read already. */
    Optional<Integer> tenant(String name) {
        return Optional.ofNullable(tenants.get(name));
    }

    /** Somebody needs that name; whether it is declared shows at the end. */
    void use(Names names, String name, Place at, String path) {
        uses.add(new Use(names, name, at, path));
    }

    /** At the end: reports the names that were used and never declared. */
    void checkUses() {
        for (Use use : uses) {
            if (!of(use.names).contains(use.name)) {
                fault(use.at, use.path, unknown(use));
            }
        }
    }

    private String unknown(Use use) {
        Set<String> known = of(use.names);
        String what = "there is no " + use.names.singular + " '" + use.name + "'; ";
        if (known.isEmpty()) {
            return what + "declare it under " + use.names.section;
        }
        return what + Spelling.suggest(use.name, known, "declare it under " + use.names.section);
    }

    private Set<String> of(Names names) {
        return java.util.Objects.requireNonNull(declared.get(names));
    }
}
