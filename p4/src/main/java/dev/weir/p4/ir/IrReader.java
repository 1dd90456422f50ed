package dev.weir.p4.ir;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes a {@link Pipeline} of the text of {@link IrPrinter}. What it gives is well formed; whether it makes sense tells {@link IrVerifier}. Throws an
 * {@link IrSyntaxException} at the first fault, whatever the text, and nothing else.
 */
public final class IrReader {
    private final IrTokens tokens;
    private final CodeReader code;
    private final List<String> errors = new ArrayList<>(Pipeline.CORE_ERRORS);
    private final Map<String, HeaderType> types = new LinkedHashMap<>();
    private final List<Pipeline.Header> headers = new ArrayList<>();
    private final List<Pipeline.Variable> variables = new ArrayList<>();
    private final List<Resource> resources = new ArrayList<>();
    private final List<Pipeline.Digest> digests = new ArrayList<>();
    private final List<Pipeline.Action> actions = new ArrayList<>();
    private final List<Table> tables = new ArrayList<>();
    private final List<Pipeline.State> states = new ArrayList<>();
    private final List<Instruction> control = new ArrayList<>();
    private final List<Instruction> deparser = new ArrayList<>();

    private IrReader(String text) {
        tokens = new IrTokens(text);
        code = new CodeReader(tokens);
    }

    public static Pipeline read(String text) {
        return new IrReader(text).pipeline();
    }

    private Pipeline pipeline() {
        tokens.take("program");
        String name = tokens.name("the program's name");
        while (!tokens.ends()) declaration();
        return new Pipeline(
                name,
                errors,
                List.copyOf(types.values()),
                headers,
                variables,
                resources,
                digests,
                actions,
                tables,
                states,
                control,
                deparser);
    }

    private void declaration() {
        String word = tokens.name("a declaration");
        switch (word) {
            case "errors" -> lines(() -> errors.add(tokens.name("an error")));
            case "header" -> header();
            case "headers" -> lines(this::instance);
            case "variables" -> lines(this::variable);
            case "direct" -> resource(true, tokens.name("what is direct"));
            case "counter", "meter", "register" -> resource(false, word);
            case "digest" -> digests.add(new Pipeline.Digest(tokens.name("a name"), parameters()));
            case "action" -> action();
            case "table" -> {
                Table table = new TableReader(tokens, code).table();
                code.declare(table);
                tables.add(table);
            }
            case "parser" -> lines(this::state);
            case "control" -> {
                code.arguments(List.of());
                control.addAll(code.body());
            }
            case "deparser" -> {
                code.arguments(List.of());
                deparser.addAll(code.body());
            }
            default -> throw tokens.fault("no declaration begins with " + word);
        }
    }

    private void lines(Runnable line) {
        tokens.take("{");
        while (!tokens.took("}")) line.run();
    }

    private int width() {
        return tokens.integer(Value.MOST_BITS);
    }

    private void header() {
        String name = tokens.name("a name");
        List<HeaderType.Field> fields = new ArrayList<>();
        lines(() -> {
            String field = tokens.name("a field");
            boolean varbit = tokens.took("varbit");
            fields.add(new HeaderType.Field(field, width(), varbit));
        });
        types.put(name, new HeaderType(name, fields));
    }

    private void instance() {
        String name = tokens.name("a header");
        String typeName = tokens.name("a type");
        HeaderType type = types.get(typeName);
        if (type == null) throw tokens.fault("no header type is called " + typeName + "; declare it before its use");
        Pipeline.Header header = new Pipeline.Header(name, type);
        headers.add(header);
        code.declare(header.valid());
        for (HeaderType.Field field : type.fields()) {
            code.declare(header.field(field));
            if (field.varbit()) code.declare(header.length(field));
        }
    }

    private void variable() {
        String name = tokens.name("a variable");
        int width = width();
        Pipeline.Role role = tokens.took("=") ? constant(Pipeline.Role.class, tokens) : null;
        Pipeline.Variable variable = new Pipeline.Variable(name, width, role);
        variables.add(variable);
        code.declare(variable.place());
    }

    static <E extends Enum<E>> E constant(Class<E> kind, IrTokens tokens) {
        String word = tokens.name("one of " + words(kind));
        for (E constant : kind.getEnumConstants()) {
            if (IrPrinter.lower(constant).equals(word)) return constant;
        }
        throw tokens.fault("expected one of " + words(kind) + ", not " + word);
    }

    private static String words(Class<? extends Enum<?>> kind) {
        List<String> words = new ArrayList<>();
        for (Enum<?> constant : kind.getEnumConstants()) words.add(IrPrinter.lower(constant));
        return String.join(", ", words).toLowerCase(Locale.ROOT);
    }

    private void resource(boolean direct, String kind) {
        // a name followed by its size is one token: c[16]
        String name = tokens.name("a name");
        int size = Resource.DIRECT;
        int bracket = name.lastIndexOf('[');
        if (!direct) {
            if (bracket < 0 || !name.endsWith("]"))
                throw tokens.fault("say how many cells " + name + " has: " + name + "[1024]");
            BigInteger cells = new BigInteger(name.substring(bracket + 1, name.length() - 1));
            if (cells.signum() == 0 || cells.bitLength() > 30)
                throw tokens.fault("a resource cannot have " + cells + " cells");
            size = cells.intValue();
            name = name.substring(0, bracket);
        }
        resources.add(
                switch (kind) {
                    case "counter" -> new Resource.Counter(name, size, constant(Resource.Unit.class, tokens));
                    case "meter" -> new Resource.Meter(name, size, constant(Resource.Unit.class, tokens));
                    case "register" -> {
                        int width = width();
                        yield new Resource.Register(
                                name, size, width, tokens.took("=") ? tokens.number() : BigInteger.ZERO);
                    }
                    default -> throw tokens.fault("nothing direct is called " + kind);
                });
    }

    private List<Pipeline.Parameter> parameters() {
        List<Pipeline.Parameter> parameters = new ArrayList<>();
        tokens.take("(");
        while (!tokens.took(")")) {
            if (!parameters.isEmpty()) tokens.take(",");
            parameters.add(new Pipeline.Parameter(tokens.name("a name"), width()));
        }
        return parameters;
    }

    private void action() {
        String name = tokens.name("an action");
        List<Pipeline.Parameter> parameters = parameters();
        code.arguments(parameters);
        actions.add(new Pipeline.Action(name, parameters, code.body()));
        code.arguments(List.of());
    }

    private void state() {
        tokens.take("state");
        String name = tokens.name("a state");
        tokens.take("{");
        List<Instruction> body = new ArrayList<>();
        while (!tokens.is("goto") && !tokens.is("select")) body.add(code.instruction());
        Transition transition;
        if (tokens.took("goto")) {
            transition = new Transition.Goto(tokens.name("a state"));
        } else {
            tokens.take("select");
            transition = select();
        }
        tokens.take("}");
        states.add(new Pipeline.State(name, body, transition));
    }

    private Transition select() {
        List<Value> keys = code.values();
        List<Transition.Case> cases = new ArrayList<>();
        lines(() -> {
            List<Match> matches = code.matches();
            tokens.take("goto");
            cases.add(new Transition.Case(matches, tokens.name("a state")));
        });
        return new Transition.Select(keys, cases);
    }
}
