package dev.weir.p4.stf;

import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Value;
import dev.weir.p4.source.Span;
import dev.weir.p4.stf.StfLine.Fault;
import dev.weir.p4.stf.StfStatement.Name;
import dev.weir.p4.tc.PortNames;
import dev.weir.p4.tc.TcValues;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * What entries in the words of bmv2's command line mean in a program. Keys are {@code VALUE} where they are exact, {@code VALUE/LENGTH} of lpm,
 * {@code VALUE&&&MASK} of ternary, {@code LOW->HIGH} of range keys; values are addresses of IP or Ethernet, or numbers. An entry of a table with keys that
 * are neither exact nor lpm has a priority behind its values; the lowest wins.
 */
final class CommandNames {
    private static final String MASK = "&&&", TO = "->";
    private static final int MAC_BITS = 48, IPV6_BITS = 128, MOST_DIGITS = 9;

    private final StfNames names;
    private final TcValues values = new TcValues(PortNames.NONE);

    CommandNames(StfNames names) {
        this.names = names;
    }

    Table.Entry entry(Table table, StfStatement.TableAdd add) throws Fault {
        if (table.implementation() != null) {
            throw names.fault(
                    add.table().place(),
                    "entries of '" + table.name() + "' refer to members",
                    "write add ... member 1, or group 1");
        }
        List<MatchField> fields = table.fields();
        if (add.keys().size() != fields.size()) {
            String wanted =
                    String.join(" ", fields.stream().map(MatchField::name).toList());
            throw names.fault(
                    add.table().place(),
                    "'" + table.name() + "' has " + fields.size() + " keys, here are "
                            + add.keys().size(),
                    "give " + wanted);
        }
        List<Match> matches = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            matches.add(match(fields.get(i), add.keys().get(i)));
        }
        Pipeline.Action action = names.action(table, add.action());
        boolean ordered = table.keys().stream()
                .anyMatch(key -> key.kind() != Table.MatchKind.EXACT && key.kind() != Table.MatchKind.LPM);
        int wanted = action.parameters().size();
        boolean says = ordered && add.values().size() == wanted + 1;
        if (ordered && !says) {
            throw names.fault(
                    add.action().place(),
                    "'" + table.name() + "' has keys that overlap, and the line ends without a priority",
                    "give " + wanted + " values for '" + action.name() + "', and then a priority");
        }
        Integer priority = says ? priority(add.values().getLast()) : null;
        List<Name> given = says ? add.values().subList(0, wanted) : add.values();
        return new Table.Entry(matches, priority, call(action, add.action(), given), false);
    }

    Table.Call call(Table table, StfStatement.TableSetDefault set) throws Fault {
        return call(names.action(table, set.action()), set.action(), set.values());
    }

    private Table.Call call(Pipeline.Action action, Name name, List<Name> given) throws Fault {
        List<Pipeline.Parameter> wanted = action.parameters();
        if (given.size() != wanted.size()) {
            String all = String.join(
                    " ", wanted.stream().map(Pipeline.Parameter::name).toList());
            throw names.fault(
                    name.place(),
                    "'" + action.name() + "' takes " + wanted.size() + " values, here are " + given.size(),
                    wanted.isEmpty() ? "remove them" : "give " + all);
        }
        List<BigInteger> arguments = new ArrayList<>();
        for (int i = 0; i < wanted.size(); i++) {
            Name value = given.get(i);
            arguments.add(value(value.place(), value.text(), wanted.get(i).width()));
        }
        return new Table.Call(action.name(), arguments);
    }

    private Match match(MatchField field, Name key) throws Fault {
        int width = field.width();
        String text = key.text();
        return switch (field.kind()) {
            case EXACT -> new Match.Exactly(value(key.place(), text, width));
            case LPM -> {
                int slash = text.lastIndexOf('/');
                if (slash < 0) throw form(field, key, "VALUE/LENGTH");
                BigInteger length = value(key.place(), text.substring(slash + 1), Integer.SIZE);
                if (length.compareTo(BigInteger.valueOf(width)) > 0) {
                    throw names.fault(
                            key.place(), "a prefix of '" + field.name() + "' has at most " + width + " bits", null);
                }
                BigInteger all = Value.mask(width);
                BigInteger mask = all.xor(all.shiftRight(length.intValue()));
                yield new Match.Masked(
                        value(key.place(), text.substring(0, slash), width).and(mask), mask);
            }
            case TERNARY -> {
                int mark = text.indexOf(MASK);
                if (mark < 0) throw form(field, key, "VALUE" + MASK + "MASK");
                BigInteger mask = value(key.place(), text.substring(mark + MASK.length()), width);
                yield new Match.Masked(
                        value(key.place(), text.substring(0, mark), width).and(mask), mask);
            }
            case RANGE -> {
                int mark = text.indexOf(TO);
                if (mark < 0) throw form(field, key, "LOW" + TO + "HIGH");
                BigInteger low = value(key.place(), text.substring(0, mark), width);
                BigInteger high = value(key.place(), text.substring(mark + TO.length()), width);
                if (low.compareTo(high) > 0) {
                    throw names.fault(key.place(), "the range is empty", "give the lower number first");
                }
                yield new Match.Range(low, high);
            }
            default -> text.equals("*") ? new Match.Any() : new Match.Exactly(value(key.place(), text, width));
        };
    }

    private Fault form(MatchField field, Name key, String form) {
        String kind = field.kind().toString().toLowerCase(java.util.Locale.ROOT);
        return names.fault(key.place(), "the key '" + field.name() + "' is " + kind, "write it as " + form);
    }

    private BigInteger value(Span place, String text, int width) throws Fault {
        String type = text.indexOf(':') < 0 && text.indexOf('.') < 0
                ? ""
                : width == MAC_BITS ? "macaddr" : width == IPV6_BITS ? "ipv6" : "ipv4";
        try {
            return values.parse(type, width, text);
        } catch (IllegalArgumentException e) {
            throw names.fault(
                    place,
                    "'" + text + "': " + e.getMessage(),
                    "a value is 10, 0x0a, 10.0.0.1, 2001:db8::1 or 02:00:00:00:00:01, of at most " + width + " bits");
        }
    }

    private Integer priority(Name word) throws Fault {
        boolean good =
                word.text().length() <= MOST_DIGITS && word.text().chars().allMatch(c -> c >= '0' && c <= '9');
        if (!good) throw names.fault(word.place(), "'" + word.text() + "' is no priority", "give 0 to 999999999");
        return Integer.valueOf(word.text());
    }
}
