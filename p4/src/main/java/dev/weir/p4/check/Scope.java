package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names that are known at a place, and those of the scopes around it. */
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, Entry> entries = new HashMap<>();

    private record Entry(Span span, Entity entity) {}

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    @Nullable
    Scope outer() {
        return outer;
    }

    @Nullable
    Entity find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Entry entry = scope.entries.get(name);
            if (entry != null) return entry.entity;
        }
        return null;
    }

    /** In this scope only. */
    @Nullable
    Entity here(String name) {
        Entry entry = entries.get(name);
        return entry == null ? null : entry.entity;
    }

    /** Where a name of this scope was declared. */
    @Nullable
    Span spanOf(String name) {
        Entry entry = entries.get(name);
        return entry == null ? null : entry.span;
    }

    void put(String name, Span span, Entity entity) {
        entries.put(name, new Entry(span, entity));
    }

    /** All names that are known here, for guesses at what was meant. */
    Iterable<String> names() {
        Map<String, Boolean> names = new HashMap<>();
        for (Scope scope = this; scope != null; scope = scope.outer) {
            scope.entries.keySet().forEach(name -> names.put(name, true));
        }
        return names.keySet();
    }
}
