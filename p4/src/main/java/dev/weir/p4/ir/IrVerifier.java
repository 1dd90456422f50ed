package dev.weir.p4.ir;

import dev.weir.p4.ir.CodeVerifier.Where;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells what is wrong with a {@link Pipeline}: names that are not declared or declared twice, widths that do not fit, instructions where they may
 * not be. What has no fault runs, in the interpreter and compiled, whatever the packets; passes must keep it so.
 */
public final class IrVerifier {
    private final Pipeline pipeline;
    private final List<String> faults = new ArrayList<>();
    private final IrSymbols symbols;
    private final CodeVerifier code;

    private IrVerifier(Pipeline pipeline) {
        this.pipeline = pipeline;
        symbols = new IrSymbols(pipeline, faults);
        code = new CodeVerifier(symbols, faults);
    }

    /** @return all faults, a line each that begins with the place; empty when there are none */
    public static List<String> verify(Pipeline pipeline) {
        IrVerifier verifier = new IrVerifier(pipeline);
        verifier.declarations();
        pipeline.actions().forEach(verifier::action);
        pipeline.tables().forEach(verifier::table);
        verifier.parser();
        verifier.code.enter(Where.CONTROL, "control", List.of());
        verifier.code.body(pipeline.control());
        verifier.code.enter(Where.DEPARSER, "deparser", List.of());
        verifier.code.body(pipeline.deparser());
        return List.copyOf(verifier.faults);
    }

    /** Throws an {@link IllegalArgumentException} with all faults. */
    public static Pipeline requireValid(Pipeline pipeline) {
        List<String> faults = verify(pipeline);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("program " + pipeline.name() + ": " + String.join("; ", faults));
        }
        return pipeline;
    }

    private void unless(boolean fine, String what) {
        if (!fine) faults.add(what);
    }

    private void declarations() {
        List<String> errors = pipeline.errors();
        int core = Pipeline.CORE_ERRORS.size();
        unless(
                errors.size() >= core && errors.subList(0, core).equals(Pipeline.CORE_ERRORS),
                "errors: the first are " + Pipeline.CORE_ERRORS);
        pipeline.headerTypes().forEach(this::headerType);
        for (Pipeline.Header header : pipeline.headers()) {
            unless(
                    pipeline.headerTypes().contains(header.type()),
                    header.name() + ": its type " + header.type().name() + " is not declared");
        }
        for (Pipeline.Variable variable : pipeline.variables()) {
            unless(widthFits(variable.width()), variable.name() + ": it has " + variable.width() + " bits");
            boolean wide = variable.role() != null && variable.width() > 64;
            unless(!wide, variable.name() + ": what a packet brings has at most 64 bits");
        }
        for (Resource resource : pipeline.resources()) {
            unless(resource.size() >= 0, resource.name() + ": it has " + resource.size() + " cells");
            if (resource instanceof Resource.Register r) {
                unless(widthFits(r.width()), r.name() + ": it has " + r.width() + " bits");
                unless(CodeVerifier.fits(r.initial(), r.width()), r.name() + ": " + r.initial() + " does not fit it");
            }
            checkOwners(resource);
        }
        pipeline.valueSets().forEach(this::valueSet);
        for (ActionProfile profile : pipeline.profiles()) {
            unless(profile.size() >= 1, profile.name() + ": it has room for " + profile.size() + " members");
        }
    }

    private void checkOwners(Resource resource) {
        long owners = pipeline.tables().stream()
                .filter(t -> t.direct().contains(resource.name()))
                .count();
        unless(
                resource.direct() ? owners <= 1 : owners == 0,
                resource.name() + ": " + owners + " tables have it in their entries");
    }

    private void valueSet(ValueSet set) {
        unless(set.size() >= 1 && !set.fields().isEmpty(), set.name() + ": it has no room or no fields");
        for (MatchField field : set.fields()) {
            unless(widthFits(field.width()), set.name() + ": " + field.name() + " has " + field.width() + " bits");
        }
        fields(set.fields(), what -> faults.add(set.name() + ": " + what));
    }

    /** What entries can match. */
    private static void fields(List<MatchField> fields, Consumer<String> fault) {
        for (MatchField field : fields) {
            if (!field.hasName()) fault.accept("key " + field.name() + ": no name");
        }
        long prefixes = fields.stream()
                .filter(field -> field.kind() == Table.MatchKind.LPM)
                .count();
        if (prefixes > 1) fault.accept("it has " + prefixes + " lpm keys; one at most");
    }

    private static boolean widthFits(int width) {
        return width >= 1 && width <= Value.MOST_BITS;
    }

    private void headerType(HeaderType type) {
        int bits = 0;
        int varbits = 0;
        for (HeaderType.Field field : type.fields()) {
            String name = type.name() + "." + field.name();
            unless(IrTokens.isName(field.name()) && field.name().indexOf('.') < 0, name + ": no name of a field");
            unless(widthFits(field.width()), name + ": it has " + field.width() + " bits");
            if (field.varbit()) {
                unless(++varbits == 1, name + ": a header has at most one varbit");
                unless(bits % 8 == 0 && field.width() % 8 == 0, name + ": a varbit begins and ends with a byte");
            }
            bits += field.width();
        }
        unless(bits % 8 == 0, type.name() + ": " + bits + " bits are no whole bytes");
    }

    private void action(Pipeline.Action action) {
        for (Pipeline.Parameter parameter : action.parameters()) {
            unless(
                    IrTokens.isName(parameter.name()) && widthFits(parameter.width()),
                    action.name() + ": parameter " + parameter.name() + " has " + parameter.width() + " bits");
        }
        code.enter(Where.ACTION, "action " + action.name(), action.parameters());
        code.body(action.body());
    }

    private void table(Table table) {
        code.enter(Where.CONTROL, "table " + table.name(), List.of());
        table.values().forEach(code::value);
        fields(table.fields(), code::fault);
        if (table.size() < 1) code.fault("size " + table.size() + ": there is room for one entry at least");
        if (table.profiles() < 1 || table.profiles() > Table.MOST_PROFILES) {
            code.fault("profiles " + table.profiles() + ": 1 to " + Table.MOST_PROFILES);
        }
        for (long lifetime : table.lifetimes()) {
            if (lifetime < 0) code.fault("lifetime " + lifetime + ": it is not negative");
        }
        for (Table.ActionUse use : table.actions()) {
            if (!symbols.actions.containsKey(use.action())) code.fault("there is no action " + use.action());
        }
        Table.Call miss = table.defaultAction().call();
        call(table, miss, Table.Scope.TABLE_ONLY, "be the default action");
        for (Table.Entry entry : table.entries()) entry(table, entry);
        for (String name : table.direct()) {
            Resource resource = symbols.resources.get(name);
            if (resource == null || !resource.direct()) code.fault("there is nothing direct called " + name);
        }
        if (table.implementation() != null) implementation(table, table.implementation());
        if (table.cache() != null) cache(table, table.cache());
        boolean exact = table.keys().stream().allMatch(key -> key.kind() == Table.MatchKind.EXACT);
        if (table.addOnMiss() && !exact) code.fault("only a table all of whose keys are exact can add on a miss");
    }

    private void cache(Table table, Table.Cache cache) {
        if (!table.addOnMiss()) code.fault("a cache is a table that adds on a miss");
        int tenant = table.tenantKey();
        if (cache.tenant() != null && tenant < 0) code.fault("there is no key " + cache.tenant());
        if (tenant >= 0 && table.keys().get(tenant).value().width() > 64) code.fault("a tenant has at most 64 bits");
        if (cache.quota() < 0 || (cache.quota() > 0 && cache.tenant() == null)) code.fault("quota: whose?");
    }

    private void implementation(Table table, Table.Implementation implementation) {
        ActionProfile profile = symbols.profiles.get(implementation.profile());
        if (profile == null) {
            code.fault("there is no profile " + implementation.profile());
            return;
        }
        Table.Selection selection = implementation.selection();
        if (profile.selects() != (selection != null))
            code.fault(profile.name() + ": it selects if and only if it has groups");
        if (selection != null) {
            if (selection.by().width() > 64) code.fault("it selects by more than 64 bits");
            call(table, selection.empty(), Table.Scope.TABLE_ONLY, "be what an empty group does");
        }
        if (table.addOnMiss() || !table.direct().isEmpty() || !table.entries().isEmpty()) {
            code.fault("a table with a profile adds nothing on a miss, and has no direct resources and no entries");
        }
    }

    private void call(Table table, Table.Call call, Table.Scope forbidden, String what) {
        int number = table.actionNumber(call.action());
        Pipeline.@Nullable Action action = symbols.actions.get(call.action());
        if (number < 0 || action == null) {
            code.fault("it does not list the action " + call.action());
            return;
        }
        if (table.actions().get(number).scope() == forbidden) code.fault(call.action() + " cannot " + what);
        List<Pipeline.Parameter> parameters = action.parameters();
        boolean fits = parameters.size() == call.arguments().size();
        for (int i = 0; fits && i < parameters.size(); i++) {
            fits = CodeVerifier.fits(call.arguments().get(i), parameters.get(i).width());
        }
        if (!fits) code.fault("the arguments " + call.arguments() + " do not fit " + call.action());
    }

    private void entry(Table table, Table.Entry entry) {
        call(table, entry.call(), Table.Scope.DEFAULT_ONLY, "be in an entry");
        if (entry.matches().size() != table.keys().size()) {
            code.fault("an entry has " + entry.matches().size() + " matches for "
                    + table.keys().size() + " keys");
            return;
        }
        for (int i = 0; i < entry.matches().size(); i++) {
            Table.Key key = table.keys().get(i);
            Match match = entry.matches().get(i);
            boolean fits = matchFits(match, key.value().width())
                    && kindTakes(key.kind(), match, key.value().width());
            if (!fits)
                code.fault("an entry matches the " + IrPrinter.lower(key.kind()) + " key " + key.name() + " with "
                        + match);
        }
    }

    private static boolean matchFits(Match match, int width) {
        return switch (match) {
            case Match.Exactly m -> CodeVerifier.fits(m.number(), width);
            case Match.Masked m -> CodeVerifier.fits(m.number(), width) && CodeVerifier.fits(m.mask(), width);
            case Match.Range m -> CodeVerifier.fits(m.low(), width) && CodeVerifier.fits(m.high(), width);
            case Match.Any _ -> true;
        };
    }

    private static boolean kindTakes(Table.MatchKind kind, Match match, int width) {
        return switch (kind) {
            case EXACT -> match instanceof Match.Exactly;
            case OPTIONAL -> match instanceof Match.Exactly || match instanceof Match.Any;
            case TERNARY -> !(match instanceof Match.Range);
            case RANGE -> !(match instanceof Match.Masked);
            case LPM ->
                !(match instanceof Match.Range) && !(match instanceof Match.Masked m && !isPrefix(m.mask(), width));
        };
    }

    /** Whether a mask is ones and then zeros. */
    static boolean isPrefix(BigInteger mask, int width) {
        BigInteger zeros = mask.xor(Value.mask(width));
        return zeros.and(zeros.add(BigInteger.ONE)).signum() == 0;
    }

    private void parser() {
        unless(!pipeline.states().isEmpty(), "parser: it has no state");
        for (Pipeline.State state : pipeline.states()) {
            code.enter(Where.PARSER, "state " + state.name(), List.of());
            code.body(state.body());
            switch (state.transition()) {
                case Transition.Goto t -> target(t.state());
                case Transition.Select t -> {
                    List<Integer> widths = t.keys().stream().map(code::value).toList();
                    for (Transition.Case arm : t.cases()) {
                        target(arm.state());
                        boolean fits = arm.matches().size() == widths.size();
                        for (int i = 0; fits && i < widths.size(); i++) {
                            fits = matchFits(arm.matches().get(i), widths.get(i));
                        }
                        if (!fits) code.fault("the matches " + arm.matches() + " do not fit the keys");
                    }
                }
            }
        }
    }

    private void target(String state) {
        boolean ends = state.equals(Pipeline.ACCEPT) || state.equals(Pipeline.REJECT);
        if (!ends && !symbols.states.containsKey(state)) code.fault("there is no state " + state);
    }
}
