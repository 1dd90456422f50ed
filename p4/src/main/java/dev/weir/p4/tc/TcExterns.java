package dev.weir.p4.tc;

import dev.weir.p4.tc.TcPipeline.Extern;
import dev.weir.p4.tc.TcPipeline.Kind;
import dev.weir.p4.tc.TcPipeline.Parameter;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The instances of externs that the control plane sees. */
final class TcExterns {
    private static final List<String> METER = List.of("cir", "cbs", "pir", "pbs");
    private static final int LONG = 64;

    private final TypedProgram program;
    private final TcReader reader;
    private final Map<Kind, Integer> numbers = new EnumMap<>(Kind.class);

    TcExterns(TypedProgram program, TcReader reader) {
        this.program = program;
        this.reader = reader;
    }

    List<Extern> of(List<Definition.Control> controls) {
        List<Extern> externs = new ArrayList<>();
        for (Definition.Control control : controls) {
            for (Stmt local : control.locals()) {
                Extern extern = local instanceof Stmt.Make make ? extern(control, make.instance()) : null;
                if (extern != null) externs.add(extern);
            }
        }
        return externs;
    }

    private @Nullable Extern extern(Definition.Control control, Definition.Instance instance) {
        if (!(instance.type() instanceof Type.Extern type)) return null;
        Kind kind = Kind.of(type.shape().name());
        if (kind == null) return null;
        return new Extern(
                kind,
                numbers.merge(kind, 1, Integer::sum),
                control.label() + "." + instance.label(),
                kind.isDirect() ? entries(control, instance) : cells(kind, instance),
                unit(instance),
                cell(kind, instance, type));
    }

    /** Of a direct one: as many as its table can have entries. */
    private static int entries(Definition.Control control, Definition.Instance instance) {
        for (Definition.Table table : control.tables()) {
            boolean its = table.properties().stream()
                    .anyMatch(each -> each.value() instanceof Expr.Named named && named.definition() == instance);
            Definition.Property size = table.property("size");
            if (its)
                return size != null && size.value() instanceof Expr.Numeral n
                        ? n.value().intValue()
                        : 1024;
        }
        return 0;
    }

    private static int cells(Kind kind, Definition.Instance instance) {
        if (kind == Kind.DIGEST || instance.made().arguments().isEmpty()) return 0;
        return instance.made().arguments().getFirst() instanceof Expr.Numeral n
                ? n.value().intValue()
                : 0;
    }

    private static @Nullable Integer unit(Definition.Instance instance) {
        for (Expr argument : instance.made().arguments()) {
            if (argument instanceof Expr.Member member && member.type() instanceof Type.Enumeration type) {
                return type.shape().names().indexOf(member.name());
            }
        }
        return null;
    }

    private List<Parameter> cell(Kind kind, Definition.Instance instance, Type.Extern type) {
        return switch (kind) {
            case COUNTER, DIRECT_COUNTER ->
                counted(TcReader.bits(type.arguments().getFirst()), unit(instance));
            case METER -> rates(Objects.equals(unit(instance), 1));
            case DIRECT_METER -> rates(false);
            case REGISTER -> fields("a_value", type.arguments().getFirst());
            case DIGEST -> fields("data", type.arguments().getFirst());
        };
    }

    /** @param octets whether tools show its rates as such */
    private static List<Parameter> rates(boolean octets) {
        return METER.stream()
                .map(name -> new Parameter(name, octets && name.endsWith("ir") ? "rate" : "bit64", LONG))
                .toList();
    }

    private static List<Parameter> counted(int bits, @Nullable Integer unit) {
        Parameter packets = new Parameter("pkts", "bit" + bits, bits),
                octets = new Parameter("bytes", "bit" + bits, bits);
        if (unit == null || unit == 0) return List.of(packets);
        return unit == 1 ? List.of(octets) : List.of(packets, octets);
    }

    private List<Parameter> fields(String single, Type type) {
        if (!(type instanceof Type.Struct struct)) return List.of(reader.parameter(single, type, List.of()));
        Map<String, List<Note>> notes = program.fieldNotes().getOrDefault(struct.shape(), Map.of());
        return struct.fields().stream()
                .map(field -> reader.parameter(field.name(), field.type(), notes.getOrDefault(field.name(), List.of())))
                .toList();
    }
}
