package dev.weir.p4.syntax;

import dev.weir.p4.syntax.Declaration.ActionRef;
import dev.weir.p4.syntax.Declaration.BlockType;
import dev.weir.p4.syntax.Declaration.Method;
import dev.weir.p4.syntax.Declaration.Parameter;
import dev.weir.p4.syntax.Declaration.Property;
import dev.weir.p4.syntax.Declaration.Signature;
import dev.weir.p4.syntax.Declaration.State;
import dev.weir.p4.syntax.Declaration.Transition;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives P4 back for a tree, one layout for all. What it prints parses to the same tree but for the places; so printing what was printed
 * gives the same text, and two trees mean the same when their texts are equal.
 */
public final class Printer {
    private final StringBuilder out = new StringBuilder();
    private final ExpressionPrinter expressions = new ExpressionPrinter(out);
    private int indent;

    private Printer() {}

    public static String print(Program program) {
        Printer printer = new Printer();
        for (Declaration declaration : program.declarations()) {
            printer.declaration(declaration);
        }
        return printer.out.toString();
    }

    public static String print(Expression expression) {
        StringBuilder out = new StringBuilder();
        new ExpressionPrinter(out).expression(expression);
        return out.toString();
    }

    private Printer begin() {
        out.repeat("    ", indent);
        return this;
    }

    private Printer text(String text) {
        out.append(text);
        return this;
    }

    private void end() {
        out.append(";\n");
    }

    private <T> void braces(String before, List<T> items, Consumer<? super T> print) {
        text(before).text("{\n");
        indent++;
        items.forEach(print);
        indent--;
        begin().text("}");
    }

    private void annotations(List<Annotation> annotations) {
        expressions.annotations(annotations);
    }

    private void declaration(Declaration declaration) {
        begin();
        declarationInPlace(declaration);
        out.append('\n');
    }

    private void declarationInPlace(Declaration declaration) {
        switch (declaration) {
            case Declaration.Constant d -> {
                annotations(d.annotations());
                text("const ")
                        .type(d.type())
                        .text(" ")
                        .text(d.name().text())
                        .text(" = ")
                        .value(d.value())
                        .text(";");
            }
            case Declaration.Variable d -> variable(d).text(";");
            case Declaration.Instance d -> instance(d);
            case Declaration.Function d -> {
                annotations(d.annotations());
                signature(d.signature());
                text(" ").block(d.body());
            }
            case Declaration.Action d -> {
                annotations(d.annotations());
                text("action ")
                        .text(d.name().text())
                        .parameters(d.parameters())
                        .text(" ")
                        .block(d.body());
            }
            case Declaration.ExternFunction d -> {
                annotations(d.annotations());
                text("extern ").signature(d.signature());
                text(";");
            }
            case Declaration.ExternObject d -> externObject(d);
            case Declaration.BlockType d -> blockType(d).text(";");
            case Declaration.ParserBlock d -> parser(d);
            case Declaration.ControlBlock d -> control(d);
            case Declaration.ValueSet d -> {
                annotations(d.annotations());
                text("value_set<")
                        .type(d.type())
                        .text(">(")
                        .value(d.size())
                        .text(") ")
                        .text(d.name().text())
                        .text(";");
            }
            case Declaration.Table d -> {
                annotations(d.annotations());
                braces("table " + d.name().text() + " ", d.properties(), this::property);
            }
            case Declaration.Struct d -> {
                annotations(d.annotations());
                text(d.kind().spelling()).text(" ").text(d.name().text()).typeParameters(d.typeParameters());
                braces(" ", d.fields(), this::field);
            }
            case Declaration.Enumeration d -> enumeration(d);
            case Declaration.Errors d -> members("error", d.members());
            case Declaration.MatchKinds d -> members("match_kind", d.members());
            case Declaration.Alias d -> {
                annotations(d.annotations());
                text(d.distinct() ? "type " : "typedef ")
                        .type(d.type())
                        .text(" ")
                        .text(d.name().text())
                        .text(";");
            }
        }
    }

    private Printer type(TypeRef type) {
        expressions.type(type);
        return this;
    }

    private Printer value(Expression value) {
        expressions.expression(value);
        return this;
    }

    private Printer variable(Declaration.Variable d) {
        annotations(d.annotations());
        type(d.type()).text(" ").text(d.name().text());
        return d.value() == null ? this : text(" = ").value(d.value());
    }

    private void instance(Declaration.Instance d) {
        annotations(d.annotations());
        type(d.type());
        expressions.arguments(d.arguments());
        text(" ").text(d.name().text());
        if (d.body() != null) braces(" = ", d.body(), this::declaration);
        text(";");
    }

    private void signature(Signature signature) {
        if (signature.result() != null) type(signature.result()).text(" ");
        text(signature.name().text()).typeParameters(signature.typeParameters()).parameters(signature.parameters());
    }

    private Printer typeParameters(List<Name> names) {
        if (names.isEmpty()) return this;
        return text("<")
                .text(String.join(", ", names.stream().map(Name::text).toList()))
                .text(">");
    }

    private Printer parameters(@Nullable List<Parameter> parameters) {
        if (parameters == null) return this;
        text("(");
        String separator = "";
        for (Parameter parameter : parameters) {
            text(separator);
            annotations(parameter.annotations());
            String direction = parameter.direction().spelling();
            text(direction.isEmpty() ? "" : direction + " ");
            type(parameter.type()).text(" ").text(parameter.name().text());
            if (parameter.value() != null) text(" = ").value(parameter.value());
            separator = ", ";
        }
        return text(")");
    }

    private void externObject(Declaration.ExternObject d) {
        annotations(d.annotations());
        text("extern ").text(d.name().text()).typeParameters(d.typeParameters());
        if (d.methods() == null) {
            text(";");
        } else {
            braces(" ", d.methods(), this::method);
        }
    }

    private void method(Method method) {
        begin().annotations(method.annotations());
        text(method.isAbstract() ? "abstract " : "").signature(method.signature());
        end();
    }

    private Printer blockType(BlockType d) {
        annotations(d.annotations());
        return text(d.kind().spelling() + " " + d.name().text())
                .typeParameters(d.typeParameters())
                .parameters(d.parameters());
    }

    private void parser(Declaration.ParserBlock d) {
        blockType(d.type()).parameters(d.constructorParameters()).text(" {\n");
        indent++;
        d.locals().forEach(this::declaration);
        d.states().forEach(this::state);
        indent--;
        begin().text("}");
    }

    private void control(Declaration.ControlBlock d) {
        blockType(d.type()).parameters(d.constructorParameters()).text(" {\n");
        indent++;
        d.locals().forEach(this::declaration);
        begin().text("apply ").block(d.apply());
        text("\n");
        indent--;
        begin().text("}");
    }

    private void state(State state) {
        begin().annotations(state.annotations());
        text("state ").text(state.name().text()).text(" {\n");
        indent++;
        state.statements().forEach(this::statement);
        if (state.transition() != null) transition(state.transition());
        indent--;
        begin().text("}\n");
    }

    private void transition(Transition transition) {
        begin().text("transition ");
        switch (transition) {
            case Transition.To to -> text(to.state().text()).end();
            case Transition.Select select -> {
                text("select(");
                expressions.list(select.subjects());
                braces(") ", select.cases(), c -> {
                    begin().value(c.keys()).text(": ").text(c.state().text());
                    end();
                });
                text("\n");
            }
        }
    }

    private void property(Property property) {
        begin();
        switch (property) {
            case Property.Key key ->
                braces("key = ", key.elements(), e -> {
                    begin().value(e.value()).text(" : ").text(e.matchKind().text());
                    expressions.annotationsAfter(e.annotations());
                    end();
                });
            case Property.Actions actions ->
                braces("actions = ", actions.actions(), a -> {
                    begin().annotations(a.annotations());
                    action(a);
                    end();
                });
            case Property.Entries entries -> {
                annotations(entries.annotations());
                braces(entries.constant() ? "const entries = " : "entries = ", entries.entries(), this::entry);
            }
            case Property.Value value -> {
                annotations(value.annotations());
                text(value.constant() ? "const " : "")
                        .text(value.name().text())
                        .text(" = ")
                        .value(value.value());
                text(";");
            }
        }
        out.append('\n');
    }

    private void action(ActionRef action) {
        value(action.action());
        if (action.arguments() != null) expressions.arguments(action.arguments());
    }

    private void entry(Declaration.Entry entry) {
        begin().text(entry.constant() ? "const " : "");
        if (entry.priority() != null) {
            boolean plain = entry.priority() instanceof Expression.Numeral;
            text(plain ? "priority = " : "priority = (").value(entry.priority()).text(plain ? ": " : "): ");
        }
        value(entry.keys()).text(" : ").action(entry.action());
        expressions.annotationsAfter(entry.action().annotations());
        end();
    }

    private void field(Declaration.StructField field) {
        begin().annotations(field.annotations());
        type(field.type()).text(" ").text(field.name().text()).end();
    }

    private void enumeration(Declaration.Enumeration d) {
        annotations(d.annotations());
        text("enum ");
        if (d.representation() != null) type(d.representation()).text(" ");
        braces(d.name().text() + " ", d.members(), m -> {
            begin().text(m.name().text());
            if (m.value() != null) text(" = ").value(m.value());
            text(",\n");
        });
    }

    private void members(String what, List<Name> members) {
        text(what)
                .text(" { ")
                .text(String.join(", ", members.stream().map(Name::text).toList()))
                .text(" }");
    }

    private Printer block(Statement.Block block) {
        annotations(block.annotations());
        braces("", block.statements(), this::statement);
        return this;
    }

    private void statement(Statement statement) {
        begin();
        statementInPlace(statement);
        text("\n");
    }

    private void statementInPlace(Statement statement) {
        switch (statement) {
            case Statement.Empty _ -> text(";");
            case Statement.Assign _, Statement.Invoke _ -> step(statement).text(";");
            case Statement.Local s -> declarationInPlace(s.declaration());
            case Statement.Block s -> block(s);
            case Statement.If s -> branch(s);
            case Statement.Switch s -> {
                text("switch (").value(s.subject());
                braces(") ", s.cases(), this::switchCase);
            }
            case Statement.For s -> loop(s);
            case Statement.ForEach s -> forEach(s);
            case Statement.Return s -> {
                text("return");
                if (s.value() != null) text(" ").value(s.value());
                text(";");
            }
            case Statement.Break _ -> text("break;");
            case Statement.Continue _ -> text("continue;");
            case Statement.Exit _ -> text("exit;");
        }
    }

    /** What can stand between the semicolons of a loop, without one of its own. */
    private Printer step(Statement statement) {
        switch (statement) {
            case Statement.Assign s -> {
                String operator = s.operator() == null ? "" : s.operator().spelling();
                value(s.target()).text(" " + operator + "= ").value(s.value());
            }
            case Statement.Invoke s -> value(s.call());
            case Statement.Local(var _, Declaration.Variable d) -> variable(d);
            default -> throw new IllegalArgumentException("no step of a loop: " + statement);
        }
        return this;
    }

    /** An {@code if} without {@code else} before an {@code else} needs braces, or would take it. The parser never makes one. */
    private void branch(Statement.If s) {
        text("if (").value(s.condition()).text(") ");
        statementInPlace(s.whenTrue());
        if (s.whenFalse() != null) {
            text(" else ");
            statementInPlace(s.whenFalse());
        }
    }

    private void switchCase(Statement.Case c) {
        begin().value(c.label()).text(":");
        if (c.body() != null) text(" ").block(c.body());
        text("\n");
    }

    private void loop(Statement.For s) {
        annotations(s.annotations());
        text("for (")
                .steps(s.first())
                .text("; ")
                .value(s.condition())
                .text("; ")
                .steps(s.next())
                .text(") ");
        statementInPlace(s.body());
    }

    private Printer steps(List<Statement> steps) {
        String separator = "";
        for (Statement step : steps) {
            text(separator).step(step);
            separator = ", ";
        }
        return this;
    }

    private void forEach(Statement.ForEach s) {
        annotations(s.annotations());
        text("for (").annotations(s.variableAnnotations());
        type(s.type())
                .text(" ")
                .text(s.name().text())
                .text(" in ")
                .value(s.collection())
                .text(") ");
        statementInPlace(s.body());
    }
}
