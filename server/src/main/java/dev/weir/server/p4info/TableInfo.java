package dev.weir.server.p4info;

import com.google.protobuf.Any;
import dev.weir.api.p4.config.v1.ActionRef;
import dev.weir.api.p4.config.v1.MatchField;
import dev.weir.api.p4.config.v1.P4Ids.Prefix;
import dev.weir.api.p4.config.v1.P4NamedType;
import dev.weir.api.p4.config.v1.Table;
import dev.weir.api.p4.config.v1.TableActionCall;
import dev.weir.api.v1.ProgramTableProperties;
import dev.weir.p4.typed.Architecture;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Describes tables. */
final class TableInfo {
    private static final int SIZE = 1024;

    private final TypedProgram program;
    private final Survey survey;
    private final Vocabulary words;
    private final Symbols symbols;
    private final TypeSpecs types;

    TableInfo(TypedProgram program, Survey survey, Vocabulary words, Symbols symbols, TypeSpecs types) {
        this.program = program;
        this.survey = survey;
        this.words = words;
        this.symbols = symbols;
        this.types = types;
    }

    Table.Builder table(Survey.FoundTable found) {
        Definition.Table table = found.table();
        Table.Builder made = Table.newBuilder().setSize(size(found));
        keys(table, made);
        actions(found, made);
        idle(table, made);
        if (table.constantEntries()) made.setIsConstTable(true);
        if (!table.entries().isEmpty()) made.setHasInitialEntries(true);
        return made;
    }

    private static long size(Survey.FoundTable found) {
        Definition.Property size = found.table().property("size");
        BigInteger number = size == null ? null : found.scope().number(size.value());
        return number == null || number.signum() == 0 ? SIZE : number.longValue();
    }

    private void keys(Definition.Table table, Table.Builder made) {
        int[] ids = FieldIds.of(table.keys().stream().map(Definition.Key::notes).toList());
        for (int i = 0; i < ids.length; i++) {
            Definition.Key key = table.keys().get(i);
            if (key.matchKind().equals("selector")) continue;
            MatchField.Builder field = field(ids[i], name(key), key.value().type(), key.notes());
            MatchField.MatchType kind = kind(key.matchKind());
            if (kind == null) {
                field.setOtherMatchType(key.matchKind());
            } else {
                field.setMatchType(kind);
            }
            made.addMatchFields(field);
        }
    }

    /** As written, but that {@code h.isValid()} is called after the bit that says it: {@code h.$valid$}. */
    private static String name(Definition.Key key) {
        boolean valid = key.value() instanceof Expr.Call call
                && call.callee() instanceof Callee.BuiltIn builtIn
                && builtIn.operation() == Callee.Operation.IS_VALID;
        return valid && !Note.has(key.notes(), "name") ? key.label().replace("isValid()", "$valid$") : key.label();
    }

    /** Without the kind of match. */
    MatchField.Builder field(int id, String name, Type type, List<Note> notes) {
        MatchField.Builder field = MatchField.newBuilder()
                .setId(id)
                .setName(name)
                .setBitwidth(types.width(type))
                .addAllAnnotations(Annotations.written(notes, "match"))
                .addAllStructuredAnnotations(Annotations.structured(notes));
        var documentation = Annotations.documentation(notes);
        if (documentation != null) field.setDoc(documentation);
        P4NamedType declared = types.collected(type);
        if (declared != null) field.setTypeName(declared);
        return field;
    }

    /** Null for kinds that are not of the standard. */
    static MatchField.@Nullable MatchType kind(String matchKind) {
        return switch (matchKind) {
            case "exact" -> MatchField.MatchType.EXACT;
            case "lpm" -> MatchField.MatchType.LPM;
            case "ternary" -> MatchField.MatchType.TERNARY;
            case "range" -> MatchField.MatchType.RANGE;
            case "optional" -> MatchField.MatchType.OPTIONAL;
            default -> null;
        };
    }

    private void actions(Survey.FoundTable found, Table.Builder made) {
        Definition.Table table = found.table();
        for (Definition.ActionRef ref : table.actions()) {
            made.addActionRefs(ActionRef.newBuilder()
                    .setId(id(ref.action(), found))
                    .setScope(scope(ref.notes()))
                    .addAllAnnotations(Annotations.written(ref.notes()))
                    .addAllStructuredAnnotations(Annotations.structured(ref.notes())));
        }
        Definition.DefaultAction missed = table.defaultAction();
        if (missed == null) {
            survey.nothing().ifPresent(action -> implied(id(action, found), made));
            return;
        }
        int id = id(missed.action(), found);
        if (missed.constant()) made.setConstDefaultActionId(id);
        made.setInitialDefaultAction(call(id, missed, found.scope()));
    }

    private int id(Definition.Action action, Survey.FoundTable found) {
        return symbols.id(Prefix.ACTION, survey.name(action, found.scope()));
    }

    private static void implied(int nothing, Table.Builder made) {
        if (made.getActionRefsList().stream().noneMatch(ref -> ref.getId() == nothing)) {
            made.addActionRefs(ActionRef.newBuilder()
                    .setId(nothing)
                    .setScope(ActionRef.Scope.DEFAULT_ONLY)
                    .addAnnotations("@defaultonly"));
        }
        made.setInitialDefaultAction(TableActionCall.newBuilder().setActionId(nothing));
    }

    private static ActionRef.Scope scope(List<Note> notes) {
        if (Note.has(notes, "tableonly")) return ActionRef.Scope.TABLE_ONLY;
        return Note.has(notes, "defaultonly") ? ActionRef.Scope.DEFAULT_ONLY : ActionRef.Scope.TABLE_AND_DEFAULT;
    }

    private TableActionCall call(int id, Definition.DefaultAction missed, Scope scope) {
        TableActionCall.Builder call = TableActionCall.newBuilder().setActionId(id);
        List<Variable> parameters = parameters(missed.action());
        int[] ids = FieldIds.of(parameters.stream().map(Variable::notes).toList());
        for (int i = 0; i < ids.length; i++) {
            int at = missed.action().parameters().indexOf(parameters.get(i));
            Expr argument = missed.arguments().get(at);
            BigInteger number = scope.number(argument);
            if (number == null || argument == null) continue;
            call.addArguments(TableActionCall.Argument.newBuilder()
                    .setParamId(ids[i])
                    .setValue(Numbers.octets(number, Math.max(1, types.width(argument.type())))));
        }
        return call.build();
    }

    /** Those that the control plane gives. */
    static List<Variable> parameters(Definition.Action action) {
        return action.parameters().stream()
                .filter(parameter -> parameter.direction() == Param.Direction.NONE)
                .toList();
    }

    /**
     * The standard knows whether a controller may give entries a lifetime, and be told. What becomes of an idle entry, and whether packets add entries, goes
     * beside it.
     */
    private void idle(Definition.Table table, Table.Builder made) {
        boolean adds = isTrue(table, "add_on_miss");
        ProgramTableProperties.Idle idle = idle(table, adds);
        if (idle != ProgramTableProperties.Idle.STAY) {
            made.setIdleTimeoutBehavior(Table.IdleTimeoutBehavior.NOTIFY_CONTROL);
        }
        if (adds || idle == ProgramTableProperties.Idle.DELETE) {
            made.setOtherProperties(Any.pack(ProgramTableProperties.newBuilder()
                    .setAddOnMiss(adds)
                    .setIdle(idle)
                    .build()));
        }
    }

    private ProgramTableProperties.Idle idle(Definition.Table table, boolean adds) {
        if (adds && program.architecture() == Architecture.TC) return ProgramTableProperties.Idle.DELETE;
        if (isTrue(table, "idle_timeout_with_auto_delete")) return ProgramTableProperties.Idle.DELETE;
        Definition.Property property = table.property(words.idle());
        return switch (property == null ? null : property.value()) {
            case Expr.Member m when m.name().equals("AUTO_DELETE") -> ProgramTableProperties.Idle.DELETE;
            case Expr.Member m when m.name().equals("NOTIFY_CONTROL") -> ProgramTableProperties.Idle.NOTIFY;
            case Expr.Bool b when b.value() -> ProgramTableProperties.Idle.NOTIFY;
            case null, default -> ProgramTableProperties.Idle.STAY;
        };
    }

    private static boolean isTrue(Definition.Table table, String property) {
        Definition.Property found = table.property(property);
        return found != null && found.value() instanceof Expr.Bool b && b.value();
    }
}
