package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Name;
import dev.weir.p4.typed.Architecture;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the parts of the checker share: where they are, what names are known there, and whom they tell. */
final class Context {
    /** What may stand at a place depends on what it is part of. */
    enum Place {
        OUTERMOST,
        PARSER,
        CONTROL,
        ACTION,
        FUNCTION,
        /** Keys, properties and entries of a table. */
        TABLE
    }

    /** @param loops how many loops are around it */
    record Body(Place place, @Nullable Type result, int loops) {}

    private final Diagnostics diagnostics;
    private final Scope outermost = new Scope(null);
    private Scope scope = outermost;
    private Body body = new Body(Place.OUTERMOST, null, 0);

    final List<Definition> definitions = new ArrayList<>();
    final Map<Shape.Fields, Map<String, List<Note>>> fieldNotes = new LinkedHashMap<>();
    final Map<Shape, List<Note>> typeNotes = new LinkedHashMap<>();
    final Map<String, Span> errors = new LinkedHashMap<>();
    final Map<String, Span> matchKinds = new LinkedHashMap<>();
    final Later later = new Later();
    /** The values of parameters that have one, by what they are parameters of. */
    final IdentityHashMap<Signature, List<@Nullable Expr>> defaults = new IdentityHashMap<>();
    /** What {@code this} is, inside of the methods of an instance. */
    @Nullable
    Type self;

    Context(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    Scope scope() {
        return scope;
    }

    /** Help for a name that is not known; null where there is none. */
    @Nullable
    String help(String unknown) {
        String help = later.help(unknown);
        return help != null ? help : Guess.among(scope.names(), unknown);
    }

    void push() {
        scope = new Scope(scope);
    }

    void pop() {
        Scope outer = scope.outer();
        scope = outer == null ? scope : outer;
    }

    Body body() {
        return body;
    }

    Place place() {
        return body.place();
    }

    /** @return what it was before, to give back afterwards */
    Body enter(Body inner) {
        Body before = body;
        body = inner;
        return before;
    }

    @Nullable
    Entity find(String name, boolean absolute) {
        return absolute ? outermost.here(name) : scope.find(name);
    }

    boolean declare(Name name, Entity entity) {
        return declare(name.text(), name.span(), entity);
    }

    /** Declares a name in the scope at hand; one that is there already is a fault. */
    boolean declare(String name, Span span, Entity entity) {
        Span before = scope.spanOf(name);
        if (before != null) {
            error(
                    span,
                    "redeclared",
                    "'" + name + "' is declared already, at " + before,
                    "give one of them another name");
            return false;
        }
        scope.put(name, span, entity);
        return true;
    }

    /** What was found. */
    TypedProgram program() {
        Span declared = outermost.spanOf("PNA_NIC");
        return new TypedProgram(
                List.copyOf(definitions),
                List.copyOf(errors.keySet()),
                List.copyOf(matchKinds.keySet()),
                declared == null ? Architecture.OTHER : Architecture.of(declared),
                Map.copyOf(fieldNotes),
                Collections.unmodifiableMap(typeNotes),
                main());
    }

    private Definition.@Nullable Instance main() {
        Entity main = outermost.here("main");
        Span span = outermost.spanOf("main");
        if (main == null || span == null || main instanceof Entity.Poisoned) return null;
        if (main instanceof Entity.OfDefinition d
                && d.definition() instanceof Definition.Instance i
                && i.type() instanceof Type.Block b
                && b.shape().kind() == Shape.BlockKind.PACKAGE) {
            return i;
        }
        if (main instanceof Entity.OfFunctions) return null;
        error(span, "bad-main", "'main' is an instance of a package", "give this another name");
        return null;
    }

    void error(Span span, String code, String message, @Nullable String help) {
        diagnostics.error(span, code, message, help);
    }

    void warning(Span span, String code, String message, @Nullable String help) {
        diagnostics.warning(span, code, message, help);
    }

    /** Tells, and gives what stands for the expression that is at fault. */
    Expr fault(Span span, String code, String message, @Nullable String help) {
        error(span, code, message, help);
        return new Expr.Faulty(span);
    }
}
