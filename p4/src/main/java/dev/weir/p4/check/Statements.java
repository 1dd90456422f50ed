package dev.weir.p4.check;

import dev.weir.p4.check.Context.Body;
import dev.weir.p4.check.Context.Place;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.syntax.Expression.BinaryOperator;
import dev.weir.p4.syntax.Statement;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks statements. */
final class Statements {
    private final Context context;
    private final Expressions expressions;
    private final Declarations declarations;

    Statements(Context context, Expressions expressions, Declarations declarations) {
        this.context = context;
        this.expressions = expressions;
        this.declarations = declarations;
    }

    Stmt.Block block(Statement.Block block) {
        context.push();
        List<Stmt> statements = all(block.statements());
        context.pop();
        return new Stmt.Block(block.span(), Notes.of(block.annotations()), statements);
    }

    List<Stmt> all(List<Statement> statements) {
        List<Stmt> checked = new ArrayList<>();
        for (Statement statement : statements) {
            Stmt one = check(statement);
            if (one != null) checked.add(one);
        }
        return checked;
    }

    /** Null where nothing is done: an empty statement, a constant, or a fault. */
    @Nullable
    Stmt check(Statement statement) {
        return switch (statement) {
            case Statement.Empty _ -> null;
            case Statement.Assign a -> assign(a);
            case Statement.Invoke i -> invoke(i);
            case Statement.Local l -> declarations.local(l.declaration());
            case Statement.Block b -> block(b);
            case Statement.If i ->
                new Stmt.If(
                        i.span(),
                        expressions.check(i.condition(), Type.Basic.BOOL),
                        inner(i.whenTrue()),
                        i.whenFalse() == null ? null : inner(i.whenFalse()));
            case Statement.Switch s -> choice(s);
            case Statement.For f -> loop(f);
            case Statement.ForEach f -> each(f);
            case Statement.Return r -> leave(r);
            case Statement.Break b -> inLoop(b.span(), "break", new Stmt.Break(b.span()));
            case Statement.Continue c -> inLoop(c.span(), "continue", new Stmt.Continue(c.span()));
            case Statement.Exit e -> exit(e);
        };
    }

    private Stmt inner(Statement statement) {
        Stmt checked = check(statement);
        return checked == null ? new Stmt.Block(statement.span(), List.of(), List.of()) : checked;
    }

    private @Nullable Stmt assign(Statement.Assign a) {
        Expr target = expressions.check(a.target());
        Expr value = expressions.check(a.value());
        if (target.type() == Type.Basic.UNKNOWN) return null;
        if (!LValue.is(target)) {
            context.error(target.span(), "not-assignable", LValue.reason(target), null);
            return null;
        }
        if (a.operator() == null) {
            return new Stmt.Assign(
                    a.span(), target, null, expressions.conversions().convert(value, target.type()));
        }
        Expr whole = expressions.operators().binary(a.span(), a.operator(), target, value);
        if (whole.type() == Type.Basic.UNKNOWN) return null;
        if (!whole.type().equals(target.type())) {
            String message =
                    "'" + a.operator().spelling() + "=' gives " + whole.type() + ", the target is " + target.type();
            context.error(a.span(), "type-mismatch", message, null);
            return null;
        }
        Expr right = whole instanceof Expr.Binary b && a.operator() != BinaryOperator.CONCAT ? b.right() : value;
        return new Stmt.Assign(a.span(), target, a.operator(), right);
    }

    private @Nullable Stmt invoke(Statement.Invoke i) {
        Expr e = expressions.check(i.call());
        if (e instanceof Expr.New) {
            context.error(e.span(), "not-called", "an instance that is made here is not used", "give it a name");
        }
        return e instanceof Expr.Call call ? new Stmt.Invoke(i.span(), call) : null;
    }

    private @Nullable Stmt choice(Statement.Switch s) {
        if (context.place() == Place.PARSER) {
            context.error(s.span(), "misplaced", "there is no 'switch' in parsers", "use 'transition select'");
        }
        Expr subject = expressions.check(s.subject());
        List<Stmt.Case> cases = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < s.cases().size(); i++) {
            Statement.Case one = s.cases().get(i);
            Expr label = label(subject, one.label());
            if (!seen.add(identity(label)) && !(label instanceof Expr.Faulty)) {
                context.error(one.label().span(), "redeclared", "this label stands here twice", null);
            }
            if (label instanceof Expr.Anything && i < s.cases().size() - 1) {
                context.error(one.span(), "misplaced", "'default' is the last label", null);
            }
            cases.add(new Stmt.Case(one.span(), label, one.body() == null ? null : block(one.body())));
        }
        return new Stmt.Switch(s.span(), subject, cases);
    }

    private static String identity(Expr label) {
        return switch (label) {
            case Expr.Numeral n -> n.value().toString();
            case Expr.Member m -> m.name();
            case Expr.Bool b -> Boolean.toString(b.value());
            case Expr.Anything _ -> "default";
            default -> label.span().toString() + label.span().begin();
        };
    }

    private Expr label(Expr subject, Expression label) {
        if (label instanceof Expression.Default) return new Expr.Anything(label.span(), subject.type());
        if (subject.type() instanceof Type.Table t && t.view() == Type.Table.View.ACTION_RUN)
            return actionLabel(t, label);
        Expr e = expressions.check(label);
        if (subject.type() == Type.Basic.UNKNOWN) return new Expr.Faulty(label.span());
        boolean comparable = subject.type() instanceof Type.Bits
                || subject.type() instanceof Type.Enumeration
                || subject.type() instanceof Type.Distinct
                || subject.type() == Type.Basic.ERROR
                || subject.type() == Type.Basic.INTEGER;
        if (!comparable) {
            return context.fault(
                    subject.span(),
                    "type-mismatch",
                    "'switch' is not for " + subject.type(),
                    switchHelp(subject.type()));
        }
        if (!Known.is(e)) {
            return context.fault(
                    e.span(), "not-constant", "a label has to be known when the program is compiled", null);
        }
        return expressions.conversions().convert(e, subject.type());
    }

    private Expr actionLabel(Type.Table type, Expression label) {
        if (!(label instanceof Expression.Path path)) {
            return context.fault(
                    label.span(),
                    "type-mismatch",
                    "labels here are actions of " + type.shape().name(),
                    null);
        }
        if (!type.shape().actions().contains(path.name())) {
            String help = Guess.among(type.shape().actions(), path.name());
            return context.fault(
                    path.span(),
                    "unknown-name",
                    "table " + type.shape().name() + " has no action '" + path.name() + "'",
                    help);
        }
        return new Expr.Member(path.span(), type, path.name());
    }

    private Stmt loop(Statement.For f) {
        context.push();
        List<Stmt> first = all(f.first());
        Expr condition = expressions.check(f.condition(), Type.Basic.BOOL);
        List<Stmt> next = all(f.next());
        Stmt body = body(f.body());
        context.pop();
        return new Stmt.For(f.span(), Notes.of(f.annotations()), first, condition, next, body);
    }

    private Stmt body(Statement body) {
        Body now = context.body();
        Body before = context.enter(new Body(now.place(), now.result(), now.loops() + 1));
        Stmt checked = inner(body);
        context.enter(before);
        return checked;
    }

    private @Nullable Stmt each(Statement.ForEach f) {
        Type type = expressions.types.read(f.type());
        Expr over = collection(f.collection(), type);
        context.push();
        Variable variable = new Variable(
                f.name().span(),
                f.name().text(),
                type,
                Variable.Kind.LOOP,
                Param.Direction.NONE,
                Notes.of(f.variableAnnotations()));
        context.declare(f.name(), new Entity.OfVariable(variable));
        Stmt body = body(f.body());
        context.pop();
        return new Stmt.ForEach(f.span(), Notes.of(f.annotations()), variable, over, body);
    }

    private Expr collection(Expression collection, Type element) {
        if (collection instanceof Expression.Range range) {
            Expr low = expressions.check(range.low(), element);
            Expr high = expressions.check(range.high(), element);
            return new Expr.Range(range.span(), new Type.SetOf(element), low, high);
        }
        Expr e = expressions.check(collection);
        return switch (e.type()) {
            case Type.Stack s -> sameElement(e, s.element(), element);
            case Type.ListOf l -> sameElement(e, l.element(), element);
            case Type.Values _ -> expressions.conversions().convert(e, new Type.ListOf(element));
            case Type.Basic b when b == Type.Basic.UNKNOWN -> e;
            default ->
                context.fault(
                        e.span(), "type-mismatch", "a loop is over a range, stack or list, not " + e.type(), null);
        };
    }

    private Expr sameElement(Expr e, Type has, Type wanted) {
        if (has.equals(wanted) || wanted == Type.Basic.UNKNOWN) return e;
        return context.fault(e.span(), "type-mismatch", "its elements are " + has + ", not " + wanted, null);
    }

    private @Nullable Stmt inLoop(Span span, String what, Stmt statement) {
        if (context.body().loops() > 0) return statement;
        context.error(span, "misplaced", "'" + what + "' stands outside of a loop", null);
        return null;
    }

    private @Nullable Stmt leave(Statement.Return r) {
        Type result = context.body().result();
        if (context.place() == Place.PARSER) {
            context.error(r.span(), "misplaced", "there is no 'return' in parsers", "use 'transition'");
            return null;
        }
        Expression value = r.value();
        if (result == null || result == Type.Basic.VOID) {
            if (value != null) context.error(value.span(), "type-mismatch", "nothing is returned here", null);
            return new Stmt.Return(r.span(), null);
        }
        if (value == null) {
            context.error(r.span(), "type-mismatch", "a value of " + result + " is to be returned here", null);
            return null;
        }
        return new Stmt.Return(r.span(), expressions.check(value, result));
    }

    private @Nullable Stmt exit(Statement.Exit e) {
        if (context.place() == Place.CONTROL || context.place() == Place.ACTION) return new Stmt.Exit(e.span());
        context.error(e.span(), "misplaced", "'exit' is for controls and actions only", null);
        return null;
    }

    /** Whether each way through a statement ends in a return. */
    static boolean returns(Stmt statement) {
        return switch (statement) {
            case Stmt.Return _ -> true;
            case Stmt.Block b -> b.statements().stream().anyMatch(Statements::returns);
            case Stmt.If i -> i.whenFalse() != null && returns(i.whenTrue()) && returns(i.whenFalse());
            case Stmt.Switch s ->
                s.cases().stream().anyMatch(c -> c.label() instanceof Expr.Anything)
                        && s.cases().stream().allMatch(c -> c.body() == null || returns(c.body()));
            default -> false;
        };
    }

    /** Whether a variable can be of a type: whether it has a value of a fixed size when the program runs. */
    static boolean isVariable(Type type) {
        return switch (type) {
            case Type.Basic b ->
                switch (b) {
                    case BOOL, ERROR, UNKNOWN -> true;
                    case VOID, INTEGER, STRING, MATCH_KIND, INVALID, ANY -> false;
                };
            case Type.Bits _, Type.Varbit _, Type.Distinct _, Type.Enumeration _, Type.Struct _ -> true;
            case Type.Stack s -> isVariable(s.element());
            case Type.Tuple t -> t.elements().stream().allMatch(Statements::isVariable);
            case Type.Parameter _ -> true;
            default -> false;
        };
    }

    static boolean isStackable(Type type) {
        return type instanceof Type.Struct s && s.kind() != Shape.Kind.STRUCT;
    }

    private static @Nullable String switchHelp(Type type) {
        boolean result = type instanceof Type.Table t && t.view() == Type.Table.View.RESULT;
        return result ? "ask which action ran: .apply().action_run" : null;
    }
}
