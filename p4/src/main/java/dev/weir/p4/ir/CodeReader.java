package dev.weir.p4.ir;

import dev.weir.p4.ir.IrTokens.Kind;
import dev.weir.p4.ir.Value.BinaryOperator;
import dev.weir.p4.ir.Value.HashAlgorithm;
import dev.weir.p4.ir.Value.UnaryOperator;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@link ValuePrinter} and {@link InstructionPrinter} print. */
final class CodeReader {
    /** How deep values and bodies may nest. */
    private static final int MOST_DEPTH = 200;

    private static final Map<String, BinaryOperator> OPERATORS = new HashMap<>();
    private static final Map<String, HashAlgorithm> HASHES = new HashMap<>();

    static {
        for (BinaryOperator operator : BinaryOperator.values()) OPERATORS.put(operator.symbol, operator);
        for (HashAlgorithm algorithm : HashAlgorithm.values()) HASHES.put(ValuePrinter.name(algorithm), algorithm);
    }

    private final IrTokens tokens;

    /** Widths of places and, in an action, of its arguments by name with a dollar sign. */
    private final Map<String, Integer> widths = new HashMap<>();

    private final Map<String, Table> ran = new HashMap<>();
    private int depth;

    CodeReader(IrTokens tokens) {
        this.tokens = tokens;
    }

    void declare(Value.Place place) {
        widths.put(place.name(), place.width());
    }

    void declare(Table table) {
        declare(table.hit());
        declare(table.ran());
        ran.put(table.ran().name(), table);
    }

    /** In place of those of the last action. */
    void arguments(List<Pipeline.Parameter> parameters) {
        widths.keySet().removeIf(name -> name.startsWith("$"));
        for (Pipeline.Parameter parameter : parameters) widths.put("$" + parameter.name(), parameter.width());
    }

    private Value.Place place() {
        String name = tokens.name("a place");
        return new Value.Place(name, width(name));
    }

    private int width(String name) {
        Integer width = widths.get(name);
        if (width == null) throw tokens.fault("nothing is called " + name + "; declare it before its use");
        return width;
    }

    /** An operand, or two of them with an operator. */
    Value value() {
        Value left = operand();
        String symbol = tokens.peek().text();
        BinaryOperator operator = tokens.peek().kind() == Kind.SYMBOL ? OPERATORS.get(symbol) : null;
        Value value = left;
        if (operator != null) {
            tokens.take(symbol);
            value = new Value.Binary(operator, left, operand());
        } else if (tokens.took("++")) {
            value = new Value.Concat(left, operand());
        } else if (tokens.took("?")) {
            Value then = operand();
            tokens.take(":");
            value = new Value.Choose(left, then, operand());
        }
        return value;
    }

    private void deeper() {
        if (++depth > MOST_DEPTH) throw tokens.fault("nested more than " + MOST_DEPTH + " deep");
    }

    private Value operand() {
        deeper();
        Value value = primary();
        depth--;
        while (tokens.is("[") && tokens.second().kind() == Kind.NUMBER) {
            tokens.take("[");
            int high = tokens.integer(Integer.MAX_VALUE - 1);
            tokens.take(":");
            value = new Value.Slice(value, high, tokens.integer(Integer.MAX_VALUE - 1));
            tokens.take("]");
        }
        return value;
    }

    private Value primary() {
        if (tokens.took("~")) return new Value.Unary(UnaryOperator.NOT, operand());
        if (tokens.took("-")) return new Value.Unary(UnaryOperator.NEGATE, operand());
        if (tokens.took("(")) {
            Value value = value();
            tokens.take(")");
            return value;
        }
        return switch (tokens.peek().kind()) {
            case SIZED -> constant(tokens.take(Kind.SIZED, "a constant"));
            case ARGUMENT -> {
                String name = tokens.take(Kind.ARGUMENT, "an argument");
                yield new Value.Argument(name.substring(1), width(name));
            }
            default -> tokens.second().text().equals("(") ? function() : place();
        };
    }

    private Value constant(String text) {
        int w = text.indexOf('w');
        BigInteger width = IrTokens.number(text.substring(0, w));
        if (width.bitLength() > 30) throw tokens.fault("a constant cannot have " + width + " bits");
        return new Value.Constant(IrTokens.number(text.substring(w + 1)), width.intValue());
    }

    private Value function() {
        String name = tokens.name("a value");
        List<Value> arguments = values();
        if (name.matches("[zs]ext\\d{1,5}") && arguments.size() == 1) {
            return new Value.Extend(arguments.getFirst(), Integer.parseInt(name.substring(4)), name.startsWith("sext"));
        }
        HashAlgorithm algorithm = HASHES.get(name);
        if (algorithm != null && arguments.size() == 2) {
            return new Value.Hash(algorithm, arguments.getFirst(), arguments.getLast());
        }
        throw tokens.fault("no function is " + name + " with " + arguments.size() + " arguments");
    }

    List<Value> values() {
        List<Value> values = new ArrayList<>();
        tokens.take("(");
        while (!tokens.took(")")) {
            if (!values.isEmpty()) tokens.take(",");
            values.add(value());
        }
        return values;
    }

    List<Match> matches() {
        List<Match> matches = new ArrayList<>();
        tokens.take("(");
        while (!tokens.took(")")) {
            if (!matches.isEmpty()) tokens.take(",");
            matches.add(match());
        }
        return matches;
    }

    private Match match() {
        if (tokens.took("_")) return new Match.Any();
        BigInteger number = tokens.number();
        if (tokens.took("&&&")) return new Match.Masked(number, tokens.number());
        return tokens.took("..") ? new Match.Range(number, tokens.number()) : new Match.Exactly(number);
    }

    /** In braces. */
    List<Instruction> body() {
        deeper();
        tokens.take("{");
        List<Instruction> body = new ArrayList<>();
        while (!tokens.took("}")) body.add(instruction());
        depth--;
        return body;
    }

    Instruction instruction() {
        String next = tokens.second().text();
        if (next.equals("=") || next.equals("<-")) return assignment();
        String verb = tokens.name("an instruction");
        return switch (verb) {
            case "if" -> branch();
            case "switch" -> choice();
            case "block" -> new Instruction.Block(tokens.name("a label"), body());
            case "leave" -> new Instruction.Leave(label());
            case "loop" -> new Instruction.Loop(tokens.integer(Integer.MAX_VALUE - 1), body());
            case "apply" -> new Instruction.Apply(tokens.name("a table"));
            case "extract" -> new Instruction.Extract(tokens.name("a header"), only());
            case "advance" -> new Instruction.Advance(value());
            case "fail" -> new Instruction.Fail(tokens.name("an error"));
            case "emit" -> new Instruction.Emit(tokens.name("a header"));
            case "count" -> new Instruction.Count(tokens.name("a counter"), index());
            case "write" -> write();
            case "notify" -> new Instruction.Notify(tokens.name("a digest"), values());
            case "forward" -> new Instruction.Forward(value());
            case "drop" -> new Instruction.Drop();
            case "mirror" -> mirror();
            case "mark_flow" -> new Instruction.MarkFlow(value());
            case "recall_flows" -> new Instruction.RecallFlows();
            case "recirculate" -> new Instruction.Recirculate();
            case "restart_timer" -> new Instruction.RestartTimer(only());
            default -> throw tokens.fault("there is no instruction " + verb);
        };
    }

    private String label() {
        return tokens.peek().kind() == Kind.ARGUMENT ? tokens.take(Kind.ARGUMENT, "a label") : tokens.name("a label");
    }

    private Instruction assignment() {
        Value.Place to = place();
        if (tokens.took("=")) return new Instruction.Assign(to, value());
        tokens.take("<-");
        String verb = tokens.name("what to do");
        return switch (verb) {
            case "lookahead" -> new Instruction.Lookahead(to);
            case "execute" -> new Instruction.ExecuteMeter(to, tokens.name("a meter"), index(), only());
            case "read" -> new Instruction.ReadRegister(to, tokens.name("a register"), index());
            case "contains" -> new Instruction.Contains(to, tokens.name("a set"), values());
            case "random" -> {
                List<Value> ends = two("random");
                yield new Instruction.Random(to, ends.getFirst(), ends.getLast());
            }
            case "add_entry" -> {
                String action = tokens.name("an action");
                List<Value> arguments = values();
                tokens.take("profile");
                yield new Instruction.AddEntry(to, action, arguments, value());
            }
            default -> throw tokens.fault("nothing gives a result and is called " + verb);
        };
    }

    private Instruction write() {
        String register = tokens.name("a register");
        Value index = index();
        tokens.take("=");
        return new Instruction.WriteRegister(register, index, value());
    }

    private Instruction mirror() {
        List<Value> both = two("mirror");
        return new Instruction.Mirror(both.getFirst(), both.getLast());
    }

    private List<Value> two(String verb) {
        List<Value> values = values();
        if (values.size() != 2) throw tokens.fault(verb + " takes two values, not " + values.size());
        return values;
    }

    private @Nullable Value index() {
        if (!tokens.took("[")) return null;
        Value index = value();
        tokens.take("]");
        return index;
    }

    private @Nullable Value only() {
        if (!tokens.took("(")) return null;
        Value value = value();
        tokens.take(")");
        return value;
    }

    private Instruction branch() {
        deeper();
        Value condition = value();
        List<Instruction> then = body();
        List<Instruction> otherwise = List.of();
        if (tokens.took("else")) otherwise = tokens.took("if") ? List.of(branch()) : body();
        depth--;
        return new Instruction.If(condition, then, otherwise);
    }

    private Instruction choice() {
        Value on = value();
        Table table = on instanceof Value.Place place ? ran.get(place.name()) : null;
        List<Instruction.Case> cases = new ArrayList<>();
        tokens.take("{");
        while (tokens.took("case")) {
            List<BigInteger> numbers = new ArrayList<>();
            do numbers.add(label(table));
            while (tokens.took(","));
            cases.add(new Instruction.Case(numbers, body()));
        }
        List<Instruction> otherwise = tokens.took("else") ? body() : List.of();
        tokens.take("}");
        return new Instruction.Switch(on, cases, otherwise);
    }

    private BigInteger label(@Nullable Table table) {
        if (table == null || tokens.peek().kind() != Kind.NAME) return tokens.number();
        String action = tokens.name("an action");
        int number = table.actionNumber(action);
        if (number < 0) throw tokens.fault("table " + table.name() + " has no action " + action);
        return BigInteger.valueOf(number);
    }
}
