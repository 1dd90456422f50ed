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
    private final Pipeline.Builder parts = new Pipeline.Builder();
    private final Map<String, HeaderType> types = new LinkedHashMap<>();

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
        parts.headerTypes.addAll(types.values());
        return parts.build(name);
    }

    private void declaration() {
        String word = tokens.name("a declaration");
        switch (word) {
            case "errors" -> lines(() -> parts.errors.add(tokens.name("an error")));
            case "header" -> header();
            case "headers" -> lines(this::instance);
            case "variables" -> lines(this::variable);
            case "direct" -> resource(true, tokens.name("what is direct"));
            case "counter", "meter", "register" -> resource(false, word);
            case "digest" -> parts.digests.add(new Pipeline.Digest(tokens.name("a name"), parameters()));
            case "value_set" -> valueSet();
            case "profile", "selector" -> profile(word.equals("selector"));
            case "action" -> action();
            case "table" -> {
                Table table = new TableReader(tokens, code).table();
                code.declare(table);
                parts.tables.add(table);
            }
            case "parser" -> lines(this::state);
            case "control" -> {
                code.arguments(List.of());
                parts.control.addAll(code.body());
            }
            case "deparser" -> {
                code.arguments(List.of());
                parts.deparser.addAll(code.body());
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
        parts.headers.add(header);
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
        parts.variables.add(variable);
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

    private record Sized(String name, int size) {}

    /** A name followed by how many there can be, which is one token: {@code c[16]}. */
    private Sized sized() {
        String text = tokens.name("a name");
        int bracket = text.lastIndexOf('[');
        if (bracket < 0 || !text.endsWith("]"))
            throw tokens.fault("say how many cells " + text + " has: " + text + "[1024]");
        BigInteger size = new BigInteger(text.substring(bracket + 1, text.length() - 1));
        if (size.signum() == 0 || size.bitLength() > 30) throw tokens.fault(text + ": there cannot be so many");
        return new Sized(text.substring(0, bracket), size.intValue());
    }

    private void valueSet() {
        Sized sized = sized();
        List<MatchField> fields = new ArrayList<>();
        lines(() -> {
            String name = tokens.text();
            fields.add(new MatchField(name, constant(Table.MatchKind.class, tokens), width()));
        });
        parts.valueSets.add(new ValueSet(sized.name, fields, sized.size));
    }

    private void profile(boolean selects) {
        Sized sized = sized();
        parts.profiles.add(new ActionProfile(sized.name, sized.size, selects));
    }

    private void resource(boolean direct, String kind) {
        Sized sized = direct ? new Sized(tokens.name("a name"), Resource.DIRECT) : sized();
        String name = sized.name;
        int size = sized.size;
        parts.resources.add(
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
        parts.actions.add(new Pipeline.Action(name, parameters, code.body()));
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
        parts.states.add(new Pipeline.State(name, body, transition));
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
