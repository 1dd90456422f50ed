package dev.weir.server.api;

import dev.weir.api.v1.ActionProfile;
import dev.weir.api.v1.Cells;
import dev.weir.api.v1.DigestType;
import dev.weir.api.v1.Parameter;
import dev.weir.api.v1.Table;
import dev.weir.api.v1.TableAction;
import dev.weir.api.v1.TableKey;
import dev.weir.api.v1.ValueSet;
import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.TableState;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Table.Idle;
import dev.weir.p4.ir.Table.Scope;
import dev.weir.p4.tc.TcPipeline;

/** What a program consists of, as messages. Immutable; any thread. */
final class SchemaMessages {
    private final EntryMessages entries;

    SchemaMessages(EntryMessages entries) {
        this.entries = entries;
    }

    Table table(TableState state) {
        TableSchema schema = state.table();
        Table.Builder table = Table.newBuilder()
                .setName(schema.path())
                .setNumber(schema.number())
                .setSize(schema.size())
                .setPermissions(state.permissions().toString())
                .addAllDirect(schema.direct())
                .setMiss(entries.call(schema, state.miss()))
                .setMissIsConstant(schema.miss().constant())
                .setAddOnMiss(schema.addOnMiss())
                .setIdle(idle(schema.idle()))
                .setEntries(state.entries())
                .setHits(state.hits())
                .setMisses(state.missed());
        if (schema.profile() != null) table.setProfile(schema.profile());
        if (state.hit() != null) table.setHit(entries.call(schema, state.hit()));
        state.profiles().forEach(nanos -> table.addProfiles(EntryMessages.duration(nanos)));
        schema.keys().forEach(key -> table.addKeys(key(key)));
        schema.actions().forEach(action -> table.addActions(action(action)));
        return table.build();
    }

    private static Table.Idle idle(Idle idle) {
        return switch (idle) {
            case NONE -> Table.Idle.IDLE_UNSPECIFIED;
            case NOTIFY -> Table.Idle.NOTIFY;
            case DELETE -> Table.Idle.DELETE;
        };
    }

    private static TableKey key(TableSchema.Key key) {
        return TableKey.newBuilder()
                .setNumber(key.number())
                .setName(key.name())
                .setType(key.type())
                .setMatch(key.match())
                .setBits(key.bits())
                .build();
    }

    private static TableAction action(TableSchema.Action action) {
        return TableAction.newBuilder()
                .setNumber(action.number())
                .setName(action.path())
                .setScope(scope(action.scope()))
                .addAllParameters(action.parameters().stream()
                        .map(SchemaMessages::parameter)
                        .toList())
                .build();
    }

    private static TableAction.Scope scope(Scope scope) {
        return switch (scope) {
            case TABLE_AND_DEFAULT -> TableAction.Scope.SCOPE_UNSPECIFIED;
            case TABLE_ONLY -> TableAction.Scope.TABLE_ONLY;
            case DEFAULT_ONLY -> TableAction.Scope.DEFAULT_ONLY;
        };
    }

    private static Parameter parameter(TableSchema.Parameter parameter) {
        return Parameter.newBuilder()
                .setNumber(parameter.number())
                .setName(parameter.name())
                .setType(parameter.type())
                .setBits(parameter.bits())
                .build();
    }

    static Cells cells(CellSchema cell) {
        return Cells.newBuilder()
                .setName(cell.name())
                .setKind(kind(cell.kind()))
                .setNumber(cell.number())
                .setSize(cell.resource().direct() ? 0 : cell.resource().size())
                .addAllParameters(cell.parameters().stream()
                        .map(SchemaMessages::parameter)
                        .toList())
                .build();
    }

    static ActionProfile profile(ProfileSchema profile) {
        return ActionProfile.newBuilder()
                .setName(profile.path())
                .setNumber(profile.number())
                .setSelects(profile.selects())
                .setSize(profile.size())
                .addAllActions(
                        profile.actions().stream().map(SchemaMessages::action).toList())
                .build();
    }

    /** Without members. */
    static ValueSet.Builder values(ValueSetSchema set) {
        return ValueSet.newBuilder()
                .setName(set.path())
                .setNumber(set.number())
                .setSize(set.size())
                .addAllFields(set.fields().stream().map(SchemaMessages::key).toList());
    }

    static DigestType digest(ProgramSchema.Digest digest) {
        return DigestType.newBuilder()
                .setName(digest.name())
                .setNumber(digest.number())
                .addAllFields(
                        digest.fields().stream().map(SchemaMessages::parameter).toList())
                .build();
    }

    private static Cells.Kind kind(TcPipeline.Kind kind) {
        return switch (kind) {
            case COUNTER -> Cells.Kind.COUNTER;
            case DIRECT_COUNTER -> Cells.Kind.DIRECT_COUNTER;
            case METER -> Cells.Kind.METER;
            case DIRECT_METER -> Cells.Kind.DIRECT_METER;
            case REGISTER -> Cells.Kind.REGISTER;
            case DIGEST -> Cells.Kind.KIND_UNSPECIFIED;
        };
    }
}
