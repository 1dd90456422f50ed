package dev.weir.p4.control;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.tc.Permissions;
import dev.weir.p4.tc.TcPipeline;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the control plane can name in a program: its tables, cells, digests, action profiles and value sets, in their order. Tables that the program never applies are not there.
 * Immutable.
 */
public record ProgramSchema(
        String name,
        List<TableSchema> tables,
        List<CellSchema> cells,
        List<Digest> digests,
        List<ProfileSchema> profiles,
        List<ValueSetSchema> valueSets) {
    public ProgramSchema {
        profiles = List.copyOf(profiles);
        valueSets = List.copyOf(valueSets);
        tables = List.copyOf(tables);
        cells = List.copyOf(cells);
        digests = List.copyOf(digests);
    }

    /** @param fields as many as the pipeline's digest has */
    public record Digest(int number, String name, List<TableSchema.Parameter> fields) {
        public Digest {
            fields = List.copyOf(fields);
        }
    }

    public static ProgramSchema of(Pipeline pipeline, TcPipeline facts) {
        return new Reader(pipeline, facts).schema();
    }

    public @Nullable TableSchema table(String called) {
        return named(tables, TableSchema::name, called);
    }

    public @Nullable CellSchema cell(String called) {
        return named(cells, CellSchema::name, called);
    }

    public @Nullable ProfileSchema profile(String called) {
        return named(profiles, ProfileSchema::name, called);
    }

    public @Nullable ValueSetSchema valueSet(String called) {
        return named(valueSets, ValueSetSchema::name, called);
    }

    private static <T> @Nullable T named(List<T> all, Function<T, String> nameOf, String called) {
        return all.stream()
                .filter(each -> nameOf.apply(each).equals(called))
                .findFirst()
                .orElse(null);
    }

    /** Puts what the pipeline has and what P4TC's tools know beside each other. */
    private record Reader(Pipeline pipeline, TcPipeline facts) {
        ProgramSchema schema() {
            List<TableSchema> tables = new ArrayList<>();
            int number = facts.tables().size();
            for (Table table : pipeline.tables()) {
                TcPipeline.Table known = known(table);
                tables.add(table(table, known, known == null ? ++number : known.number()));
            }
            List<CellSchema> cells =
                    pipeline.resources().stream().map(this::cell).toList();
            List<Digest> digests = new ArrayList<>();
            for (Pipeline.Digest digest : pipeline.digests()) digests.add(digest(digest, digests.size() + 1));
            return new ProgramSchema(facts.name(), tables, cells, digests, profiles(tables), valueSets());
        }

        private List<ProfileSchema> profiles(List<TableSchema> tables) {
            List<ProfileSchema> profiles = new ArrayList<>();
            for (ActionProfile profile : pipeline.profiles()) {
                List<TableSchema> its = tables.stream()
                        .filter(table -> profile.name().equals(table.profile()))
                        .toList();
                List<TableSchema.Action> actions =
                        its.isEmpty() ? List.of() : its.getFirst().actions();
                profiles.add(new ProfileSchema(
                        profiles.size() + 1,
                        profile.name(),
                        path(profile.name()),
                        profile.selects(),
                        profile.size(),
                        actions.stream()
                                .filter(action -> its.stream().allMatch(table -> hasInEntries(table, action)))
                                .toList()));
            }
            return profiles;
        }

        private static boolean hasInEntries(TableSchema table, TableSchema.Action action) {
            TableSchema.Action its = table.action(action.name());
            return its != null && its.mayBeInEntries();
        }

        private List<ValueSetSchema> valueSets() {
            List<ValueSetSchema> sets = new ArrayList<>();
            for (ValueSet set : pipeline.valueSets()) {
                List<TableSchema.Key> fields = new ArrayList<>();
                for (MatchField field : set.fields()) {
                    String type = "bit" + field.width();
                    fields.add(new TableSchema.Key(fields.size() + 1, field.name(), type, field.kind(), field.width()));
                }
                sets.add(new ValueSetSchema(sets.size() + 1, set.name(), path(set.name()), fields, set.size()));
            }
            return sets;
        }

        /** The only one that is meant; a control that is there several times has tables of its own each. */
        private TcPipeline.@Nullable Table known(Table table) {
            List<TcPipeline.Table> named = facts.tables().stream()
                    .filter(each -> dotted(each.path()).equals(table.name()))
                    .toList();
            return named.size() == 1
                            && named.getFirst().keys().size() == table.keys().size()
                    ? named.getFirst()
                    : null;
        }

        private static String dotted(String path) {
            return path.replace('/', '.');
        }

        private static String path(String name) {
            int dot = name.lastIndexOf('.');
            return dot < 0 ? name : name.substring(0, dot) + "/" + name.substring(dot + 1);
        }

        private TableSchema table(Table table, TcPipeline.@Nullable Table known, int number) {
            List<TableSchema.Key> keys = new ArrayList<>();
            for (Table.Key key : table.keys()) {
                int bits = key.value().width();
                String type = known == null
                        ? "bit" + bits
                        : known.keys().get(keys.size()).type();
                keys.add(new TableSchema.Key(keys.size() + 1, key.name(), type, key.kind(), bits));
            }
            List<TableSchema.Action> actions = new ArrayList<>();
            for (Table.ActionUse use : table.actions()) actions.add(action(use, known, actions.size()));
            int permissions = table.permissions();
            return new TableSchema(
                    number,
                    table.name(),
                    known == null ? path(table.name()) : known.path(),
                    keys,
                    actions,
                    table.size(),
                    permissions < 0 ? Permissions.EVERYTHING : new Permissions(permissions),
                    table.direct(),
                    known == null ? null : hit(known.hit(), actions),
                    table.defaultAction(),
                    table.addOnMiss(),
                    table.idle(),
                    table.profiles(),
                    table.implementation() == null
                            ? null
                            : table.implementation().profile());
        }

        private TableSchema.Action action(Table.ActionUse use, TcPipeline.@Nullable Table known, int at) {
            Pipeline.Action action = pipeline.actions().stream()
                    .filter(each -> each.name().equals(use.action()))
                    .findFirst()
                    .orElseThrow();
            TcPipeline.@Nullable Action its =
                    known != null && at < known.actions().size()
                            ? known.actions().get(at).action()
                            : null;
            List<TableSchema.Parameter> parameters = new ArrayList<>();
            boolean typed = its != null
                    && its.parameters().size() == action.parameters().size();
            for (Pipeline.Parameter parameter : action.parameters()) {
                String type = typed
                        ? Objects.requireNonNull(its)
                                .parameters()
                                .get(parameters.size())
                                .type()
                        : "";
                parameters.add(new TableSchema.Parameter(
                        parameters.size() + 1,
                        parameter.name(),
                        typed ? type : "bit" + parameter.width(),
                        parameter.width()));
            }
            String path = its == null ? path(use.action()) : its.path();
            return new TableSchema.Action(
                    its == null ? at + 1 : its.number(), use.action(), path, use.scope(), parameters);
        }

        /** Null also where its arguments are given at run time. */
        private static Table.@Nullable Call hit(TcPipeline.@Nullable Default hit, List<TableSchema.Action> actions) {
            if (hit == null) return null;
            List<BigInteger> arguments =
                    hit.arguments().stream().filter(Objects::nonNull).toList();
            for (TableSchema.Action action : actions) {
                boolean named = action.path().equals(hit.action().path());
                if (named && action.parameters().size() == arguments.size()) {
                    return new Table.Call(action.name(), arguments);
                }
            }
            return null;
        }

        private CellSchema cell(Resource resource) {
            for (TcPipeline.Extern extern : facts.externs()) {
                if (extern.name().equals(resource.name())) {
                    return new CellSchema(extern.kind(), extern.number(), resource, parameters(extern.parameters(), 2));
                }
            }
            int number = 1 + pipeline.resources().indexOf(resource);
            return switch (resource) {
                case Resource.Counter c ->
                    new CellSchema(
                            c.direct() ? TcPipeline.Kind.DIRECT_COUNTER : TcPipeline.Kind.COUNTER,
                            number,
                            c,
                            longs(List.of("pkts", "bytes")));
                case Resource.Meter m ->
                    new CellSchema(
                            m.direct() ? TcPipeline.Kind.DIRECT_METER : TcPipeline.Kind.METER,
                            number,
                            m,
                            longs(List.of("cir", "cbs", "pir", "pbs")));
                case Resource.Register r ->
                    new CellSchema(
                            TcPipeline.Kind.REGISTER,
                            number,
                            r,
                            List.of(new TableSchema.Parameter(2, "a_value", "bit" + r.width(), r.width())));
            };
        }

        private static List<TableSchema.Parameter> longs(List<String> names) {
            return parameters(
                    names.stream()
                            .map(name -> new TcPipeline.Parameter(name, "bit64", Long.SIZE))
                            .toList(),
                    2);
        }

        private static List<TableSchema.Parameter> parameters(List<TcPipeline.Parameter> known, int first) {
            List<TableSchema.Parameter> parameters = new ArrayList<>();
            for (TcPipeline.Parameter each : known) {
                parameters.add(
                        new TableSchema.Parameter(first + parameters.size(), each.name(), each.type(), each.bits()));
            }
            return parameters;
        }

        private Digest digest(Pipeline.Digest digest, int number) {
            for (TcPipeline.Extern extern : facts.externs()) {
                boolean same = extern.parameters().size() == digest.fields().size();
                if (same && extern.name().equals(digest.name())) {
                    return new Digest(number, digest.name(), parameters(extern.parameters(), 1));
                }
            }
            List<TcPipeline.Parameter> plain = digest.fields().stream()
                    .map(field -> new TcPipeline.Parameter(field.name(), "bit" + field.width(), field.width()))
                    .toList();
            return new Digest(number, digest.name(), parameters(plain, 1));
        }
    }
}
