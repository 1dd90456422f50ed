package dev.weir.p4.ir;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** What a pipeline declares, by name. Of two with a name the first is kept, and the second is a fault. */
final class IrSymbols {
    final Map<String, Integer> places = new LinkedHashMap<>();
    final Map<String, Pipeline.Header> headers;
    final Map<String, Resource> resources;
    final Map<String, Pipeline.Digest> digests;
    final Map<String, ValueSet> valueSets;
    final Map<String, ActionProfile> profiles;
    final Map<String, Pipeline.Action> actions;
    final Map<String, Table> tables;
    final Map<String, Pipeline.State> states;
    final Set<String> errors;

    private final List<String> faults;

    IrSymbols(Pipeline pipeline, List<String> faults) {
        this.faults = faults;
        headers = byName("header", pipeline.headers(), Pipeline.Header::name);
        resources = byName("resource", pipeline.resources(), Resource::name);
        digests = byName("digest", pipeline.digests(), Pipeline.Digest::name);
        valueSets = byName("value set", pipeline.valueSets(), ValueSet::name);
        profiles = byName("profile", pipeline.profiles(), ActionProfile::name);
        actions = byName("action", pipeline.actions(), Pipeline.Action::name);
        tables = byName("table", pipeline.tables(), Table::name);
        states = byName("state", pipeline.states(), Pipeline.State::name);
        errors = new HashSet<>(byName("error", pipeline.errors(), e -> e).keySet());
        byName("header type", pipeline.headerTypes(), HeaderType::name);
        for (Value.Place place : pipeline.places()) {
            if (places.put(place.name(), place.width()) != null) faults.add(place.name() + ": declared twice");
        }
    }

    private <T> Map<String, T> byName(String kind, List<T> declared, Function<T, String> nameOf) {
        Map<String, T> map = new LinkedHashMap<>();
        for (T each : declared) {
            String name = nameOf.apply(each);
            if (!IrTokens.isName(name))
                faults.add(kind + " " + name + ": no name; use letters, digits, _, dots and [n]");
            if (map.putIfAbsent(name, each) != null) faults.add(kind + " " + name + ": declared twice");
        }
        return map;
    }
}
