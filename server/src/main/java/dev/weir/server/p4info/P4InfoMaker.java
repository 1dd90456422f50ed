package dev.weir.server.p4info;

import dev.weir.api.p4.config.v1.Action;
import dev.weir.api.p4.config.v1.ActionProfile;
import dev.weir.api.p4.config.v1.ControllerPacketMetadata;
import dev.weir.api.p4.config.v1.Counter;
import dev.weir.api.p4.config.v1.CounterSpec;
import dev.weir.api.p4.config.v1.Digest;
import dev.weir.api.p4.config.v1.DirectCounter;
import dev.weir.api.p4.config.v1.DirectMeter;
import dev.weir.api.p4.config.v1.MatchField;
import dev.weir.api.p4.config.v1.Meter;
import dev.weir.api.p4.config.v1.MeterSpec;
import dev.weir.api.p4.config.v1.P4Ids.Prefix;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.config.v1.P4NamedType;
import dev.weir.api.p4.config.v1.PkgInfo;
import dev.weir.api.p4.config.v1.PlatformProperties;
import dev.weir.api.p4.config.v1.Preamble;
import dev.weir.api.p4.config.v1.Register;
import dev.weir.api.p4.config.v1.Table;
import dev.weir.api.p4.config.v1.ValueSet;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.typed.Variable;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the P4Info of a checked program, of whatever architecture of PNA, PSA and v1model (P4Runtime 1.5, section 6). Stateless; any thread may call.
 * Names are those of the compiled program, {@code Control.table}; numbers are those that the public compiler gives.
 */
public final class P4InfoMaker {
    private static final String CONTROLLER_HEADER = "controller_header";

    private final TypedProgram program;
    private final Vocabulary words;
    private final Survey survey;
    private final Symbols symbols = new Symbols();
    private final TypeSpecs types;
    private final TableInfo tables;
    private final P4Info.Builder made = P4Info.newBuilder();

    private P4InfoMaker(TypedProgram program) {
        this.program = program;
        words = Vocabulary.of(program);
        survey = Survey.of(program);
        types = new TypeSpecs(program);
        tables = new TableInfo(program, survey, words, symbols, types);
    }

    /** @param program without errors */
    public static P4Info of(TypedProgram program) {
        return new P4InfoMaker(program).info();
    }

    /** How many bits a program has for the values of its distinct types, whatever controllers write for them; by their names. */
    public static Map<String, Integer> widths(TypedProgram program) {
        P4InfoMaker maker = new P4InfoMaker(program);
        var _ = maker.info();
        return Map.copyOf(maker.types.originals());
    }

    private P4Info info() {
        survey.tables.removeIf(found -> Note.has(found.table().notes(), Annotations.HIDDEN));
        name();
        describePackage();
        survey.tables.forEach(this::table);
        survey.actions.forEach(this::action);
        survey.externs.values().forEach(this::extern);
        controllerHeaders().forEach(this::controllerHeader);
        survey.sets.forEach(this::valueSet);
        survey.digested.forEach((name, type) -> digest(name, type, List.of()));
        made.setTypeInfo(types.declared());
        return made.build();
    }

    /** Says what there is, before anything is asked its number. */
    private void name() {
        survey.tables.forEach(
                found -> add(Prefix.TABLE, found.name(), found.table().notes()));
        survey.actions.forEach((name, action) -> add(Prefix.ACTION, name, action.notes()));
        direct();
        survey.tables.forEach(this::profile);
        survey.externs.values().forEach(found -> {
            Prefix kind = prefix(found.kind());
            if (kind != null) add(kind, found.name(), found.notes());
        });
        controllerHeaders().keySet().forEach(shape -> add(Prefix.CONTROLLER_HEADER, shape.name(), notes(shape)));
        survey.sets.forEach(
                found -> add(Prefix.VALUE_SET, found.name(), found.set().notes()));
        survey.digested.keySet().forEach(name -> add(Prefix.DIGEST, name, List.of()));
    }

    private void add(Prefix kind, String name, List<Note> notes) {
        symbols.add(kind, name, Annotations.number(notes, Annotations.ID));
    }

    private static @Nullable Prefix prefix(String kind) {
        return switch (kind) {
            case "counter" -> Prefix.COUNTER;
            case "directcounter" -> Prefix.DIRECT_COUNTER;
            case "meter" -> Prefix.METER;
            case "directmeter" -> Prefix.DIRECT_METER;
            case "register" -> Prefix.REGISTER;
            case "digest" -> Prefix.DIGEST;
            case "actionprofile", "actionselector" -> Prefix.ACTION_PROFILE;
            default -> null;
        };
    }

    private List<Note> notes(Shape shape) {
        return program.typeNotes().getOrDefault(shape, List.of());
    }

    private Preamble preamble(Prefix kind, String name, List<Note> notes, String... except) {
        Preamble.Builder preamble = Preamble.newBuilder()
                .setId(symbols.id(kind, name))
                .setName(name)
                .setAlias(symbols.alias(name))
                .addAllAnnotations(Annotations.written(notes, except))
                .addAllStructuredAnnotations(Annotations.structured(notes));
        var documentation = Annotations.documentation(notes);
        if (documentation != null) preamble.setDoc(documentation);
        return preamble.build();
    }

    private void describePackage() {
        Definition.Instance main = program.main();
        if (main == null) return;
        PkgInfo.Builder info = PkgInfo.newBuilder()
                .setArch(words.name())
                .addAllAnnotations(Annotations.written(main.notes(), "pkginfo", "platform_property"))
                .addAllStructuredAnnotations(Annotations.structured(main.notes()));
        Annotations.pairs(Note.find(main.notes(), "pkginfo")).forEach((key, value) -> {
            var field = PkgInfo.getDescriptor().findFieldByName(key);
            if (field != null
                    && field.getJavaType() == com.google.protobuf.Descriptors.FieldDescriptor.JavaType.STRING) {
                if (!field.isRepeated()) info.setField(field, value);
            }
        });
        Map<String, String> platform = Annotations.pairs(Note.find(main.notes(), "platform_property"));
        if (!platform.isEmpty()) {
            PlatformProperties.Builder properties = PlatformProperties.newBuilder();
            platform.forEach((key, value) -> {
                var field = PlatformProperties.getDescriptor().findFieldByName(key);
                if (field != null && value.matches("[0-9]{1,9}")) properties.setField(field, Integer.parseInt(value));
            });
            info.setPlatformProperties(properties);
        }
        var documentation = Annotations.documentation(main.notes());
        if (documentation != null) info.setDoc(documentation);
        made.setPkgInfo(info);
    }

    private void table(Survey.FoundTable found) {
        Table.Builder table = tables.table(found)
                .setPreamble(preamble(Prefix.TABLE, found.name(), found.table().notes()));
        direct.forEach((name, attached) -> {
            if (attached.equals(found)) table.addDirectResourceIds(symbols.id(directKind(name), name));
        });
        String profile = profile(found);
        if (profile != null) table.setImplementationId(symbols.id(Prefix.ACTION_PROFILE, profile));
        made.addTables(table);
    }

    /** The table of each direct counter and meter. */
    private final Map<String, Survey.FoundTable> direct = new LinkedHashMap<>();

    private Prefix directKind(String name) {
        Survey.FoundExtern found = survey.externs.get(name);
        return found != null && found.kind().equals("directmeter") ? Prefix.DIRECT_METER : Prefix.DIRECT_COUNTER;
    }

    private void direct() {
        for (Survey.FoundTable found : survey.tables) {
            for (String property : List.of(words.counter(), words.meter())) {
                for (Expr value : values(found.table().property(property))) {
                    String name = resource(found, value, property);
                    Survey.FoundExtern its = name == null ? null : survey.externs.get(name);
                    if (its != null && its.kind().startsWith("direct")) direct.put(its.name(), found);
                }
            }
        }
        survey.externs
                .values()
                .removeIf(found -> found.kind().startsWith("direct")
                        && !direct.containsKey(found.name())
                        && prefix(found.kind()) != null);
    }

    private static List<Expr> values(Definition.@Nullable Property property) {
        if (property == null) return List.of();
        return property.value() instanceof Expr.Aggregate several ? several.elements() : List.of(property.value());
    }

    /** The name of what a property of a table names, or makes there. */
    private @Nullable String resource(Survey.FoundTable found, Expr value, String property) {
        if (value instanceof Expr.New made && made.type() instanceof Type.Extern type) {
            Definition.Property written = found.table().property(property);
            List<Note> notes = written == null ? List.of() : written.notes();
            Note label = Note.find(notes, "name");
            String name = label == null ? property : label.text();
            survey.externs.putIfAbsent(
                    name, new Survey.FoundExtern(name, type, made.arguments(), notes, found.scope()));
            return name;
        }
        String name = found.scope().nameOf(value);
        return name != null && survey.externs.containsKey(name) ? name : null;
    }

    private @Nullable String profile(Survey.FoundTable found) {
        for (Expr value : values(found.table().property(words.implementation()))) {
            String name = resource(found, value, words.implementation());
            Survey.FoundExtern its = name == null ? null : survey.externs.get(name);
            if (its != null && prefix(its.kind()) == Prefix.ACTION_PROFILE) return its.name();
        }
        return null;
    }

    private void action(String name, Definition.Action action) {
        if (Note.has(action.notes(), Annotations.HIDDEN)) return;
        Action.Builder described = Action.newBuilder().setPreamble(preamble(Prefix.ACTION, name, action.notes()));
        List<Variable> parameters = survey.listed.contains(name) ? TableInfo.parameters(action) : List.of();
        int[] ids = FieldIds.of(parameters.stream().map(Variable::notes).toList());
        for (int i = 0; i < ids.length; i++) {
            Variable parameter = parameters.get(i);
            Note label = Note.find(parameter.notes(), "name");
            Action.Param.Builder param = Action.Param.newBuilder()
                    .setId(ids[i])
                    .setName(label == null ? parameter.name() : label.text())
                    .setBitwidth(types.width(parameter.type()))
                    .addAllAnnotations(Annotations.written(parameter.notes()))
                    .addAllStructuredAnnotations(Annotations.structured(parameter.notes()));
            var documentation = Annotations.documentation(parameter.notes());
            if (documentation != null) param.setDoc(documentation);
            P4NamedType declared = types.collected(parameter.type());
            if (declared != null) param.setTypeName(declared);
            if (parameter.type() instanceof Type.Enumeration e && e.representation() == null) {
                param.setTypeName(P4NamedType.newBuilder().setName(e.shape().name()));
            }
            described.addParams(param);
        }
        made.addActions(described);
    }

    private void extern(Survey.FoundExtern found) {
        List<Type> arguments = found.type().arguments();
        switch (found.kind()) {
            case "counter" -> {
                Counter.Builder counter = Counter.newBuilder()
                        .setPreamble(preamble(Prefix.COUNTER, found.name(), found.notes()))
                        .setSpec(CounterSpec.newBuilder().setUnit(counted(found)))
                        .setSize(size(found, 0));
                P4NamedType index = index(arguments);
                if (index != null) counter.setIndexTypeName(index);
                made.addCounters(counter);
            }
            case "meter" -> {
                Meter.Builder meter = Meter.newBuilder()
                        .setPreamble(preamble(Prefix.METER, found.name(), found.notes()))
                        .setSpec(MeterSpec.newBuilder().setUnit(metered(found)))
                        .setSize(size(found, 0));
                P4NamedType index = index(arguments);
                if (index != null) meter.setIndexTypeName(index);
                made.addMeters(meter);
            }
            case "register" -> {
                Register.Builder register = Register.newBuilder()
                        .setPreamble(preamble(Prefix.REGISTER, found.name(), found.notes()))
                        .setTypeSpec(types.spec(arguments.getFirst()))
                        .setSize((int) size(found, 0));
                P4NamedType index = arguments.size() > 1 ? index(arguments) : null;
                if (index != null) register.setIndexTypeName(index);
                made.addRegisters(register);
            }
            case "directcounter" ->
                made.addDirectCounters(DirectCounter.newBuilder()
                        .setPreamble(preamble(Prefix.DIRECT_COUNTER, found.name(), found.notes()))
                        .setSpec(CounterSpec.newBuilder().setUnit(counted(found)))
                        .setDirectTableId(tableOf(found)));
            case "directmeter" ->
                made.addDirectMeters(DirectMeter.newBuilder()
                        .setPreamble(preamble(Prefix.DIRECT_METER, found.name(), found.notes()))
                        .setSpec(MeterSpec.newBuilder().setUnit(metered(found)))
                        .setDirectTableId(tableOf(found)));
            case "digest" -> digest(found.name(), arguments.getFirst(), found.notes());
            case "actionprofile", "actionselector" -> profile(found);
            default -> {}
        }
    }

    private @Nullable P4NamedType index(List<Type> arguments) {
        return arguments.isEmpty() ? null : types.collected(arguments.getLast());
    }

    private int tableOf(Survey.FoundExtern found) {
        Survey.FoundTable table = java.util.Objects.requireNonNull(direct.get(found.name()));
        return symbols.id(Prefix.TABLE, table.name());
    }

    private static long size(Survey.FoundExtern found, int at) {
        BigInteger size = at < found.arguments().size()
                ? found.scope().number(found.arguments().get(at))
                : null;
        return size == null ? 0 : size.longValue();
    }

    /** The member of an enumeration among what it was made with, in capital letters. */
    private static String unit(Survey.FoundExtern found) {
        for (Expr argument : found.arguments()) {
            if (argument instanceof Expr.Member member) return member.name().toUpperCase(Locale.ROOT);
        }
        return "";
    }

    private static CounterSpec.Unit counted(Survey.FoundExtern found) {
        return switch (unit(found)) {
            case "PACKETS" -> CounterSpec.Unit.PACKETS;
            case "BYTES" -> CounterSpec.Unit.BYTES;
            case "PACKETS_AND_BYTES" -> CounterSpec.Unit.BOTH;
            default -> CounterSpec.Unit.UNSPECIFIED;
        };
    }

    private static MeterSpec.Unit metered(Survey.FoundExtern found) {
        return switch (unit(found)) {
            case "PACKETS" -> MeterSpec.Unit.PACKETS;
            case "BYTES" -> MeterSpec.Unit.BYTES;
            default -> MeterSpec.Unit.UNSPECIFIED;
        };
    }

    private void digest(String name, Type type, List<Note> notes) {
        made.addDigests(Digest.newBuilder()
                .setPreamble(preamble(Prefix.DIGEST, name, notes))
                .setTypeSpec(types.spec(type)));
    }

    private void profile(Survey.FoundExtern found) {
        boolean selects = found.kind().equals("actionselector");
        ActionProfile.Builder profile = ActionProfile.newBuilder()
                .setPreamble(preamble(
                        Prefix.ACTION_PROFILE,
                        found.name(),
                        found.notes(),
                        "max_group_size",
                        "selector_size_semantics",
                        "max_member_weight"))
                .setWithSelector(selects)
                .setSize(size(found, selects ? 1 : 0));
        survey.tables.stream()
                .filter(table -> found.name().equals(profile(table)))
                .forEach(table -> profile.addTableIds(symbols.id(Prefix.TABLE, table.name())));
        if (selects) selector(found.notes(), profile);
        made.addActionProfiles(profile);
    }

    private static void selector(List<Note> notes, ActionProfile.Builder profile) {
        Integer size = Annotations.number(notes, "max_group_size");
        if (size != null) profile.setMaxGroupSize(size);
        Note semantics = Note.find(notes, "selector_size_semantics");
        if (semantics == null) return;
        if (semantics.text().equalsIgnoreCase("sum_of_members")) {
            Integer weight = Annotations.number(notes, "max_member_weight");
            profile.setSumOfMembers(
                    ActionProfile.SumOfMembers.newBuilder().setMaxMemberWeight(weight == null ? 0 : weight));
        } else {
            profile.setSumOfWeights(ActionProfile.SumOfWeights.getDefaultInstance());
        }
    }

    private Map<Shape.Fields, String> controllerHeaders() {
        Map<Shape.Fields, String> headers = new LinkedHashMap<>();
        program.typeNotes().forEach((shape, notes) -> {
            Note note = Note.find(notes, CONTROLLER_HEADER);
            if (note != null && shape instanceof Shape.Fields fields) headers.put(fields, note.text());
        });
        return headers;
    }

    private void controllerHeader(Shape.Fields shape, String name) {
        ControllerPacketMetadata.Builder header = ControllerPacketMetadata.newBuilder()
                .setPreamble(preamble(Prefix.CONTROLLER_HEADER, shape.name(), notes(shape)).toBuilder()
                        .setName(name)
                        .setAlias(name));
        Map<String, List<Note>> notes = program.fieldNotes().getOrDefault(shape, Map.of());
        List<Type.Field> fields = TypeSpecs.flat(new Type.Struct(shape, List.of()), "");
        List<List<Note>> each = new ArrayList<>();
        fields.forEach(field -> each.add(notes.getOrDefault(field.name(), List.of())));
        int[] ids = FieldIds.of(each);
        for (int i = 0; i < ids.length; i++) {
            ControllerPacketMetadata.Metadata.Builder field = ControllerPacketMetadata.Metadata.newBuilder()
                    .setId(ids[i])
                    .setName(fields.get(i).name())
                    .setBitwidth(types.width(fields.get(i).type()))
                    .addAllAnnotations(Annotations.written(each.get(i)))
                    .addAllStructuredAnnotations(Annotations.structured(each.get(i)));
            P4NamedType declared = types.collected(fields.get(i).type());
            if (declared != null) field.setTypeName(declared);
            if (!Note.has(each.get(i), Annotations.HIDDEN)) header.addMetadata(field);
        }
        made.addControllerPacketMetadata(header);
    }

    private void valueSet(Survey.FoundSet found) {
        BigInteger size = found.scope().number(found.set().size());
        ValueSet.Builder set = ValueSet.newBuilder()
                .setPreamble(
                        preamble(Prefix.VALUE_SET, found.name(), found.set().notes()))
                .setSize(size == null ? 0 : size.intValue());
        if (found.set().element() instanceof Type.Struct struct) {
            Map<String, List<Note>> notes = program.fieldNotes().getOrDefault(struct.shape(), Map.of());
            List<List<Note>> each = new ArrayList<>();
            struct.fields().forEach(field -> each.add(notes.getOrDefault(field.name(), List.of())));
            int[] ids = FieldIds.of(each);
            for (int i = 0; i < ids.length; i++) {
                Type.Field field = struct.fields().get(i);
                set.addMatch(member(ids[i], field.name(), field.type(), each.get(i)));
            }
        } else {
            set.addMatch(member(1, "", found.set().element(), List.of()));
        }
        made.addValueSets(set);
    }

    private MatchField.Builder member(int id, String name, Type type, List<Note> notes) {
        Note kind = Note.find(notes, "match");
        MatchField.MatchType match = TableInfo.kind(kind == null ? "exact" : kind.text());
        MatchField.Builder field = tables.field(id, name, type, notes);
        return match == null && kind != null
                ? field.setOtherMatchType(kind.text())
                : field.setMatchType(match == null ? MatchField.MatchType.EXACT : match);
    }
}
