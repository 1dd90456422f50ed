package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Annotation;
import dev.weir.p4.syntax.Declaration;
import dev.weir.p4.syntax.Expression;
import dev.weir.p4.syntax.Name;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Signature;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Declares types. */
final class TypeDeclarations {
    private final Context context;
    private final Expressions expressions;
    private final Parameters parameters;

    TypeDeclarations(Context context, Expressions expressions, Parameters parameters) {
        this.context = context;
        this.expressions = expressions;
        this.parameters = parameters;
    }

    void struct(Declaration.Struct d) {
        Shape.Kind kind = switch (d.kind()) {
            case STRUCT -> Shape.Kind.STRUCT;
            case HEADER -> Shape.Kind.HEADER;
            case HEADER_UNION -> Shape.Kind.UNION;
        };
        context.push();
        List<Shape.TypeParameter> typeParameters = typeParameters(d.typeParameters());
        Map<String, Type.Field> fields = new LinkedHashMap<>();
        for (Declaration.StructField field : d.fields()) {
            Type type = expressions.types.read(field.type());
            if (!isField(kind, type)) {
                String message = "a field of a " + d.kind().spelling() + " cannot be " + type;
                context.error(field.type().span(), "bad-type", message, null);
                type = Type.Basic.UNKNOWN;
            }
            String name = field.name().text();
            if (fields.putIfAbsent(name, new Type.Field(name, type)) != null) {
                context.error(field.name().span(), "redeclared", "field '" + name + "' is declared twice", null);
            }
        }
        context.pop();
        Shape.Fields shape = new Shape.Fields(d.name().text(), kind, typeParameters, List.copyOf(fields.values()));
        shape(d.name(), shape);
        noteFields(shape, d);
    }

    private void noteFields(Shape.Fields shape, Declaration.Struct d) {
        Map<String, List<Note>> notes = new LinkedHashMap<>();
        for (Declaration.StructField field : d.fields()) {
            if (!field.annotations().isEmpty()) notes.putIfAbsent(field.name().text(), Notes.of(field.annotations()));
        }
        if (!notes.isEmpty()) context.fieldNotes.put(shape, notes);
        noteType(shape, d.annotations());
    }

    private void noteType(Shape shape, List<Annotation> annotations) {
        if (!annotations.isEmpty()) context.typeNotes.put(shape, Notes.of(annotations));
    }

    private void shape(Name name, Shape shape) {
        context.declare(name, new Entity.OfShape(shape));
    }

    static boolean isField(Shape.Kind kind, Type type) {
        return switch (kind) {
            case STRUCT -> Statements.isVariable(type);
            case HEADER -> isHeaderField(type);
            case UNION ->
                type == Type.Basic.UNKNOWN
                        || type instanceof Type.Parameter
                        || (type instanceof Type.Struct s && s.isHeader());
        };
    }

    private static boolean isHeaderField(Type type) {
        return switch (type) {
            case Type.Bits _, Type.Varbit _, Type.Parameter _ -> true;
            case Type.Basic b -> b == Type.Basic.BOOL || b == Type.Basic.UNKNOWN;
            case Type.Distinct d -> isHeaderField(d.of());
            case Type.Enumeration e -> e.representation() != null;
            case Type.Stack s -> isHeaderField(s.element());
            case Type.Struct s ->
                s.kind() == Shape.Kind.STRUCT
                        && s.fields().stream()
                                .allMatch(f -> !(f.type() instanceof Type.Varbit) && isHeaderField(f.type()));
            default -> false;
        };
    }

    List<Shape.TypeParameter> typeParameters(List<Name> names) {
        List<Shape.TypeParameter> declared = new ArrayList<>();
        for (Name name : names) {
            Shape.TypeParameter parameter = new Shape.TypeParameter(name.text());
            context.declare(name, new Entity.OfType(new Type.Parameter(parameter)));
            declared.add(parameter);
        }
        return declared;
    }

    void enumeration(Declaration.Enumeration d) {
        Type representation = d.representation() == null ? null : expressions.types.read(d.representation());
        if (representation != null && !(representation instanceof Type.Bits) && representation != Type.Basic.UNKNOWN) {
            Span span =
                    d.representation() == null ? d.span() : d.representation().span();
            context.error(
                    span, "bad-type", "members of an enumeration are bit<W> or int<W>, not " + representation, null);
            representation = Type.Basic.UNKNOWN;
        }
        List<String> names = new ArrayList<>();
        Map<String, BigInteger> numbers = new HashMap<>();
        context.push();
        for (Declaration.EnumMember member : d.members()) {
            String name = member.name().text();
            if (names.contains(name)) {
                context.error(member.span(), "redeclared", "member '" + name + "' is declared twice", null);
                continue;
            }
            names.add(name);
            BigInteger number = number(member, representation);
            if (number == null || representation == null) continue;
            numbers.put(name, number);
            context.declare(
                    member.name(), new Entity.OfConstant(new Expr.Numeral(member.span(), representation, number)));
        }
        context.pop();
        Shape.Members shape = new Shape.Members(d.name().text(), names, numbers);
        noteType(shape, d.annotations());
        context.declare(d.name(), new Entity.OfType(new Type.Enumeration(shape, representation)));
    }

    private @Nullable BigInteger number(Declaration.EnumMember member, @Nullable Type representation) {
        Expression value = member.value();
        if (representation == null) {
            if (value != null) {
                String help = "say what type they are: enum bit<8> ...";
                context.error(value.span(), "bad-type", "members of this enumeration have no numbers", help);
            }
            return null;
        }
        if (value == null) {
            context.error(member.span(), "bad-type", "member '" + member.name().text() + "' has no number", null);
            return BigInteger.ZERO;
        }
        Expr e = expressions.check(value, representation);
        if (e instanceof Expr.Numeral n) return n.value();
        if (!(e instanceof Expr.Faulty)) {
            context.error(e.span(), "not-constant", "this is not known when the program is compiled", null);
        }
        return BigInteger.ZERO;
    }

    void members(List<Name> names, Map<String, Span> declared, String what) {
        for (Name name : names) {
            Span before = declared.putIfAbsent(name.text(), name.span());
            if (before != null) {
                context.error(
                        name.span(),
                        "redeclared",
                        what + " '" + name.text() + "' is declared already, at " + before,
                        null);
            }
        }
    }

    void alias(Declaration.Alias d) {
        Type type = expressions.types.read(d.type());
        if (type == Type.Basic.VOID) {
            context.error(d.type().span(), "bad-type", "there is nothing of the type void", null);
            type = Type.Basic.UNKNOWN;
        }
        if (d.distinct() && type != Type.Basic.UNKNOWN) {
            boolean holds = type instanceof Type.Bits
                    || type instanceof Type.Distinct
                    || type == Type.Basic.BOOL
                    || (type instanceof Type.Enumeration e && e.representation() != null);
            if (!holds)
                context.error(d.type().span(), "bad-type", "'type' is for bit<W>, int<W> and bool, not " + type, null);
            Shape.Alias shape = new Shape.Alias(d.name().text());
            noteType(shape, d.annotations());
            type = holds ? new Type.Distinct(shape, type) : Type.Basic.UNKNOWN;
        }
        context.declare(d.name(), new Entity.OfType(type));
    }

    void extern(Declaration.ExternObject d) {
        context.push();
        List<Shape.TypeParameter> typeParameters = typeParameters(d.typeParameters());
        Shape.ExternObject shape = new Shape.ExternObject(d.name().text(), typeParameters);
        context.pop();
        if (d.methods() != null) define(d, d.methods(), shape);
        boolean announced = context.scope().here(d.name().text()) instanceof Entity.OfShape s
                && s.shape() instanceof Shape.ExternObject o
                && o.constructors().isEmpty()
                && o.methods().isEmpty();
        if (announced) {
            context.scope().put(d.name().text(), d.name().span(), new Entity.OfShape(shape));
        } else {
            shape(d.name(), shape);
        }
    }

    /** Says what an extern has. Its methods do not see the extern itself. */
    private void define(Declaration.ExternObject d, List<Declaration.Method> methods, Shape.ExternObject shape) {
        List<Shape.TypeParameter> typeParameters = shape.parameters();
        context.push();
        for (int i = 0; i < typeParameters.size(); i++) {
            Entity parameter = new Entity.OfType(new Type.Parameter(typeParameters.get(i)));
            context.scope()
                    .put(typeParameters.get(i).name(), d.typeParameters().get(i).span(), parameter);
        }
        methods(d, methods, shape);
        context.pop();
    }

    private void methods(Declaration.ExternObject d, List<Declaration.Method> declared, Shape.ExternObject shape) {
        List<Signature> constructors = new ArrayList<>();
        List<Signature> methods = new ArrayList<>();
        Type itself = new Type.Extern(
                shape,
                shape.parameters().stream()
                        .map(p -> (Type) new Type.Parameter(p))
                        .toList());
        for (Declaration.Method method : declared) {
            boolean constructor = method.signature().result() == null;
            if (!constructor && method.signature().name().text().equals(d.name().text())) {
                context.error(
                        method.signature().name().span(),
                        "bad-type",
                        "a constructor has no type before its name",
                        null);
            }
            Signature signature = signature(method.signature(), constructor ? itself : null, method.isAbstract());
            List<Signature> others = constructor ? constructors : methods;
            if (others.stream().anyMatch(o -> clashes(o, signature))) {
                String message = "'" + signature.name() + "' is declared with these parameters already";
                context.error(method.signature().name().span(), "redeclared", message, null);
            }
            others.add(signature);
        }
        shape.define(constructors, methods);
    }

    /** Whether no call could tell two of a name apart. */
    static boolean clashes(Signature one, Signature other) {
        return one.name().equals(other.name())
                && one.parameters().stream()
                        .map(Param::name)
                        .toList()
                        .equals(other.parameters().stream().map(Param::name).toList())
                && one.parameters().stream()
                        .map(Param::type)
                        .toList()
                        .equals(other.parameters().stream().map(Param::type).toList());
    }

    /** @param result of a constructor, what it makes */
    Signature signature(Declaration.Signature s, @Nullable Type result, boolean isAbstract) {
        context.push();
        List<Shape.TypeParameter> typeParameters = typeParameters(s.typeParameters());
        Type returned =
                result != null ? result : s.result() == null ? Type.Basic.VOID : expressions.types.read(s.result());
        Variable.Kind kind = result == null ? Variable.Kind.PARAMETER : Variable.Kind.CONSTRUCTOR_PARAMETER;
        Parameters.Checked checked = parameters.check(s.parameters(), kind);
        context.pop();
        Signature signature = new Signature(s.name().text(), typeParameters, returned, checked.params(), isAbstract);
        context.defaults.put(signature, checked.defaults());
        return signature;
    }

    void block(Declaration.BlockType d) {
        context.push();
        List<Shape.TypeParameter> typeParameters = typeParameters(d.typeParameters());
        boolean isPackage = d.kind() == Declaration.BlockKind.PACKAGE;
        Variable.Kind kind = isPackage ? Variable.Kind.CONSTRUCTOR_PARAMETER : Variable.Kind.PARAMETER;
        List<Param> params = parameters.check(d.parameters(), kind).params();
        context.pop();
        shape(
                d.name(),
                new Shape.Block(
                        d.name().text(),
                        kindOf(d.kind()),
                        typeParameters,
                        isPackage ? List.of() : params,
                        isPackage ? params : null));
    }

    static Shape.BlockKind kindOf(Declaration.BlockKind kind) {
        return switch (kind) {
            case PARSER -> Shape.BlockKind.PARSER;
            case CONTROL -> Shape.BlockKind.CONTROL;
            case PACKAGE -> Shape.BlockKind.PACKAGE;
        };
    }
}
