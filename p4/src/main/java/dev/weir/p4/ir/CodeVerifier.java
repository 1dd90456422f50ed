package dev.weir.p4.ir;

import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the instructions and values of one piece of code after the other: names are declared, widths fit, everything is where it may be. */
final class CodeVerifier {
    /** What a piece of code may do. */
    enum Where {
        PARSER,
        CONTROL,
        ACTION,
        DEPARSER
    }

    private final IrSymbols symbols;
    private final List<String> faults;
    private final Deque<String> labels = new ArrayDeque<>();
    private final Map<String, Integer> arguments = new HashMap<>();
    private Where where = Where.CONTROL;
    private String place = "";

    CodeVerifier(IrSymbols symbols, List<String> faults) {
        this.symbols = symbols;
        this.faults = faults;
    }

    /** @param place named in faults */
    void enter(Where where, String place, List<Pipeline.Parameter> parameters) {
        this.where = where;
        this.place = place;
        arguments.clear();
        for (Pipeline.Parameter parameter : parameters) arguments.put(parameter.name(), parameter.width());
    }

    void fault(String what) {
        faults.add(place + ": " + what);
    }

    private void unless(boolean fine, Instruction at, String what) {
        if (!fine) fault("`" + firstLine(at) + "`: " + what);
    }

    private static String firstLine(Instruction instruction) {
        String text = IrPrinter.print(List.of(instruction));
        return text.substring(0, text.indexOf('\n'));
    }

    void body(List<Instruction> body) {
        body.forEach(this::instruction);
    }

    private void instruction(Instruction instruction) {
        switch (instruction) {
            case Instruction.Assign i -> assigned(i, i.to(), value(i.value()));
            case Instruction.If i -> {
                unless(value(i.condition()) == 1, i, "a condition has one bit");
                body(i.then());
                body(i.otherwise());
            }
            case Instruction.Switch i -> choice(i);
            case Instruction.Block i -> {
                labels.push(i.label());
                body(i.body());
                labels.pop();
            }
            case Instruction.Loop i -> body(i.body());
            case Instruction.Leave i -> {
                boolean ends = i.label().equals(Pipeline.EXIT) && where != Where.PARSER;
                unless(ends || labels.contains(i.label()), i, "no block around it has this label");
            }
            case Instruction.Apply i -> {
                unless(where != Where.ACTION, i, "an action cannot apply a table");
                unless(symbols.tables.containsKey(i.table()), i, "there is no such table");
            }
            case Instruction.Extract _,
                    Instruction.Advance _,
                    Instruction.Lookahead _,
                    Instruction.Fail _,
                    Instruction.Emit _ -> packet(instruction);
            case Instruction.Forward _,
                    Instruction.Drop _,
                    Instruction.Mirror _,
                    Instruction.MarkFlow _,
                    Instruction.RecallFlows _,
                    Instruction.Recirculate _,
                    Instruction.AddEntry _,
                    Instruction.RestartTimer _ -> decision(instruction);
            default -> resource(instruction);
        }
    }

    private void assigned(Instruction i, Value.Place to, int width) {
        value(to);
        unless(to.width() == width, i, to.width() + " bits are assigned " + width);
    }

    private void choice(Instruction.Switch i) {
        int width = value(i.on());
        Set<BigInteger> seen = new HashSet<>();
        for (Instruction.Case arm : i.cases()) {
            for (BigInteger number : arm.numbers()) {
                unless(fits(number, width), i, "case " + number + " does not fit " + width + " bits");
                unless(seen.add(number), i, "case " + number + " is there twice");
            }
            body(arm.body());
        }
        body(i.otherwise());
    }

    static boolean fits(BigInteger number, int width) {
        return number.signum() >= 0 && number.bitLength() <= width;
    }

    /** What reads and makes packets. */
    private void packet(Instruction instruction) {
        boolean emits = instruction instanceof Instruction.Emit;
        unless(
                where == (emits ? Where.DEPARSER : Where.PARSER),
                instruction,
                "this is for the " + (emits ? "deparser" : "parser"));
        switch (instruction) {
            case Instruction.Extract i -> {
                Pipeline.Header header = symbols.headers.get(i.header());
                unless(header != null, i, "there is no such header");
                if (header != null) {
                    boolean varbit = header.type().hasVarbit();
                    unless(
                            varbit == (i.varbitBits() != null),
                            i,
                            "a length is given if and only if the header has a varbit");
                }
                if (i.varbitBits() != null) unless(value(i.varbitBits()) == 32, i, "a length has 32 bits");
            }
            case Instruction.Advance i -> unless(value(i.bits()) == 32, i, "a length has 32 bits");
            case Instruction.Lookahead i -> value(i.to());
            case Instruction.Fail i -> unless(symbols.errors.contains(i.error()), i, "there is no such error");
            case Instruction.Emit i -> unless(symbols.headers.containsKey(i.header()), i, "there is no such header");
            default -> throw new AssertionError(instruction);
        }
    }

    /** What decides about the packet or about entries. */
    private void decision(Instruction instruction) {
        boolean ofEntries =
                instruction instanceof Instruction.AddEntry || instruction instanceof Instruction.RestartTimer;
        boolean here = ofEntries ? where == Where.ACTION : where == Where.ACTION || where == Where.CONTROL;
        unless(here, instruction, ofEntries ? "this is for actions" : "this is for control and actions");
        switch (instruction) {
            case Instruction.Forward i -> unless(value(i.port()) == 32, i, "a port has 32 bits");
            case Instruction.Mirror i -> {
                unless(value(i.slot()) == 8, i, "a slot has 8 bits");
                unless(value(i.session()) == 16, i, "a session has 16 bits");
            }
            case Instruction.MarkFlow i -> unless(value(i.offloaded()) == 1, i, "a mark has one bit");
            case Instruction.AddEntry i -> {
                assigned(i, i.status(), 1);
                unless(value(i.profile()) == 8, i, "a profile has 8 bits");
                Pipeline.Action action = symbols.actions.get(i.action());
                unless(action != null, i, "there is no such action");
                if (action != null) arguments(i, action.parameters(), i.arguments());
            }
            case Instruction.RestartTimer i ->
                unless(i.profile() == null || value(i.profile()) == 8, i, "a profile has 8 bits");
            default -> {}
        }
    }

    private void arguments(Instruction at, List<Pipeline.Parameter> parameters, List<Value> values) {
        unless(parameters.size() == values.size(), at, parameters.size() + " values are needed");
        for (int n = 0; n < Math.min(parameters.size(), values.size()); n++) {
            Pipeline.Parameter parameter = parameters.get(n);
            unless(
                    value(values.get(n)) == parameter.width(),
                    at,
                    parameter.name() + " has " + parameter.width() + " bits");
        }
    }

    private void resource(Instruction instruction) {
        switch (instruction) {
            case Instruction.Count i -> cell(i, Resource.Counter.class, i.counter(), i.index());
            case Instruction.ExecuteMeter i -> {
                cell(i, Resource.Meter.class, i.meter(), i.index());
                assigned(i, i.to(), 2);
                if (i.color() != null) unless(value(i.color()) == 2, i, "a colour has 2 bits");
            }
            case Instruction.ReadRegister i -> {
                Resource.Register register = cell(i, Resource.Register.class, i.register(), i.index());
                if (register != null) assigned(i, i.to(), register.width());
            }
            case Instruction.WriteRegister i -> {
                Resource.Register register = cell(i, Resource.Register.class, i.register(), i.index());
                int width = value(i.value());
                unless(register == null || register.width() == width, i, "the register is not " + width + " bits wide");
            }
            case Instruction.Random i -> {
                assigned(i, i.to(), value(i.low()));
                assigned(i, i.to(), value(i.high()));
                unless(i.to().width() <= 64, i, "a random number has at most 64 bits");
            }
            case Instruction.Contains i -> {
                assigned(i, i.to(), 1);
                ValueSet set = symbols.valueSets.get(i.set());
                unless(set != null, i, "there is no such set");
                if (set != null) {
                    arguments(
                            i,
                            set.fields().stream()
                                    .map(f -> new Pipeline.Parameter(f.name(), f.width()))
                                    .toList(),
                            i.values());
                }
            }
            case Instruction.Notify i -> {
                Pipeline.Digest digest = symbols.digests.get(i.digest());
                unless(digest != null, i, "there is no such digest");
                if (digest != null) arguments(i, digest.fields(), i.values());
            }
            default -> throw new AssertionError(instruction);
        }
    }

    private <R extends Resource> @Nullable R cell(Instruction i, Class<R> kind, String name, @Nullable Value index) {
        Resource resource = symbols.resources.get(name);
        if (!kind.isInstance(resource)) {
            unless(false, i, "there is no such " + kind.getSimpleName().toLowerCase(java.util.Locale.ROOT));
            return null;
        }
        unless(resource.direct() == (index == null), i, "an index is given if and only if it is not direct");
        unless(!resource.direct() || where == Where.ACTION, i, "what is direct is for actions");
        if (index != null) unless(value(index) <= 64, i, "an index has at most 64 bits");
        return kind.cast(resource);
    }

    /** @return its width */
    int value(Value value) {
        switch (value) {
            case Value.Constant v -> {
                if (!fits(v.number(), v.width())) fault(v.number() + " does not fit " + v.width() + " bits");
            }
            case Value.Place v -> declared(v.name(), v.width(), symbols.places.get(v.name()));
            case Value.Argument v -> declared("$" + v.name(), v.width(), arguments.get(v.name()));
            case Value.Unary v -> value(v.operand());
            case Value.Binary v -> {
                int left = value(v.left());
                int right = value(v.right());
                if (left != right && !v.operator().shifts())
                    wrong(v, "operands have " + left + " and " + right + " bits");
            }
            case Value.Concat v -> {
                value(v.high());
                value(v.low());
            }
            case Value.Slice v -> {
                int width = value(v.of());
                if (v.low() < 0 || v.low() > v.high() || v.high() >= width)
                    wrong(v, "there are bits " + (width - 1) + " to 0");
            }
            case Value.Extend v -> {
                if (value(v.of()) > v.width()) wrong(v, "this is no extension");
            }
            case Value.Choose v -> {
                if (value(v.condition()) != 1) wrong(v, "a condition has one bit");
                int then = value(v.then());
                int otherwise = value(v.otherwise());
                if (then != otherwise) wrong(v, "the choice is between " + then + " and " + otherwise + " bits");
            }
            case Value.Hash v -> {
                if (value(v.from()) != v.width()) wrong(v, "it goes on from " + v.width() + " bits");
                if (value(v.data()) % 8 != 0) wrong(v, "only whole bytes are hashed");
            }
        }
        int width = value.width();
        if (width < 1 || (width > Value.MOST_BITS && !(value instanceof Value.Concat)))
            wrong(value, "it has " + width + " bits");
        return width;
    }

    private void declared(String name, int width, @Nullable Integer declared) {
        if (declared == null) {
            fault("nothing is called " + name);
        } else if (declared != width) {
            fault(name + " has " + declared + " bits, not " + width);
        }
    }

    private void wrong(Value value, String what) {
        fault("`" + IrPrinter.print(value) + "`: " + what);
    }
}
