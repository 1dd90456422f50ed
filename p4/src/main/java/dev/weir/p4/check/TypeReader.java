package dev.weir.p4.check;

import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.TypeRef;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the types that a program writes. */
final class TypeReader {
    /** The most bits of a number, the most elements of a stack. */
    static final int MAX_WIDTH = 1 << 16;

    private final Context context;
    private final Expressions expressions;

    TypeReader(Context context, Expressions expressions) {
        this.context = context;
        this.expressions = expressions;
    }

    /** A whole type, all of its type arguments given. */
    Type read(TypeRef ref) {
        return switch (ref) {
            case TypeRef.Simple s -> simple(s);
            case TypeRef.Bits b -> bits(b);
            case TypeRef.Named n -> named(n, List.of());
            case TypeRef.Specialized s -> named(s.base(), readAll(s.arguments()));
            case TypeRef.Array a -> array(a);
            case TypeRef.ListOf l -> new Type.ListOf(read(l.element()));
            case TypeRef.Tuple t -> tuple(t);
            case TypeRef.Any _ -> Type.Basic.ANY;
        };
    }

    List<Type> readAll(List<TypeRef> refs) {
        return refs.stream().map(this::read).toList();
    }

    private static Type simple(TypeRef.Simple ref) {
        return switch (ref.kind()) {
            case BOOL -> Type.Basic.BOOL;
            case INT -> Type.Basic.INTEGER;
            case ERROR -> Type.Basic.ERROR;
            case MATCH_KIND -> Type.Basic.MATCH_KIND;
            case STRING -> Type.Basic.STRING;
            case VOID -> Type.Basic.VOID;
        };
    }

    private Type bits(TypeRef.Bits ref) {
        int width = ref.width() == null ? 1 : number(ref.width(), ref.kind() == TypeRef.Bits.Kind.INT ? 1 : 0);
        if (width < 0) return Type.Basic.UNKNOWN;
        return switch (ref.kind()) {
            case BIT -> new Type.Bits(width, false);
            case INT -> new Type.Bits(width, true);
            case VARBIT -> new Type.Varbit(width);
        };
    }

    private Type tuple(TypeRef.Tuple ref) {
        List<Type> elements = readAll(ref.elements());
        for (int i = 0; i < elements.size(); i++) {
            Type element = elements.get(i);
            if (element == Type.Basic.UNKNOWN) return Type.Basic.UNKNOWN;
            if (isObject(element) || element == Type.Basic.VOID || element == Type.Basic.ANY) {
                context.error(ref.elements().get(i).span(), "bad-type", "there are no tuples with " + element, null);
                return Type.Basic.UNKNOWN;
            }
        }
        return sized(ref.span(), new Type.Tuple(elements));
    }

    /** The type, unless it has more parts than anybody can walk over. */
    private Type sized(Span span, Type type) {
        if (!Weight.isTooLarge(type)) return type;
        context.error(span, "too-large", "this type has more than " + Weight.MOST + " parts", null);
        return Type.Basic.UNKNOWN;
    }

    private static boolean isObject(Type type) {
        return type instanceof Type.Extern || type instanceof Type.Block || type instanceof Type.Table;
    }

    private Type array(TypeRef.Array ref) {
        Type element = read(ref.element());
        int size = number(ref.size(), 0);
        if (size < 0 || element == Type.Basic.UNKNOWN) return Type.Basic.UNKNOWN;
        if (element == Type.Basic.VOID || element instanceof Type.Extern || element instanceof Type.Block) {
            context.error(ref.element().span(), "bad-type", "there are no stacks of " + element, null);
            return Type.Basic.UNKNOWN;
        }
        return sized(ref.span(), new Type.Stack(element, size));
    }

    /** A width or size that is known, or -1 with a fault. */
    int number(dev.weir.p4.syntax.Expression expression, int least) {
        Expr e = expressions.check(expression);
        if (e instanceof Expr.Faulty) return -1;
        if (e.type() instanceof Type.Enumeration n && n.representation() != null) {
            e = Folding.cast(new Expr.Cast(e.span(), n.representation(), e));
        }
        if (!(e instanceof Expr.Numeral n)) {
            String message = e.type() instanceof Type.Bits || e.type() == Type.Basic.INTEGER
                    ? "this is not known when the program is compiled"
                    : "expected a number, found " + e.type();
            context.error(e.span(), "not-constant", message, "use a number or a constant");
            return -1;
        }
        if (n.value().bitLength() > 31
                || n.value().intValue() > MAX_WIDTH
                || n.value().intValue() < least) {
            context.error(e.span(), "bad-width", n.value() + " is not between " + least + " and " + MAX_WIDTH, null);
            return -1;
        }
        return n.value().intValue();
    }

    private Type named(TypeRef.Named ref, List<Type> arguments) {
        Entity entity = context.find(ref.name(), ref.absolute());
        return switch (entity) {
            case null -> {
                context.error(
                        ref.span(),
                        "unknown-type",
                        "nothing named '" + ref.name() + "' is declared here",
                        context.help(ref.name()));
                yield Type.Basic.UNKNOWN;
            }
            case Entity.OfType t -> arguments.isEmpty() ? t.type() : notGeneric(ref.span(), t.type());
            case Entity.OfShape s -> specialize(ref.span(), s.shape(), arguments);
            case Entity.Poisoned _ -> Type.Basic.UNKNOWN;
            default -> {
                context.error(
                        ref.span(), "not-a-type", "'" + ref.name() + "' is " + entity.kind() + ", not a type", null);
                yield Type.Basic.UNKNOWN;
            }
        };
    }

    private Type notGeneric(Span span, Type type) {
        if (type != Type.Basic.UNKNOWN) {
            context.error(span, "type-arguments", type + " has no type parameters", "leave the type arguments away");
        }
        return Type.Basic.UNKNOWN;
    }

    /** The shape that a name stands for, or null where it stands for none. Says nothing. */
    @Nullable
    Shape shape(TypeRef ref) {
        TypeRef.Named name =
                ref instanceof TypeRef.Specialized s ? s.base() : ref instanceof TypeRef.Named n ? n : null;
        if (name == null) return null;
        return switch (context.find(name.name(), name.absolute())) {
            case Entity.OfShape s -> s.shape();
            case Entity.OfType t ->
                switch (t.type()) {
                    case Type.Struct s -> s.shape();
                    case Type.Extern e -> e.shape();
                    case Type.Block b -> b.shape();
                    default -> null;
                };
            case null, default -> null;
        };
    }

    /** Whether a name is one that {@code typedef} gave, with all type arguments in it. */
    boolean isAlias(TypeRef ref) {
        return ref instanceof TypeRef.Named n && context.find(n.name(), n.absolute()) instanceof Entity.OfType;
    }

    private Type specialize(Span span, Shape shape, List<Type> arguments) {
        int wanted = parameters(shape).size();
        if (wanted != arguments.size()) {
            String message = shape.name() + " has " + wanted + " type parameter" + (wanted == 1 ? "" : "s")
                    + ", here are " + arguments.size() + " arguments";
            context.error(span, "type-arguments", message, null);
            return Type.Basic.UNKNOWN;
        }
        Type type = sized(span, of(shape, arguments));
        return type != Type.Basic.UNKNOWN && areArguments(span, shape, arguments) ? type : Type.Basic.UNKNOWN;
    }

    /** Whether type arguments are such as a shape can have; tells where not. */
    boolean areArguments(Span span, Shape shape, List<Type> arguments) {
        for (Type argument : arguments) {
            boolean itself = switch (argument) {
                case Type.Struct s -> s.shape() == shape;
                case Type.Extern e -> e.shape() == shape;
                default -> false;
            };
            boolean nothing = argument == Type.Basic.VOID && shape instanceof Shape.Fields;
            if (itself || nothing || (isObject(argument) && !(shape instanceof Shape.Block))) {
                String message = "a type argument of " + shape.name() + " cannot be " + argument;
                context.error(span, "type-arguments", message, null);
                return false;
            }
        }
        if (!(shape instanceof Shape.Fields fields)) return true;
        for (Type.Field field : new Type.Struct(fields, arguments).fields()) {
            if (!TypeDeclarations.isField(fields.kind(), field.type())) {
                String message = "field '" + field.name() + "' of " + shape.name() + " cannot be " + field.type();
                context.error(span, "bad-type", message, null);
                return false;
            }
        }
        return true;
    }

    static List<Shape.TypeParameter> parameters(Shape shape) {
        return switch (shape) {
            case Shape.Fields f -> f.parameters();
            case Shape.ExternObject o -> o.parameters();
            case Shape.Block b -> b.parameters();
            default -> new ArrayList<>();
        };
    }

    static Type of(Shape shape, List<Type> arguments) {
        return switch (shape) {
            case Shape.Fields f -> new Type.Struct(f, arguments);
            case Shape.ExternObject o -> new Type.Extern(o, arguments);
            case Shape.Block b -> new Type.Block(b, arguments);
            default -> throw new IllegalArgumentException("not a type with arguments: " + shape);
        };
    }
}
