package dev.weir.p4.jvm;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.ValueSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** A pipeline's declarations by name, with their numbers. */
final class Names {
    final Pipeline pipeline;
    private final Map<String, Pipeline.Header> headers = new HashMap<>();
    private final Map<String, Resource> resources = new HashMap<>();
    private final Map<String, Pipeline.Action> actions = new HashMap<>();
    private final Map<String, Table> tables = new HashMap<>();

    Names(Pipeline pipeline) {
        this.pipeline = pipeline;
        pipeline.headers().forEach(each -> headers.put(each.name(), each));
        pipeline.resources().forEach(each -> resources.put(each.name(), each));
        pipeline.actions().forEach(each -> actions.put(each.name(), each));
        pipeline.tables().forEach(each -> tables.put(each.name(), each));
    }

    Pipeline.Header header(String name) {
        return Objects.requireNonNull(headers.get(name), name);
    }

    Resource resource(String name) {
        return Objects.requireNonNull(resources.get(name), name);
    }

    Pipeline.Action action(String name) {
        return Objects.requireNonNull(actions.get(name), name);
    }

    Table table(String name) {
        return Objects.requireNonNull(tables.get(name), name);
    }

    int number(Table table) {
        return pipeline.tables().indexOf(table);
    }

    int digest(String name) {
        return index(pipeline.digests(), Pipeline.Digest::name, name);
    }

    int valueSet(String name) {
        return index(pipeline.valueSets(), ValueSet::name, name);
    }

    private static <T> int index(List<T> declared, Function<T, String> nameOf, String name) {
        for (int i = 0; i < declared.size(); i++) {
            if (nameOf.apply(declared.get(i)).equals(name)) return i;
        }
        throw new IllegalArgumentException(name);
    }

    int error(String name) {
        return pipeline.errors().indexOf(name);
    }

    int state(String name) {
        List<Pipeline.State> states = pipeline.states();
        for (int i = 0; i < states.size(); i++) {
            if (states.get(i).name().equals(name)) return i;
        }
        return name.equals(Pipeline.ACCEPT) ? states.size() : states.size() + 1;
    }

    /** Bytes of a header without its varbit. */
    static int fixedBytes(HeaderType type) {
        return type.fixedBits() / 8;
    }
}
