package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table.MatchKind;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.ValueSet;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.types.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes transitions of {@code select}. Whether subjects are in a value set is asked before it and becomes a bit that is one more subject: {@code
 * select (a) { set: x; 1: y; }} becomes {@code in <- contains set(a)} and {@code select (a, in) { (_, 1): x; (1, _): y; }}.
 */
final class Selects {
    private final Code code;
    private final Expressions expressions;
    private final TypedProgram program;

    Selects(Code code, Expressions expressions, TypedProgram program) {
        this.code = code;
        this.expressions = expressions;
        this.program = program;
    }

    /** What was asked: whether the subjects from one on are in a set. */
    private record Asked(Definition.ValueSet set, int from) {}

    /** A {@code select} while it is made. */
    private record Making(List<Data> subjects, Thing.Block parser, Map<Asked, Value.Place> asked) {}

    Transition select(Definition.Transition.Select select, Map<String, String> names, Thing.Block parser) {
        Making making = new Making(expressions.all(select.subjects(), parser.frame), parser, new LinkedHashMap<>());
        List<Value> keys = new ArrayList<>();
        making.subjects.forEach(subject -> keys.addAll(subject.values()));
        List<List<Match>> cases = new ArrayList<>();
        for (Definition.Transition.Case one : select.cases()) cases.add(matches(one, making));
        keys.addAll(making.asked.values());
        List<Transition.Case> made = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            List<Match> matches = new ArrayList<>(cases.get(i));
            while (matches.size() < keys.size()) matches.add(new Match.Any());
            String state = select.cases().get(i).state();
            made.add(new Transition.Case(matches, names.getOrDefault(state, Pipeline.REJECT)));
        }
        boolean always = made.size() == 1 && made.getFirst().matches().stream().allMatch(m -> m instanceof Match.Any);
        return always ? new Transition.Goto(made.getFirst().state()) : new Transition.Select(keys, made);
    }

    /** One for each number that the subjects consist of, and for sets that were asked by then. */
    private List<Match> matches(Definition.Transition.Case one, Making making) {
        List<Match> matches = new ArrayList<>();
        List<Asked> in = new ArrayList<>();
        boolean whole = one.keys().size() < making.subjects.size();
        for (int i = 0; i < making.subjects.size(); i++) {
            Expr key = one.keys().get(whole ? 0 : i);
            Data subject = making.subjects.get(i);
            Definition.ValueSet set = set(key);
            if (set != null) {
                subject.values().forEach(_ -> matches.add(new Match.Any()));
                if (i == 0 || !whole) in.add(ask(set, i, whole ? making.subjects.size() : i + 1, making));
            } else {
                matches.addAll(compared(key, subject, making.parser.frame));
            }
        }
        making.asked
                .keySet()
                .forEach(
                        asked -> matches.add(in.contains(asked) ? new Match.Exactly(BigInteger.ONE) : new Match.Any()));
        return matches;
    }

    private static Definition.@Nullable ValueSet set(Expr key) {
        return key instanceof Expr.Named n && n.definition() instanceof Definition.ValueSet set ? set : null;
    }

    private List<Match> compared(Expr key, Data subject, Frame frame) {
        List<Match> matches = new ArrayList<>();
        List<Value> parts = subject.values();
        if (key instanceof Expr.Anything) {
            parts.forEach(_ -> matches.add(new Match.Any()));
        } else if (key instanceof Expr.Aggregate a) {
            for (Value value : expressions.data(a, frame).values()) {
                if (value instanceof Value.Constant c) matches.add(new Match.Exactly(c.number()));
            }
        } else {
            matches.add(expressions.calls().tables().match(key, parts.getFirst().width(), frame));
        }
        return matches;
    }

    private Asked ask(Definition.ValueSet declared, int from, int to, Making making) {
        Asked asked = new Asked(declared, from);
        if (making.asked.containsKey(asked)) return asked;
        List<Value> values = new ArrayList<>();
        making.subjects.subList(from, to).forEach(subject -> values.addAll(subject.values()));
        Value.Place in = code.output().variable(declared.name() + "_contains", 1);
        code.add(new Instruction.Contains(in, set(declared, making.parser).name(), values));
        making.asked.put(asked, in);
        return asked;
    }

    /** Each instance of a parser has sets of its own. */
    private ValueSet set(Definition.ValueSet declared, Thing.Block parser) {
        ValueSet known = parser.valueSets.get(declared);
        if (known != null) return known;
        List<MatchField> fields = new ArrayList<>();
        Type element = parser.frame.type(declared.element());
        fields(
                element instanceof Type.Struct || element instanceof Type.Tuple ? "" : "value",
                element,
                declared.notes(),
                fields);
        code.output().checkFields(fields, declared.span());
        String name = code.output().unique(parser.frame.name(declared.label()));
        ValueSet made = new ValueSet(name, fields, size(declared, parser.frame));
        parser.valueSets.put(declared, made);
        code.output().parts.valueSets.add(made);
        return made;
    }

    private int size(Definition.ValueSet declared, Frame frame) {
        BigInteger size = expressions.integer(declared.size(), frame);
        if (size != null && size.signum() > 0 && size.bitLength() <= 26) return size.intValue();
        code.output().unsupported(declared.size().span(), "a value set has room for 1 to " + ((1 << 26) - 1), null);
        return 1;
    }

    /** The numbers that values of a type consist of, each matched as {@code @match} says. */
    private void fields(String name, Type type, List<Note> notes, List<MatchField> out) {
        String prefix = name.isEmpty() ? "" : name + ".";
        switch (type) {
            case Type.Struct s -> {
                Map<String, List<Note>> of = program.fieldNotes().getOrDefault(s.shape(), Map.of());
                s.fields().forEach(f -> fields(prefix + f.name(), f.type(), of.getOrDefault(f.name(), notes), out));
            }
            case Type.Tuple t -> {
                for (int i = 0; i < t.elements().size(); i++) {
                    fields(prefix + "f" + i, t.elements().get(i), notes, out);
                }
            }
            default -> out.add(new MatchField(name, kind(notes), Math.max(1, Layout.width(type))));
        }
    }

    private MatchKind kind(List<Note> notes) {
        Note note = Note.find(notes, "match");
        if (note == null) return MatchKind.EXACT;
        MatchKind kind = Tables.kind(note.text());
        if (kind != null) return kind;
        String help = "exact, lpm, ternary, range and optional are";
        code.output().unsupported(note.span(), "'" + note.text() + "' is no kind of match of a value set", help);
        return MatchKind.EXACT;
    }
}
