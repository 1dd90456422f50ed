package dev.weir.p4.syntax;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What names stand for, as far as the grammar needs it: P4 cannot be parsed without knowing whether {@code (a) - b} casts, and whether
 * {@code a < b} begins type arguments (P4-16 specification, section 6.7).
 */
final class Scopes {
    enum Kind {
        VALUE,
        GENERIC_VALUE,
        TYPE
    }

    private final List<Map<String, Kind>> scopes = new ArrayList<>();

    Scopes() {
        push();
    }

    void push() {
        scopes.add(new HashMap<>());
    }

    void pop() {
        scopes.removeLast();
    }

    int depth() {
        return scopes.size();
    }

    /** Leaves all scopes that were opened since the depth was this. */
    void leaveTo(int depth) {
        while (scopes.size() > depth) {
            pop();
        }
    }

    void declare(String name, Kind kind) {
        scopes.getLast().put(name, kind);
    }

    boolean isType(String name) {
        return find(name) == Kind.TYPE;
    }

    boolean isGenericValue(String name) {
        return find(name) == Kind.GENERIC_VALUE;
    }

    boolean isKnown(String name) {
        return find(name) != null;
    }

    private @Nullable Kind find(String name) {
        for (int i = scopes.size() - 1; i >= 0; i--) {
            Kind kind = scopes.get(i).get(name);
            if (kind != null) return kind;
        }
        return null;
    }
}
