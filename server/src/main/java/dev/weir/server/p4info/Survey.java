package dev.weir.server.p4info;

import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.typed.Walk;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the control plane can see of a program: all that the instances of its package have, with names. Tables that are never applied are not there. */
final class Survey {
    /** A table; a control that is made twice has each of its tables twice. */
    record FoundTable(String name, Definition.Table table, Scope scope) {}

    /** @param notes of its declaration */
    record FoundExtern(String name, Type.Extern type, List<@Nullable Expr> arguments, List<Note> notes, Scope scope) {
        String kind() {
            return type.shape().name().replace("_", "").toLowerCase(java.util.Locale.ROOT);
        }
    }

    record FoundSet(String name, Definition.ValueSet set, Scope scope) {}

    final List<FoundTable> tables = new ArrayList<>();
    final Map<String, Definition.Action> actions = new LinkedHashMap<>();
    /** The names of those actions whose parameters entries give: that tables list. Others are called, with arguments. */
    final Set<String> listed = new HashSet<>();

    final Map<String, FoundExtern> externs = new LinkedHashMap<>();
    final List<FoundSet> sets = new ArrayList<>();
    /** The types of data that the function {@code digest} sends, by name. */
    final Map<String, Type> digested = new LinkedHashMap<>();

    private final TypedProgram program;
    private final Map<Shape.Block, Definition.Block> blocks = new HashMap<>();
    private final Scope root = new Scope(null, "");

    private Survey(TypedProgram program) {
        this.program = program;
        program.all(Definition.Block.class).forEach(block -> blocks.put(block.shape(), block));
    }

    static Survey of(TypedProgram program) {
        Survey survey = new Survey(program);
        program.all(Definition.Instance.class).forEach(instance -> survey.extern(instance, survey.root));
        if (program.main() != null) survey.makes(program.main().made());
        return survey;
    }

    /** The name in the scope where it is used of the action that a table lists. */
    String name(Definition.Action action, Scope scope) {
        return program.definitions().contains(action) ? root.name(action.label()) : scope.name(action.label());
    }

    /** What the arguments of a package make. */
    private void makes(Expr.New made) {
        for (Expr argument : made.arguments()) {
            switch (argument) {
                case Expr.Named n when n.definition() instanceof Definition.Instance i -> makes(i.made());
                case Expr.New n
                when n.type() instanceof Type.Block type -> {
                    Definition.Block block = blocks.get(type.shape());
                    if (block == null) {
                        makes(n);
                    } else {
                        block(block, n, root, block.name());
                    }
                }
                case null, default -> {}
            }
        }
    }

    private void block(Definition.Block block, Expr.New made, Scope outer, String path) {
        Scope scope = new Scope(outer, path);
        for (int i = 0; i < block.constructorParameters().size(); i++) {
            Expr argument = made.arguments().get(i);
            if (argument != null) scope.give(block.constructorParameters().get(i), argument);
        }
        Set<Definition> applied = new LinkedHashSet<>();
        for (Stmt statement : statements(block)) Walk.calls(statement, call -> called(call, applied, scope));
        for (Stmt local : block.locals()) {
            if (!(local instanceof Stmt.Make make)) continue;
            extern(make.instance(), scope);
            if (make.instance().type() instanceof Type.Block type && applied.contains(make.instance())) {
                inner(type, make.instance().made(), scope, make.instance().label());
            }
        }
        switch (block) {
            case Definition.Control control -> tables(control, applied, scope);
            case Definition.Parser parser ->
                parser.valueSets().forEach(set -> sets.add(new FoundSet(scope.name(set.label()), set, scope)));
        }
    }

    private void inner(Type.Block type, Expr.New made, Scope scope, String label) {
        Definition.Block block = blocks.get(type.shape());
        if (block != null) block(block, made, scope, scope.name(label));
    }

    private static List<Stmt> statements(Definition.Block block) {
        return switch (block) {
            case Definition.Control control -> {
                List<Stmt> all = new ArrayList<>(List.of(control.apply()));
                control.actions().forEach(action -> all.add(action.body()));
                yield all;
            }
            case Definition.Parser parser ->
                parser.states().stream()
                        .flatMap(state -> state.statements().stream())
                        .toList();
        };
    }

    private void called(Expr.Call call, Set<Definition> applied, Scope scope) {
        switch (call.callee()) {
            case Callee.Apply apply
            when apply.receiver() instanceof Expr.Named named -> applied.add(named.definition());
            case Callee.Apply apply
            when apply.receiver() instanceof Expr.New made && made.type() instanceof Type.Block type ->
                inner(type, made, scope, type.shape().name());
            case Callee.OfExternFunction f
            when f.function().name().equals("digest") ->
                f.typeArguments().forEach(type -> digested.put(type.toString(), type));
            default -> {}
        }
    }

    private void extern(Definition.Instance instance, Scope scope) {
        if (!(instance.type() instanceof Type.Extern type)) return;
        String name = scope.name(instance.label());
        scope.call(instance, name);
        externs.put(name, new FoundExtern(name, type, instance.made().arguments(), instance.notes(), scope));
    }

    private void tables(Definition.Control control, Set<Definition> applied, Scope scope) {
        Set<Definition.Action> used = new LinkedHashSet<>();
        Walk.calls(control.apply(), call -> {
            if (call.callee() instanceof Callee.OfAction a) used.add(a.action());
        });
        for (Definition.Table table : control.tables()) {
            if (!applied.contains(table)) continue;
            tables.add(new FoundTable(scope.name(table.label()), table, scope));
            for (Definition.ActionRef ref : table.actions()) {
                used.add(ref.action());
                listed.add(name(ref.action(), scope));
            }
            if (table.defaultAction() == null) nothing().ifPresent(used::add);
        }
        for (Definition.Action action : program.all(Definition.Action.class)) {
            if (used.contains(action)) actions.put(name(action, scope), action);
        }
        for (Definition.Action action : control.actions()) {
            if (used.contains(action)) actions.put(name(action, scope), action);
        }
    }

    /** {@code NoAction}, which tables without a default action do. */
    java.util.Optional<Definition.Action> nothing() {
        return program.all(Definition.Action.class).stream()
                .filter(action -> action.name().equals("NoAction"))
                .findFirst();
    }
}
