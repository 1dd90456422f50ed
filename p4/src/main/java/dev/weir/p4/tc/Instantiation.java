package dev.weir.p4.tc;

import dev.weir.p4.control.ProgramImage;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table;
import dev.weir.p4.tc.TemplateStore.TemplateException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Puts what a sealed pipeline says into a program that fits it. */
final class Instantiation {
    private final PipelineTemplate template;
    private final ProgramImage image;
    private final TcValues values;
    private final @Nullable List<String> commands;

    /** What entries do that do not say, by the paths of tables. */
    private final Map<String, TcPipeline.Default> hits = new HashMap<>();

    /** @param commands that made the template; null where they are not known */
    Instantiation(PipelineTemplate template, ProgramImage image, PortNames ports, @Nullable List<String> commands) {
        this.commands = commands;
        this.template = template;
        this.image = image;
        values = new TcValues(ports);
    }

    ProgramImage image() throws TemplateException {
        for (TcPipeline.Action action : image.facts().actions()) fits(action);
        for (TcPipeline.Table table : image.facts().tables()) fits(table);
        Set<String> known = Set.copyOf(
                image.facts().tables().stream().map(TcPipeline.Table::path).toList());
        for (String table : template.tables().keySet()) {
            if (!known.contains(table)) throw misfit("table/" + table, "the program does not have it");
        }
        List<Table> tables = new ArrayList<>();
        for (Table table : image.pipeline().tables()) {
            TableSchema schema = Objects.requireNonNull(image.schema().table(table.name()));
            PipelineTemplate.Table its = template.tables().get(schema.path());
            tables.add(its == null ? table : overridden(table, schema, its));
        }
        return image.with(image.pipeline().withTables(tables), facts(), commands);
    }

    private TcPipeline facts() {
        List<TcPipeline.Table> tables = new ArrayList<>();
        for (TcPipeline.Table table : image.facts().tables()) {
            PipelineTemplate.Table its =
                    Objects.requireNonNull(template.tables().get(table.path()));
            tables.add(table.with(its.size, its.masks, its.permissions, hits.getOrDefault(table.path(), table.hit())));
        }
        TcPipeline facts = image.facts();
        return new TcPipeline(facts.name(), facts.actions(), tables, facts.externs());
    }

    private TemplateException misfit(String what, String why) {
        return new TemplateException(
                "pipeline/" + template.name() + ": " + what + ": " + why + "; make the template of this program anew");
    }

    private void fits(TcPipeline.Action action) throws TemplateException {
        PipelineTemplate.Action its = template.actions().get(action.path());
        if (its == null) throw misfit("action/" + action.path(), "the template does not have it");
        Map<String, String> types = new HashMap<>();
        action.parameters().forEach(parameter -> types.put(parameter.name(), parameter.type()));
        if (!types.equals(its.types())) {
            throw misfit("action/" + action.path(), "its parameters are " + its.types() + ", the program's " + types);
        }
    }

    private void fits(TcPipeline.Table table) throws TemplateException {
        PipelineTemplate.Table its = template.tables().get(table.path());
        String what = "table/" + table.path();
        if (its == null) throw misfit(what, "the template does not have it");
        if (its.type != table.match() || its.keyBits != table.keyBits()) {
            throw misfit(
                    what,
                    "its key is " + its.type + " of " + its.keyBits + " bits, the program's " + table.match() + " of "
                            + table.keyBits());
        }
        for (String action : its.actions.keySet()) {
            boolean has =
                    table.actions().stream().anyMatch(use -> use.action().path().equals(action));
            if (!has) throw misfit(what, "the program's does not have the action " + action);
        }
    }

    private Table overridden(Table table, TableSchema schema, PipelineTemplate.Table its) throws TemplateException {
        Table.DefaultAction miss = table.defaultAction();
        if (its.miss != null) {
            Table.Call call = call(schema, its.miss, List.of(miss.call()));
            miss = new Table.DefaultAction(call, its.miss.constant());
        }
        if (its.hit != null) {
            PipelineTemplate.Call hit = its.hit;
            for (TcPipeline.Action action : image.facts().actions()) {
                if (!action.path().equals(hit.action())) continue;
                List<@Nullable BigInteger> arguments = hit.arguments().containsValue(null)
                        ? Collections.nCopies(action.parameters().size(), null)
                        : new ArrayList<>(call(schema, hit, List.of()).arguments());
                hits.put(schema.path(), new TcPipeline.Default(action, hit.constant(), arguments));
            }
        }
        List<Table.Entry> entries = new ArrayList<>();
        for (PipelineTemplate.Entry entry : its.entries) entries.add(entry(table, schema, entry, entries.size()));
        return new Table(
                table.name(),
                table.keys(),
                table.actions(),
                miss,
                entries,
                its.size,
                table.addOnMiss(),
                table.idle(),
                lifetimes(its),
                its.permissions.bits(),
                table.direct(),
                table.cache(),
                table.implementation());
    }

    private static List<Long> lifetimes(PipelineTemplate.Table its) {
        List<Long> lifetimes = new ArrayList<>(Table.lifetimes(its.profiles));
        its.agings.forEach((profile, millis) -> lifetimes.set(profile, millis * 1_000_000));
        return lifetimes;
    }

    /** @param known calls of the program, whose arguments are taken where the template leaves them out */
    private Table.Call call(TableSchema schema, PipelineTemplate.Call call, List<Table.Call> known)
            throws TemplateException {
        TableSchema.Action action = schema.actions().stream()
                .filter(each -> each.path().equals(call.action()))
                .findFirst()
                .orElseThrow(() -> misfit("table/" + schema.path(), "there is no action " + call.action()));
        List<BigInteger> arguments = new ArrayList<>();
        for (TableSchema.Parameter parameter : action.parameters()) {
            String text = call.arguments().get(parameter.name());
            if (text == null) {
                for (Table.Call other : known) {
                    if (other.action().equals(action.name())) return other;
                }
                throw misfit("table/" + schema.path(), "the action " + call.action() + " needs " + parameter.name());
            }
            try {
                arguments.add(values.parse(parameter.type(), parameter.bits(), text));
            } catch (IllegalArgumentException e) {
                throw misfit("table/" + schema.path(), "'" + text + "': " + e.getMessage());
            }
        }
        return new Table.Call(action.name(), arguments);
    }

    private Table.Entry entry(Table table, TableSchema schema, PipelineTemplate.Entry entry, int number)
            throws TemplateException {
        String what = "table/" + schema.path() + ": an entry";
        List<Match> matches = new ArrayList<>();
        for (TableSchema.Key key : schema.keys()) {
            String text = entry.keys().get(key.name());
            Match anything = TableSchema.anything(key);
            if (text == null && anything == null) throw misfit(what, "the key " + key.name() + " is missing");
            try {
                matches.add(text == null ? Objects.requireNonNull(anything) : values.parse(key, text));
            } catch (IllegalArgumentException e) {
                throw misfit(what, "'" + text + "': " + e.getMessage());
            }
        }
        List<Table.Call> known = number < table.entries().size()
                ? List.of(table.entries().get(number).call())
                : List.of();
        PipelineTemplate.Call call = entry.call() == null
                ? new PipelineTemplate.Call(TcPipeline.Action.NO_ACTION, Map.of(), false)
                : entry.call();
        boolean constant = entry.permissions().equals(Permissions.CONSTANT);
        return new Table.Entry(
                matches, schema.isOrdered() ? (Integer) (number + 1) : null, call(schema, call, known), constant);
    }
}
