package dev.weir.p4.stf;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.Span;
import dev.weir.p4.stf.StfLine.Fault;
import dev.weir.p4.stf.StfStatement.Add;
import dev.weir.p4.stf.StfStatement.Argument;
import dev.weir.p4.stf.StfStatement.KeyMatch;
import dev.weir.p4.stf.StfStatement.Name;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whom the names of a test mean in a program: the one of that name, or else the only one whose name ends with a dot and that. So
 * {@code ipv4.dstAddr} means the key {@code hdr.ipv4.dstAddr}.
 */
final class StfNames {
    /** What the lowest priority number is counted down from: in a test the larger priority wins, in a program the lower number. */
    private static final int LAST = Integer.MAX_VALUE;

    private final Pipeline pipeline;
    private final Diagnostics diagnostics;

    StfNames(Pipeline pipeline, Diagnostics diagnostics) {
        this.pipeline = pipeline;
        this.diagnostics = diagnostics;
    }

    Table table(Name name) throws Fault {
        return find("table", name, pipeline.tables(), Table::name);
    }

    Resource.Counter counter(Name name) throws Fault {
        return find("counter", name, resources(Resource.Counter.class), Resource::name);
    }

    Resource.Register register(Name name) throws Fault {
        return find("register", name, resources(Resource.Register.class), Resource::name);
    }

    ValueSet valueSet(Name name) throws Fault {
        return find("value set", name, pipeline.valueSets(), ValueSet::name);
    }

    ActionProfile profile(Name name) throws Fault {
        return find("profile", name, pipeline.profiles(), ActionProfile::name);
    }

    /** A table that has members of the profile, for the names of its actions. */
    Table tableOf(ActionProfile profile, Span place) throws Fault {
        for (Table table : pipeline.tables()) {
            if (table.implementation() != null
                    && table.implementation().profile().equals(profile.name())) {
                return table;
            }
        }
        throw fault(place, "no table has members of '" + profile.name() + "'", null);
    }

    private <R extends Resource> List<R> resources(Class<R> kind) {
        return pipeline.resources().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(resource -> !resource.direct())
                .toList();
    }

    /** @param number how many entries the test added before, which wins over those to come where it gives no priority */
    Table.Entry entry(Table table, Add add, int number) throws Fault {
        boolean ordered = table.keys().stream()
                .anyMatch(key -> key.kind() != Table.MatchKind.EXACT && key.kind() != Table.MatchKind.LPM);
        List<Match> matches = matches(add.table().place(), table.fields(), add.matches());
        Integer priority = add.priority();
        Integer order = !ordered ? null : priority == null ? (Integer) number : (Integer) (LAST - priority);
        return new Table.Entry(matches, order, called(table, add), false);
    }

    private Table.Call called(Table table, Add add) throws Fault {
        boolean refers = table.implementation() != null;
        return switch (add.called()) {
            case StfStatement.Reference r
            when refers -> r.group() ? Table.Call.group(r.number()) : Table.Call.member(r.number());
            case StfStatement.Action a when !refers -> call(table, a);
            default ->
                throw fault(
                        add.table().place(),
                        "entries of '" + table.name() + "' " + (refers ? "refer to members" : "have actions"),
                        refers ? "end the line with member 1, or group 1" : "end the line with ACTION()");
        };
    }

    /** One match a field. A name that is empty means the only field. */
    List<Match> matches(Span place, List<MatchField> fields, List<KeyMatch> written) throws Fault {
        Map<MatchField, KeyMatch> given = new HashMap<>();
        for (KeyMatch match : written) {
            boolean only = match.key().text().isEmpty() && fields.size() == 1;
            MatchField field = only ? fields.getFirst() : find("key", match.key(), fields, MatchField::name);
            if (given.put(field, match) != null) {
                throw fault(match.key().place(), "the key '" + field.name() + "' is given twice", null);
            }
        }
        List<Match> matches = new ArrayList<>();
        for (MatchField field : fields) matches.add(match(place, field, given.get(field)));
        return matches;
    }

    private Match match(Span place, MatchField key, @Nullable KeyMatch given) throws Fault {
        if (given == null) {
            if (key.kind() == Table.MatchKind.EXACT || key.kind() == Table.MatchKind.LPM) {
                throw fault(place, "the key '" + key.name() + "' is not given", "add " + key.name() + ":VALUE");
            }
            return new Match.Any();
        }
        int width = key.width();
        StfNumber number = number(given.key().place(), given.number(), width);
        BigInteger mask = mask(given, width);
        boolean whole = mask.equals(Value.mask(width));
        if (key.kind() == Table.MatchKind.LPM || (key.kind() == Table.MatchKind.TERNARY && !whole)) {
            if (key.kind() == Table.MatchKind.LPM && !isPrefix(mask, width)) {
                throw fault(given.key().place(), "an lpm key is a prefix: '*' stands at its end only", null);
            }
            return new Match.Masked(number.value().and(mask), mask);
        }
        if (!whole) {
            throw fault(given.key().place(), "the key '" + key.name() + "' has to be given whole", null);
        }
        return key.kind() == Table.MatchKind.RANGE
                ? new Match.Range(number.value(), number.value())
                : key.kind() == Table.MatchKind.TERNARY
                        ? new Match.Masked(number.value(), mask)
                        : new Match.Exactly(number.value());
    }

    private BigInteger mask(KeyMatch given, int width) throws Fault {
        BigInteger all = Value.mask(width);
        Integer prefix = given.prefix();
        if (prefix == null) return given.number().said().and(all);
        if (prefix > width) {
            throw fault(given.key().place(), "a prefix of " + prefix + " bits is longer than the key's " + width, null);
        }
        return all.xor(all.shiftRight(prefix));
    }

    private static boolean isPrefix(BigInteger mask, int width) {
        return mask.equals(Value.mask(width).xor(Value.mask(width - mask.bitCount())));
    }

    /** The action of a table that is meant. */
    Pipeline.Action action(Table table, Name name) throws Fault {
        Table.ActionUse use = find("action", name, table.actions(), Table.ActionUse::action);
        return pipeline.actions().stream()
                .filter(each -> each.name().equals(use.action()))
                .findFirst()
                .orElseThrow();
    }

    Table.Call call(Table table, StfStatement.Action action) throws Fault {
        Pipeline.Action declared = action(table, action.name());
        Map<Pipeline.Parameter, BigInteger> values = new HashMap<>();
        for (Argument argument : action.arguments()) {
            Pipeline.Parameter parameter =
                    find("parameter", argument.parameter(), declared.parameters(), Pipeline.Parameter::name);
            values.put(parameter, whole(argument.parameter().place(), argument.value(), parameter.width()));
        }
        List<BigInteger> arguments = new ArrayList<>();
        for (Pipeline.Parameter parameter : declared.parameters()) {
            BigInteger value = values.get(parameter);
            if (value == null) {
                throw fault(action.name().place(), "the parameter '" + parameter.name() + "' is not given", null);
            }
            arguments.add(value);
        }
        return new Table.Call(declared.name(), arguments);
    }

    BigInteger whole(Span place, StfNumber number, int width) throws Fault {
        if (!number.isWhole()) throw fault(place, "'*' can stand in keys only", null);
        return number(place, number, width).value();
    }

    private StfNumber number(Span place, StfNumber number, int width) throws Fault {
        if (number.value().bitLength() > width) {
            throw fault(place, "the value has more than " + width + " bits", null);
        }
        return number;
    }

    private <T> T find(String what, Name wanted, List<T> all, Function<T, String> name) throws Fault {
        String text = wanted.text();
        List<T> found = new ArrayList<>();
        for (T each : all) {
            if (name.apply(each).equals(text)) return each;
            if (name.apply(each).endsWith("." + text)) found.add(each);
        }
        if (found.size() == 1) return found.getFirst();
        String names = String.join(", ", all.stream().map(name).toList());
        throw fault(
                wanted.place(),
                found.isEmpty()
                        ? "no " + what + " '" + text + "'"
                        : "more than one " + what + " ends with '" + text + "'",
                all.isEmpty() ? "there is none" : "there is " + names);
    }

    Fault fault(Span place, String message, @Nullable String help) {
        diagnostics.error(place, "stf-name", message, help);
        return new Fault();
    }
}
