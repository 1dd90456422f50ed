package dev.weir.server.p4runtime;

import com.google.rpc.Code;
import dev.weir.api.p4.config.v1.Action;
import dev.weir.api.p4.config.v1.ActionProfile;
import dev.weir.api.p4.config.v1.ActionRef;
import dev.weir.api.p4.config.v1.ControllerPacketMetadata;
import dev.weir.api.p4.config.v1.Digest;
import dev.weir.api.p4.config.v1.MatchField;
import dev.weir.api.p4.config.v1.P4DataTypeSpec;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.config.v1.Preamble;
import dev.weir.api.p4.config.v1.Register;
import dev.weir.api.p4.config.v1.Table;
import dev.weir.api.p4.config.v1.ValueSet;
import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.ValueSetSchema;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A program's P4Info beside what it runs as: what ids stand for. Immutable; any thread. */
final class ProgramInfo {
    /** An action of a table; {@code params}, and how their values are written, are in the order of the schema's parameters. */
    record ActionLink(
            int id,
            ActionRef.Scope scope,
            TableSchema.Action schema,
            List<Action.Param> params,
            List<ValueCodec> values) {}

    /** A key; {@code index} is its place in the schema, {@code values} how its values are written. */
    record FieldLink(MatchField info, TableSchema.Key schema, int index, ValueCodec values) {
        String name() {
            return "match field " + info.getId() + " (" + info.getName() + ")";
        }
    }

    /** A table. */
    record TableLink(Table info, TableSchema schema, Map<Integer, FieldLink> fields, Map<Integer, ActionLink> actions) {
        int id() {
            return info.getPreamble().getId();
        }

        String name() {
            return info.getPreamble().getName();
        }

        boolean idles() {
            return info.getIdleTimeoutBehavior() != Table.IdleTimeoutBehavior.NO_TIMEOUT;
        }

        @Nullable
        ActionLink action(String name) {
            return ProgramInfo.action(name, actions);
        }
    }

    /** An action profile or selector; {@code actions} are those of its members. */
    record ProfileLink(ActionProfile info, ProfileSchema schema, Map<Integer, ActionLink> actions) {
        int id() {
            return info.getPreamble().getId();
        }

        String name() {
            return info.getPreamble().getName();
        }

        /** The size of a group: of its weights, or of its members, as the program says. */
        int size(List<Integer> weights) {
            if (info.hasSumOfMembers()) return weights.size();
            long sum = weights.stream().mapToLong(Integer::longValue).sum();
            return (int) Math.min(sum, Integer.MAX_VALUE);
        }

        /** A weight that a member can have. */
        int weight(int weight) throws EntityFault {
            int most = info.getSumOfMembers().getMaxMemberWeight();
            if (weight < 1 || (most > 0 && weight > most)) {
                throw EntityFault.invalid(name() + ": weight=" + weight + "; give 1"
                        + (most > 0 ? " to " + most + ", its max_member_weight" : " or more"));
            }
            return weight;
        }
    }

    /** A parser's value set. */
    record ValueSetLink(ValueSet info, ValueSetSchema schema, Map<Integer, FieldLink> fields) {
        int id() {
            return info.getPreamble().getId();
        }

        String name() {
            return info.getPreamble().getName();
        }
    }

    static @Nullable ActionLink action(String name, Map<Integer, ActionLink> actions) {
        return actions.values().stream()
                .filter(each -> each.schema.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private final P4Info info;
    private final Translations translations;
    private final Map<Integer, TableLink> tables = new LinkedHashMap<>();
    private final Map<Integer, CellSchema> cells = new LinkedHashMap<>();
    private final Map<Integer, Register> registers = new LinkedHashMap<>();
    private final Map<Integer, Digest> digests = new LinkedHashMap<>();
    private final Map<Integer, ProfileLink> profiles = new LinkedHashMap<>();
    private final Map<Integer, ValueSetLink> valueSets = new LinkedHashMap<>();

    ProgramInfo(P4Info info, ProgramSchema schema, Translations translations) {
        this.info = info;
        this.translations = translations;
        for (Table table : info.getTablesList()) {
            TableSchema its = schema.table(table.getPreamble().getName());
            if (its != null) tables.put(table.getPreamble().getId(), link(table, its));
        }
        info.getCountersList().forEach(each -> cell(each.getPreamble(), schema));
        info.getDirectCountersList().forEach(each -> cell(each.getPreamble(), schema));
        info.getMetersList().forEach(each -> cell(each.getPreamble(), schema));
        info.getDirectMetersList().forEach(each -> cell(each.getPreamble(), schema));
        for (Register register : info.getRegistersList()) {
            cell(register.getPreamble(), schema);
            registers.put(register.getPreamble().getId(), register);
        }
        info.getDigestsList().forEach(each -> digests.put(each.getPreamble().getId(), each));
        info.getActionProfilesList().forEach(each -> profile(each, schema));
        for (ValueSet set : info.getValueSetsList()) {
            ValueSetSchema its = schema.valueSet(set.getPreamble().getName());
            if (its == null) continue;
            valueSets.put(
                    set.getPreamble().getId(), new ValueSetLink(set, its, fields(set.getMatchList(), its.fields())));
        }
    }

    private void profile(ActionProfile profile, ProgramSchema schema) {
        ProfileSchema its = schema.profile(profile.getPreamble().getName());
        if (its == null) return;
        Map<Integer, ActionLink> actions = new LinkedHashMap<>();
        for (int id : profile.getTableIdsList()) {
            TableLink table = tables.get(id);
            if (table != null) table.actions.forEach(actions::putIfAbsent);
        }
        profiles.put(profile.getPreamble().getId(), new ProfileLink(profile, its, actions));
    }

    private void cell(Preamble preamble, ProgramSchema schema) {
        CellSchema its = schema.cell(preamble.getName());
        if (its != null) cells.put(preamble.getId(), its);
    }

    private TableLink link(Table table, TableSchema schema) {
        Map<Integer, FieldLink> fields = fields(table.getMatchFieldsList(), schema.keys());
        Map<Integer, ActionLink> actions = new LinkedHashMap<>();
        for (ActionRef ref : table.getActionRefsList()) {
            Action action = action(ref.getId());
            if (action == null) continue;
            TableSchema.Action its = schema.action(action.getPreamble().getName());
            if (its != null) {
                List<Action.Param> params = action.getParamsList();
                List<ValueCodec> values = params.stream()
                        .map(param -> translations.codec(param.getTypeName().getName()))
                        .toList();
                actions.put(ref.getId(), new ActionLink(ref.getId(), ref.getScope(), its, params, values));
            }
        }
        return new TableLink(table, schema, fields, actions);
    }

    private Map<Integer, FieldLink> fields(List<MatchField> infos, List<TableSchema.Key> keys) {
        Map<Integer, FieldLink> fields = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(infos.size(), keys.size()); i++) {
            MatchField info = infos.get(i);
            ValueCodec values = translations.codec(info.getTypeName().getName());
            fields.put(info.getId(), new FieldLink(info, keys.get(i), i, values));
        }
        return fields;
    }

    private @Nullable Action action(int id) {
        return info.getActionsList().stream()
                .filter(each -> each.getPreamble().getId() == id)
                .findFirst()
                .orElse(null);
    }

    P4Info info() {
        return info;
    }

    Translations translations() {
        return translations;
    }

    DataCodec data() {
        return new DataCodec(info.getTypeInfo(), translations);
    }

    Collection<TableLink> tables() {
        return tables.values();
    }

    TableLink table(int id) throws EntityFault {
        return found(tables.get(id), "table", id);
    }

    @Nullable
    TableLink table(String name) {
        return tables.values().stream()
                .filter(each -> each.schema.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    ProfileLink profile(int id) throws EntityFault {
        return found(profiles.get(id), "action profile", id);
    }

    /** @param id 0 for all */
    List<ProfileLink> profiles(int id) throws EntityFault {
        return id == 0 ? List.copyOf(profiles.values()) : List.of(profile(id));
    }

    /** Whose members the entries of a table refer to; null where they have actions. */
    @Nullable
    ProfileLink profileOf(TableLink table) {
        return profiles.get(table.info.getImplementationId());
    }

    ValueSetLink valueSet(int id) throws EntityFault {
        return found(valueSets.get(id), "value set", id);
    }

    /** @param id 0 for all */
    List<ValueSetLink> valueSets(int id) throws EntityFault {
        return id == 0 ? List.copyOf(valueSets.values()) : List.of(valueSet(id));
    }

    /** The ids of the cells of a kind that are not direct. */
    List<Integer> indexed(dev.weir.p4.tc.TcPipeline.Kind kind) {
        List<Integer> ids = new ArrayList<>();
        cells.forEach((id, cell) -> {
            if (cell.kind() == kind && !cell.resource().direct()) ids.add(id);
        });
        return ids;
    }

    /** A counter, meter or register with cells of its own. */
    CellSchema cell(dev.weir.p4.tc.TcPipeline.Kind kind, int id) throws EntityFault {
        CellSchema cell = cells.get(id);
        boolean fits = cell != null && cell.kind() == kind && !cell.resource().direct();
        return found(fits ? cell : null, kind.name().toLowerCase(java.util.Locale.ROOT), id);
    }

    /** A counter or meter of a table's entries; null where there is none of that id. */
    @Nullable
    CellSchema direct(int id) {
        return cells.get(id);
    }

    P4DataTypeSpec registerType(int id) throws EntityFault {
        return found(registers.get(id), "register", id).getTypeSpec();
    }

    /** Of a register that is there. */
    P4DataTypeSpec typeOfRegister(int id) {
        Register register = registers.get(id);
        return register == null ? P4DataTypeSpec.getDefaultInstance() : register.getTypeSpec();
    }

    Digest digest(int id) throws EntityFault {
        return found(digests.get(id), "digest", id);
    }

    @Nullable
    Digest digest(String name) {
        return digests.values().stream()
                .filter(each -> each.getPreamble().getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    /** The header of packets for the controller, or from it; null where packets have none. */
    @Nullable
    ControllerPacketMetadata header(String name) {
        return info.getControllerPacketMetadataList().stream()
                .filter(each -> each.getPreamble().getName().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static <T> T found(@Nullable T thing, String what, int id) throws EntityFault {
        if (thing == null) {
            throw new EntityFault(
                    Code.INVALID_ARGUMENT,
                    what + ": there is none with the id 0x" + HexFormat.of().toHexDigits(id)
                            + "; take one of the program's P4Info");
        }
        return thing;
    }
}
