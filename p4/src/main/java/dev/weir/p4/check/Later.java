package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration;
import dev.weir.p4.syntax.Name;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Knows names before they are declared, as people use them then: a table in an action before it, a function in itself. */
final class Later {
    private final Map<String, Span> outermost = new HashMap<>();
    private final Map<String, Span> inBlock = new HashMap<>();
    private final Set<String> begun = new HashSet<>();

    void outermost(List<Declaration> declarations) {
        declarations.forEach(d -> put(d, outermost));
    }

    /** In the block that is checked from now on; none behind it. */
    void inBlock(List<Declaration> locals) {
        inBlock.clear();
        locals.forEach(d -> put(d, inBlock));
    }

    private static void put(Declaration declaration, Map<String, Span> names) {
        Name name = switch (declaration) {
            case Declaration.Action a -> a.name();
            case Declaration.Table t -> t.name();
            case Declaration.Instance i -> i.name();
            case Declaration.Constant c -> c.name();
            case Declaration.Variable v -> v.name();
            case Declaration.Struct s -> s.name();
            case Declaration.Alias a -> a.name();
            case Declaration.Function f -> f.signature().name();
            case Declaration.ParserBlock p -> p.type().name();
            case Declaration.ControlBlock c -> c.type().name();
            default -> null;
        };
        if (name != null) names.putIfAbsent(name.text(), name.span());
    }

    /** A function or an action whose body is checked. */
    void begin(Name name) {
        begun.add(name.text());
    }

    void end(Name name) {
        begun.remove(name.text());
    }

    /** Help for a name that is not known where it is used; null where there is none. */
    @Nullable
    String help(String unknown) {
        if (begun.contains(unknown)) return "there is no recursion: nothing can call itself";
        Span local = inBlock.get(unknown);
        Span span = local != null ? local : outermost.get(unknown);
        return span == null ? null : "it is declared at " + span + "; put that before its use";
    }
}
