package dev.weir.cli.p4;

import dev.weir.api.v1.ActionCall;
import dev.weir.api.v1.ActionProfile;
import dev.weir.api.v1.Argument;
import dev.weir.api.v1.Cells;
import dev.weir.api.v1.GetProgramRequest;
import dev.weir.api.v1.GetProgramResponse;
import dev.weir.api.v1.TableKey;
import dev.weir.api.v1.ValueSet;
import dev.weir.cli.CommandException;
import dev.weir.cli.ctl.Session;
import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.ValueSetSchema;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.tc.Permissions;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TcPipeline;
import dev.weir.p4.tc.TcValues;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A program of a daemon as its control plane describes it, made of what the daemon says; tables and actions are called by their paths here. Immutable.
 *
 * @param node by which the daemon knows it
 * @param number as P4TC numbers pipelines
 */
record RemoteProgram(String node, int number, ProgramSchema schema, PortNames ports) {
    /** Asks a daemon; by the name that commands call it. */
    static RemoteProgram ask(Session session, @Nullable String name) throws CommandException {
        if (name == null || name.isEmpty()) {
            throw CommandException.usage("no program is named; give a path: PROGRAM/table/CONTROL/TABLE");
        }
        return ask(session, name, name);
    }

    /**
     * Asks a daemon.
     *
     * @param name the program's or its node's
     * @param called as commands call it
     */
    static RemoteProgram ask(Session session, String name, String called) {
        GetProgramRequest request = GetProgramRequest.newBuilder().setName(name).build();
        return of(session.client().programs().getProgram(request), called);
    }

    /** @param called as commands call it: by its name, or by its node's */
    static RemoteProgram of(GetProgramResponse answer, String called) {
        PortNames ports = new PortNames(answer.getPortsList());
        TcValues values = new TcValues(ports);
        List<TableSchema> tables = new ArrayList<>();
        answer.getTablesList().forEach(table -> tables.add(table(table, values)));
        List<CellSchema> cells =
                answer.getCellsList().stream().map(RemoteProgram::cells).toList();
        List<ProgramSchema.Digest> digests = answer.getDigestsList().stream()
                .map(each ->
                        new ProgramSchema.Digest(each.getNumber(), each.getName(), parameters(each.getFieldsList())))
                .toList();
        return new RemoteProgram(
                answer.getProgram().getNode(),
                answer.getProgram().getNumber(),
                new ProgramSchema(
                        called,
                        tables,
                        cells,
                        digests,
                        answer.getProfilesList().stream()
                                .map(RemoteProgram::profile)
                                .toList(),
                        answer.getValueSetsList().stream()
                                .map(RemoteProgram::values)
                                .toList()),
                ports);
    }

    @SuppressWarnings("NullAway") // a table without an action on a hit: class files do not say that of a nested type
    private static TableSchema table(dev.weir.api.v1.Table table, TcValues values) {
        List<TableSchema.Action> actions =
                table.getActionsList().stream().map(RemoteProgram::action).toList();
        return new TableSchema(
                table.getNumber(),
                table.getName(),
                table.getName(),
                table.getKeysList().stream().map(RemoteProgram::key).toList(),
                actions,
                Math.toIntExact(table.getSize()),
                permissions(table.getPermissions()),
                table.getDirectList(),
                table.hasHit() ? call(table.getHit(), actions, values) : null,
                new Table.DefaultAction(call(table.getMiss(), actions, values), table.getMissIsConstant()),
                table.getAddOnMiss(),
                idle(table.getIdle()),
                table.getProfilesCount(),
                table.getProfile().isEmpty() ? null : table.getProfile());
    }

    private static TableSchema.Key key(TableKey key) {
        return new TableSchema.Key(
                key.getNumber(),
                key.getName(),
                key.getType(),
                Table.MatchKind.valueOf(key.getMatch().toUpperCase(Locale.ROOT)),
                key.getBits());
    }

    private static ProfileSchema profile(ActionProfile profile) {
        return new ProfileSchema(
                profile.getNumber(),
                profile.getName().replace('/', '.'),
                profile.getName(),
                profile.getSelects(),
                Math.toIntExact(profile.getSize()),
                profile.getActionsList().stream().map(RemoteProgram::action).toList());
    }

    private static ValueSetSchema values(ValueSet set) {
        return new ValueSetSchema(
                set.getNumber(),
                set.getName().replace('/', '.'),
                set.getName(),
                set.getFieldsList().stream().map(RemoteProgram::key).toList(),
                Math.toIntExact(set.getSize()));
    }

    /** One that the daemon told of. */
    TableSchema table(String path) {
        TableSchema table = schema.table(path);
        if (table == null) throw new IllegalArgumentException(path + ": there is no such table");
        return table;
    }

    private static TableSchema.Action action(dev.weir.api.v1.TableAction action) {
        return new TableSchema.Action(
                action.getNumber(),
                action.getName(),
                action.getName(),
                switch (action.getScope()) {
                    case TABLE_ONLY -> Table.Scope.TABLE_ONLY;
                    case DEFAULT_ONLY -> Table.Scope.DEFAULT_ONLY;
                    default -> Table.Scope.TABLE_AND_DEFAULT;
                },
                parameters(action.getParametersList()));
    }

    private static List<TableSchema.Parameter> parameters(List<dev.weir.api.v1.Parameter> parameters) {
        return parameters.stream()
                .map(each ->
                        new TableSchema.Parameter(each.getNumber(), each.getName(), each.getType(), each.getBits()))
                .toList();
    }

    private static Table.Idle idle(dev.weir.api.v1.Table.Idle idle) {
        return switch (idle) {
            case NOTIFY -> Table.Idle.NOTIFY;
            case DELETE -> Table.Idle.DELETE;
            default -> Table.Idle.NONE;
        };
    }

    /** Of 14 letters or {@code -}. */
    static Permissions permissions(String letters) {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) bits = bits << 1 | (letters.charAt(i) == '-' ? 0 : 1);
        return new Permissions(bits);
    }

    /** Of an action that the table has, its arguments in the order of its parameters. */
    static Table.Call call(ActionCall call, List<TableSchema.Action> actions, TcValues values) {
        Map<String, String> given = call.getArgumentsList().stream()
                .collect(Collectors.toMap(Argument::getName, Argument::getValue, (a, _) -> a));
        List<BigInteger> arguments = new ArrayList<>();
        for (TableSchema.Action action : actions) {
            if (!action.name().equals(call.getAction())) continue;
            for (TableSchema.Parameter parameter : action.parameters()) {
                arguments.add(
                        values.parse(parameter.type(), parameter.bits(), given.getOrDefault(parameter.name(), "0")));
            }
        }
        return new Table.Call(call.getAction(), arguments);
    }

    private static CellSchema cells(Cells cells) {
        int size = Math.toIntExact(cells.getSize());
        String name = cells.getName();
        List<TableSchema.Parameter> parameters = parameters(cells.getParametersList());
        int bits = parameters.stream().mapToInt(TableSchema.Parameter::bits).sum();
        Resource.Unit both = Resource.Unit.PACKETS_AND_BYTES;
        return switch (cells.getKind()) {
            case METER, DIRECT_METER ->
                new CellSchema(
                        kind(cells.getKind()), cells.getNumber(), new Resource.Meter(name, size, both), parameters);
            case REGISTER ->
                new CellSchema(
                        TcPipeline.Kind.REGISTER,
                        cells.getNumber(),
                        new Resource.Register(name, size, bits, BigInteger.ZERO),
                        parameters);
            default ->
                new CellSchema(
                        kind(cells.getKind()), cells.getNumber(), new Resource.Counter(name, size, both), parameters);
        };
    }

    private static TcPipeline.Kind kind(Cells.Kind kind) {
        return switch (kind) {
            case DIRECT_COUNTER -> TcPipeline.Kind.DIRECT_COUNTER;
            case METER -> TcPipeline.Kind.METER;
            case DIRECT_METER -> TcPipeline.Kind.DIRECT_METER;
            case REGISTER -> TcPipeline.Kind.REGISTER;
            default -> TcPipeline.Kind.COUNTER;
        };
    }
}
