package dev.weir.p4.lower;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Value;
import dev.weir.p4.source.Span;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How values of a type are kept: the variables and headers that they become. */
final class Layout {
    /** The width of an error as a number. */
    static final int ERROR_BITS = 16;

    private final Output output;
    private final Map<Type, HeaderType> headerTypes = new HashMap<>();

    Layout(Output output) {
        this.output = output;
    }

    /** The bits of a type that is one number, or -1 where it is none. */
    static int width(Type type) {
        return switch (type) {
            case Type.Bits b -> b.width();
            case Type.Distinct d -> width(d.of());
            case Type.Enumeration e ->
                e.representation() != null
                        ? width(e.representation())
                        : Math.max(
                                1,
                                32
                                        - Integer.numberOfLeadingZeros(
                                                e.shape().names().size() - 1));
            case Type.Basic b ->
                switch (b) {
                    case BOOL -> 1;
                    case ERROR -> ERROR_BITS;
                    default -> -1;
                };
            default -> -1;
        };
    }

    static boolean isSigned(Type type) {
        return switch (type) {
            case Type.Bits b -> b.signed();
            case Type.Distinct d -> isSigned(d.of());
            case Type.Enumeration e -> e.representation() != null && isSigned(e.representation());
            default -> false;
        };
    }

    /** Keeps a variable of a type under a name. */
    Slot slot(String name, Type type, Span span) {
        return switch (type) {
            case Type.Varbit v ->
                new Slot.Varbit(
                        type,
                        output.variable(name, v.width()),
                        output.variable(name + "_length", HeaderType.LENGTH_BITS));
            case Type.Struct s -> struct(name, s, span);
            case Type.Stack s -> stack(name, s, span);
            case Type.Tuple t -> {
                List<Slot> parts = new ArrayList<>();
                for (int i = 0; i < t.elements().size(); i++) {
                    parts.add(slot(name + ".f" + i, t.elements().get(i), span));
                }
                yield new Slot.Parts(type, parts);
            }
            default -> scalar(name, type, span);
        };
    }

    private Slot scalar(String name, Type type, Span span) {
        int width = width(type);
        if (width <= 0 || width > Value.MOST_BITS) {
            output.unsupported(span, "a variable of " + type + " cannot be kept", null);
            width = 1;
        }
        return new Slot.Scalar(type, output.variable(name, width));
    }

    private Slot struct(String name, Type.Struct type, Span span) {
        if (type.isHeader()) return header(output.unique(name), type, span);
        List<Slot> parts = new ArrayList<>();
        for (Type.Field field : type.fields()) {
            parts.add(slot(name + "." + field.name(), field.type(), span));
        }
        return new Slot.Parts(type, type.kind() == Shape.Kind.UNION ? withRivals(parts) : parts);
    }

    private static List<Slot> withRivals(List<Slot> members) {
        List<Slot> all = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            Slot.Header header = (Slot.Header) members.get(i);
            List<Value.Place> rivals = new ArrayList<>();
            for (int j = 0; j < members.size(); j++) {
                if (j != i) rivals.add(((Slot.Header) members.get(j)).header().valid());
            }
            all.add(new Slot.Header(header.type(), header.header(), header.fields(), rivals));
        }
        return all;
    }

    private Slot header(String name, Type.Struct type, Span span) {
        HeaderType headerType = headerType(type, span);
        Pipeline.Header header = new Pipeline.Header(name, headerType);
        output.parts.headers.add(header);
        List<HeaderType.Field> left = new ArrayList<>(headerType.fields());
        List<Slot> fields = new ArrayList<>();
        for (Type.Field field : type.fields()) {
            fields.add(field(header, field.type(), left));
        }
        return new Slot.Header(type, header, fields, List.of());
    }

    /** The slot of a field, which takes as many of the fields that are left as it has parts. */
    private static Slot field(Pipeline.Header header, Type type, List<HeaderType.Field> left) {
        return switch (type) {
            case Type.Struct s -> {
                List<Slot> parts = new ArrayList<>();
                for (Type.Field field : s.fields()) {
                    parts.add(field(header, field.type(), left));
                }
                yield new Slot.Parts(type, parts);
            }
            case Type.Stack s -> {
                List<Slot> parts = new ArrayList<>();
                for (int i = 0; i < s.size(); i++) {
                    parts.add(field(header, s.element(), left));
                }
                yield new Slot.Elements(s, parts, null);
            }
            case Type.Varbit _ -> {
                HeaderType.Field first = left.removeFirst();
                yield new Slot.Varbit(type, header.field(first), header.length(first));
            }
            default -> new Slot.Scalar(type, header.field(left.removeFirst()));
        };
    }

    HeaderType headerType(Type.Struct type, Span span) {
        return headerTypes.computeIfAbsent(type, _ -> {
            List<HeaderType.Field> fields = new ArrayList<>();
            for (Type.Field field : type.fields()) {
                flatten(field.name(), field.type(), fields, span);
            }
            HeaderType made = new HeaderType(output.unique(type.shape().name()), List.copyOf(fields));
            if (made.mostBits() % 8 != 0) {
                String help = "add a field that fills the last byte";
                output.unsupported(
                        span, "header " + type + " has " + made.mostBits() + " bits, which are no whole bytes", help);
            }
            output.parts.headerTypes.add(made);
            return made;
        });
    }

    private void flatten(String name, Type type, List<HeaderType.Field> out, Span span) {
        switch (type) {
            case Type.Varbit v -> out.add(new HeaderType.Field(name, v.width(), true));
            case Type.Struct s -> s.fields().forEach(f -> flatten(name + "_" + f.name(), f.type(), out, span));
            case Type.Stack s -> {
                for (int i = 0; i < s.size(); i++) {
                    flatten(name + "_" + i, s.element(), out, span);
                }
            }
            default -> {
                int width = width(type);
                if (width <= 0 || width > Value.MOST_BITS) {
                    output.unsupported(span, "a field of " + type + " cannot be kept", null);
                }
                out.add(new HeaderType.Field(name, Math.max(1, width), false));
            }
        }
    }

    private Slot stack(String name, Type.Stack type, Span span) {
        List<Slot> parts = new ArrayList<>();
        for (int i = 0; i < type.size(); i++) {
            parts.add(slot(name + "[" + i + "]", type.element(), span));
        }
        boolean headers = type.element() instanceof Type.Struct s && s.kind() != Shape.Kind.STRUCT;
        return new Slot.Elements(type, parts, headers ? output.variable(name + ".$next", 32) : null);
    }

    /** A value of a type that is zero everywhere, its headers not there. */
    Data zero(Type type) {
        return switch (type) {
            case Type.Varbit v -> new Data.Varbit(Values.zero(v.width()), Values.zero(HeaderType.LENGTH_BITS));
            case Type.Struct s -> {
                List<Data> fields = s.fields().stream().map(f -> zero(f.type())).toList();
                yield s.isHeader() ? new Data.Header(Values.FALSE, fields) : Data.parts(fields);
            }
            case Type.Stack s -> Data.parts(java.util.Collections.nCopies(s.size(), zero(s.element())));
            case Type.Tuple t ->
                Data.parts(t.elements().stream().map(this::zero).toList());
            default -> new Data.Scalar(Values.zero(Math.max(1, width(type))));
        };
    }
}
