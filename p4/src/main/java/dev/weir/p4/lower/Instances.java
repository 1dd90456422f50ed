package dev.weir.p4.lower;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Value;
import dev.weir.p4.source.Span;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the instances that a program has: blocks, and what lasts longer than a packet. */
final class Instances {
    private final Output output;
    private final Frame root;
    private final Map<Shape.Block, Definition.Block> blocks = new HashMap<>();
    private @Nullable Expressions expressions;

    Instances(Output output, TypedProgram program) {
        this.output = output;
        this.root = new Frame(null, "", Substitution.NONE);
        program.all(Definition.Parser.class).forEach(p -> blocks.put(p.shape(), p));
        program.all(Definition.Control.class).forEach(c -> blocks.put(c.shape(), c));
    }

    /** Says who evaluates arguments; and makes the instances outside of blocks. */
    void begin(Expressions evaluating, TypedProgram program) {
        expressions = evaluating;
        for (Definition.Instance instance : program.all(Definition.Instance.class)) {
            if (!(instance.type() instanceof Type.Block)) root.bind(instance, new Bound.Made(make(instance, root)));
        }
    }

    Frame root() {
        return root;
    }

    private BigInteger integer(@Nullable Expr e, Frame frame, Span span) {
        BigInteger number = e == null || expressions == null ? null : expressions.integer(e, frame);
        if (number != null) return number;
        output.unsupported(span, "this number is not known when the program is compiled", null);
        return BigInteger.ONE;
    }

    Thing make(Definition.Instance instance, Frame frame) {
        return make(instance.made(), frame, frame.name(instance.label()));
    }

    /** @param name for the control plane */
    Thing make(Expr.New made, Frame frame, String name) {
        return switch (frame.type(made.type())) {
            case Type.Block b -> block(made, b, frame, name);
            case Type.Extern e -> object(made, e, frame, name);
            default -> throw new IllegalArgumentException("no instance: " + made.type());
        };
    }

    private Thing block(Expr.New made, Type.Block type, Frame frame, String name) {
        Definition.Block definition = blocks.get(type.shape());
        if (definition == null) throw new IllegalArgumentException("no body: " + type);
        List<Type> arguments = type.arguments().stream().map(frame::type).toList();
        Frame inside = new Frame(root, name, Substitution.of(type.shape().parameters(), arguments));
        Thing.Block thing = new Thing.Block(definition, inside);
        inside.block = thing;
        for (int i = 0; i < definition.constructorParameters().size(); i++) {
            Expr argument = made.arguments().get(i);
            if (argument != null) inside.bind(definition.constructorParameters().get(i), given(argument, frame));
        }
        return thing;
    }

    private Bound given(Expr argument, Frame frame) {
        Thing thing = thing(argument, frame);
        return thing != null ? new Bound.Made(thing) : new Bound.Given(argument, frame);
    }

    /** The instance that an expression stands for, null where it is none. */
    @Nullable
    Thing thing(Expr e, Frame frame) {
        return switch (e) {
            case Expr.Named n when frame.find(n.definition()) instanceof Bound.Made o -> o.thing();
            case Expr.Read r when frame.find(r.variable()) instanceof Bound.Made o -> o.thing();
            case Expr.New n ->
                make(
                        n,
                        frame,
                        output.unique(frame.name(n.constructor().signature().name())));
            default -> null;
        };
    }

    private Thing object(Expr.New made, Type.Extern type, Frame frame, String name) {
        Span span = made.span();
        List<@Nullable Expr> arguments = made.arguments();
        switch (type.shape().name()) {
            case "Counter" ->
                output.parts.resources.add(new Resource.Counter(
                        output.unique(name), size(arguments.get(0), frame, span), unit(arguments.get(1))));
            case "DirectCounter" ->
                output.parts.resources.add(
                        new Resource.Counter(output.unique(name), Resource.DIRECT, unit(arguments.get(0))));
            case "Meter" ->
                output.parts.resources.add(new Resource.Meter(
                        output.unique(name), size(arguments.get(0), frame, span), unit(arguments.get(1))));
            case "DirectMeter" ->
                output.parts.resources.add(
                        new Resource.Meter(output.unique(name), Resource.DIRECT, unit(arguments.get(0))));
            case "Register" -> register(name, type, size(arguments.get(0), frame, span), arguments, 1, frame, span);
            case "DirectRegister" -> register(name, type, Resource.DIRECT, arguments, 0, frame, span);
            case "Digest" -> output.parts.digests.add(digest(output.unique(name), type));
            case "InternetChecksum" -> {
                return new Thing.Sum(output.variable(name, 16), Value.HashAlgorithm.SUM16, type);
            }
            case "Checksum" -> {
                Value.HashAlgorithm algorithm = algorithm(arguments.getFirst());
                return new Thing.Sum(output.variable(name, algorithm.width), algorithm, type);
            }
            case "ActionProfile" -> profile(name, size(arguments.get(0), frame, span), false);
            case "ActionSelector" -> profile(name, size(arguments.get(1), frame, span), true);
            case "Hash", "Random" -> {}
            default -> output.unsupported(span, "there is no " + type + " here", null);
        }
        return new Thing.Extern(name, type, made, frame);
    }

    private void profile(String name, int size, boolean selects) {
        output.parts.profiles.add(new ActionProfile(output.unique(name), size, selects));
    }

    private int size(@Nullable Expr e, Frame frame, Span span) {
        BigInteger size = integer(e, frame, span);
        if (size.signum() > 0 && size.bitLength() <= 26) return size.intValue();
        output.unsupported(span, "the size " + size + " is not between 1 and " + ((1 << 26) - 1), null);
        return 1;
    }

    private static Resource.Unit unit(@Nullable Expr e) {
        return e instanceof Expr.Member m ? Resource.Unit.valueOf(m.name()) : Resource.Unit.PACKETS;
    }

    static Value.HashAlgorithm algorithm(@Nullable Expr e) {
        return switch (e instanceof Expr.Member m ? m.name() : "") {
            case "CRC16", "CRC16_CUSTOM" -> Value.HashAlgorithm.CRC16;
            case "ONES_COMPLEMENT16" -> Value.HashAlgorithm.SUM16;
            default -> Value.HashAlgorithm.CRC32;
        };
    }

    private void register(
            String name, Type.Extern type, int size, List<@Nullable Expr> arguments, int at, Frame frame, Span span) {
        int width = bits(type.arguments().getFirst());
        if (width < 1 || width > Value.MOST_BITS) {
            output.unsupported(
                    span, "a register cannot hold " + type.arguments().getFirst(), null);
            width = 1;
        }
        Expr initial = arguments.size() > at ? arguments.get(at) : null;
        BigInteger begin = initial == null
                ? BigInteger.ZERO
                : integer(initial, frame, span).and(Value.mask(width));
        output.parts.resources.add(new Resource.Register(output.unique(name), size, width, begin));
    }

    private static Pipeline.Digest digest(String name, Type.Extern type) {
        List<Pipeline.Parameter> fields = new ArrayList<>();
        flatten("data", type.arguments().getFirst(), true, fields);
        return new Pipeline.Digest(name, fields);
    }

    /** Names and widths of the numbers that a type is made of. */
    static void flatten(String name, Type type, boolean outermost, List<Pipeline.Parameter> out) {
        String prefix = outermost ? "" : name + "_";
        switch (type) {
            case Type.Struct s -> s.fields().forEach(f -> flatten(prefix + f.name(), f.type(), false, out));
            case Type.Tuple t -> {
                for (int i = 0; i < t.elements().size(); i++) {
                    flatten(prefix + "f" + i, t.elements().get(i), false, out);
                }
            }
            case Type.Stack s -> {
                for (int i = 0; i < s.size(); i++) {
                    flatten(prefix + "e" + i, s.element(), false, out);
                }
            }
            case Type.Varbit v -> out.add(new Pipeline.Parameter(name, v.width()));
            default -> out.add(new Pipeline.Parameter(name, Math.max(1, Layout.width(type))));
        }
    }

    /** All bits of a type that has a fixed size. */
    static int bits(Type type) {
        List<Pipeline.Parameter> parts = new ArrayList<>();
        flatten("x", type, true, parts);
        return parts.stream().mapToInt(Pipeline.Parameter::width).sum();
    }
}
