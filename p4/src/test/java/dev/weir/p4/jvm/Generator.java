package dev.weir.p4.jvm;

import dev.weir.p4.ir.ActionProfile;
import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.MatchField;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.ir.Value;
import dev.weir.p4.ir.ValueSet;
import dev.weir.table.cache.CachePolicy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes pipelines that have no fault, and packets for them, from a seed. All kinds of instructions and values occur. */
final class Generator {
    private static final int[] WIDTHS = {
        1, 2, 4, 7, 8, 9, 13, 16, 20, 24, 31, 32, 33, 40, 48, 63, 64, 65, 100, 128, 200, 320
    };

    private static final List<Value.BinaryOperator> COMPARISONS = Arrays.stream(Value.BinaryOperator.values())
            .filter(Value.BinaryOperator::compares)
            .toList();
    private static final List<Value.BinaryOperator> OPERATORS = Arrays.stream(Value.BinaryOperator.values())
            .filter(operator -> !operator.compares())
            .toList();

    /** Of permissions the highest bit: what the test adds is allowed. */
    private static final int CONTROL_CREATES = 1 << 13;

    private static final List<Table.MatchKind> MATCHED_BY_MASK =
            List.of(Table.MatchKind.EXACT, Table.MatchKind.TERNARY, Table.MatchKind.RANGE, Table.MatchKind.OPTIONAL);

    private final SplittableRandom random;
    private final Pipeline.Builder parts = new Pipeline.Builder();
    private final List<Value.Place> places = new ArrayList<>();
    private List<Pipeline.Parameter> parameters = List.of();
    private final List<String> labels = new ArrayList<>();
    private boolean inAction;
    private int named;

    Generator(long seed) {
        random = new SplittableRandom(seed);
    }

    private int below(int n) {
        return random.nextInt(n);
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private <T> T any(List<T> of) {
        return of.get(below(of.size()));
    }

    private String name(String prefix) {
        return prefix + named++;
    }

    private int width() {
        return WIDTHS[below(WIDTHS.length)];
    }

    Pipeline pipeline() {
        declare();
        parts.states.addAll(states());
        actions();
        tables();
        parts.control.addAll(body(3, 8));
        for (Table table : parts.tables) {
            if (oneIn(2)) parts.control.add(below(parts.control.size() + 1), new Instruction.Apply(table.name()));
        }
        parts.deparser.addAll(deparser());
        return parts.build("generated");
    }

    private void declare() {
        for (int i = 0; i < 2 + below(3); i++) parts.headerTypes.add(type());
        for (int i = 0; i < 3 + below(3); i++)
            parts.headers.add(new Pipeline.Header(name("hdr.h"), any(parts.headerTypes)));
        for (Pipeline.Role role : Pipeline.Role.values()) {
            if (oneIn(2)) parts.variables.add(new Pipeline.Variable(name("in"), Math.min(64, width()), role));
        }
        for (int i = 0; i < 8; i++) parts.variables.add(new Pipeline.Variable(name("v"), width(), null));
        for (int i = 0; i < 3; i++) {
            parts.resources.add(new Resource.Register(name("r"), 1 + below(4), width(), number(1)));
            parts.resources.add(new Resource.Counter(name("c"), 1 + below(4), Resource.Unit.PACKETS_AND_BYTES));
        }
        parts.resources.add(new Resource.Register(name("d"), Resource.DIRECT, width(), number(1)));
        parts.resources.add(new Resource.Counter(name("d"), Resource.DIRECT, Resource.Unit.PACKETS));
        parts.digests.add(new Pipeline.Digest("digest", List.of(new Pipeline.Parameter("a", width()))));
        for (int i = 0; i < 2; i++) parts.valueSets.add(valueSet());
        parts.profiles.add(new ActionProfile("members", 4, false));
        parts.profiles.add(new ActionProfile("chosen", 4, true));
        for (Pipeline.Variable variable : parts.variables) places.add(variable.place());
        for (Pipeline.Header header : parts.headers) {
            places.add(header.valid());
            for (HeaderType.Field field : header.type().fields()) {
                if (!field.varbit()) places.add(header.field(field));
            }
        }
    }

    private ValueSet valueSet() {
        List<MatchField> fields = new ArrayList<>();
        Table.MatchKind first = any(List.of(Table.MatchKind.values()));
        for (int i = 0; i <= below(3); i++) {
            Table.MatchKind kind = i == 0 ? first : any(MATCHED_BY_MASK);
            fields.add(new MatchField("f" + i, kind, width(kind)));
        }
        return new ValueSet(name("set"), fields, 3);
    }

    private int width(Table.MatchKind kind) {
        return kind == Table.MatchKind.RANGE ? 1 + below(64) : width();
    }

    private HeaderType type() {
        List<HeaderType.Field> fields = new ArrayList<>();
        int bits = 0;
        boolean varbit = oneIn(3);
        for (int i = 0; i < 1 + below(5); i++) {
            int width = width();
            fields.add(new HeaderType.Field(name("f"), width, false));
            bits += width;
        }
        if (bits % 8 != 0) fields.add(new HeaderType.Field(name("f"), 8 - bits % 8, false));
        if (varbit) {
            fields.add(new HeaderType.Field(name("f"), 8 * (1 + below(20)), true));
            if (oneIn(2)) fields.add(new HeaderType.Field(name("f"), 16, false));
        }
        return new HeaderType(name("t"), fields);
    }

    private BigInteger number(int width) {
        BigInteger all = Value.mask(width);
        return switch (below(5)) {
            case 0 -> BigInteger.valueOf(below(4)).and(all);
            case 1 -> all;
            case 2 -> all.shiftRight(1);
            case 3 -> BigInteger.ONE.shiftLeft(width - 1);
            default -> bits(width);
        };
    }

    private BigInteger bits(int width) {
        byte[] bytes = new byte[width / 8 + 1];
        random.nextBytes(bytes);
        return new BigInteger(1, bytes).and(Value.mask(width));
    }

    private Value.Constant constant(int width) {
        return new Value.Constant(number(width), width);
    }

    private Value leaf(int width) {
        List<Value> known = new ArrayList<>();
        for (Value.Place place : places) {
            if (place.width() == width) known.add(place);
        }
        for (Pipeline.Parameter parameter : parameters) {
            if (parameter.width() == width) known.add(new Value.Argument(parameter.name(), width));
        }
        if (!known.isEmpty() && !oneIn(4)) return any(known);
        Value.Place place = any(places);
        if (oneIn(3)) return constant(width);
        if (place.width() < width) return new Value.Extend(place, width, oneIn(2));
        int low = below(place.width() - width + 1);
        return new Value.Slice(place, low + width - 1, low);
    }

    Value value(int width, int depth) {
        if (depth == 0 || oneIn(4)) return leaf(width);
        return switch (below(8)) {
            case 0 ->
                new Value.Unary(
                        oneIn(2) ? Value.UnaryOperator.NOT : Value.UnaryOperator.NEGATE, value(width, depth - 1));
            case 1 -> new Value.Choose(value(1, depth - 1), value(width, depth - 1), value(width, depth - 1));
            case 2 -> {
                if (width == 1) yield comparison(depth);
                int low = 1 + below(width - 1);
                yield new Value.Concat(value(width - low, depth - 1), value(low, depth - 1));
            }
            case 3 -> {
                int wider = width + below(70);
                int low = below(wider - width + 1);
                yield new Value.Slice(value(wider, depth - 1), low + width - 1, low);
            }
            case 4 -> new Value.Extend(value(1 + below(width), depth - 1), width, oneIn(2));
            case 5 -> hash(width, depth);
            default -> width == 1 && oneIn(2) ? comparison(depth) : arithmetic(width, depth);
        };
    }

    private Value comparison(int depth) {
        int width = width();
        Value.BinaryOperator operator = any(COMPARISONS);
        return new Value.Binary(operator, value(width, depth - 1), value(width, depth - 1));
    }

    private Value arithmetic(int width, int depth) {
        Value.BinaryOperator operator = any(OPERATORS);
        int right = operator.shifts() ? oneIn(4) ? width() : 8 : width;
        return new Value.Binary(operator, value(width, depth - 1), value(right, depth - 1));
    }

    private Value hash(int width, int depth) {
        Value.HashAlgorithm algorithm = any(List.of(Value.HashAlgorithm.values()));
        Value data = value(8 * (1 + below(30)), depth - 1);
        if (oneIn(2)) data = new Value.Concat(data, value(16, depth - 1));
        Value hash = new Value.Hash(algorithm, value(algorithm.width, depth - 1), data);
        if (width == hash.width()) return hash;
        if (width > hash.width()) return new Value.Extend(hash, width, false);
        return new Value.Slice(hash, width - 1, 0);
    }

    private List<Instruction> body(int depth, int most) {
        List<Instruction> body = new ArrayList<>();
        for (int i = below(most); i >= 0; i--) body.add(instruction(depth));
        return body;
    }

    private Value.Place target() {
        return any(places);
    }

    private Instruction assign() {
        Value.Place to = target();
        return new Instruction.Assign(to, value(to.width(), 3));
    }

    private Instruction instruction(int depth) {
        if (depth == 0 || oneIn(3)) return assign();
        return switch (below(12)) {
            case 10 -> contains();
            case 0 -> new Instruction.If(value(1, 3), body(depth - 1, 4), oneIn(2) ? List.of() : body(depth - 1, 4));
            case 1 -> choice(depth);
            case 2 -> {
                String label = name("label");
                labels.add(label);
                List<Instruction> body = body(depth - 1, 4);
                labels.remove(label);
                yield new Instruction.Block(label, body);
            }
            case 3 ->
                labels.isEmpty()
                        ? assign()
                        : new Instruction.If(value(1, 2), List.of(new Instruction.Leave(any(labels))), List.of());
            case 4 -> new Instruction.Loop(below(4), body(depth - 1, 3));
            case 5 -> register();
            case 6 -> new Instruction.Count(named("c"), value(8, 1));
            case 7 -> verdict();
            case 8 -> {
                Value.Place to = target();
                yield to.width() > 64
                        ? assign()
                        : new Instruction.Random(to, value(to.width(), 1), value(to.width(), 1));
            }
            case 9 ->
                new Instruction.Notify(
                        "digest",
                        List.of(value(
                                parts.digests.getFirst().fields().getFirst().width(), 2)));
            default -> inAction ? direct() : assign();
        };
    }

    private Instruction contains() {
        ValueSet set = any(parts.valueSets);
        List<Value.Place> bits = places.stream().filter(p -> p.width() == 1).toList();
        List<Value> values =
                set.fields().stream().map(field -> value(field.width(), 1)).toList();
        return new Instruction.Contains(any(bits), set.name(), values);
    }

    private String named(String prefix) {
        List<String> names = new ArrayList<>();
        for (Resource resource : parts.resources) {
            if (resource.name().startsWith(prefix)) names.add(resource.name());
        }
        return any(names);
    }

    private Instruction choice(int depth) {
        int width = width();
        List<BigInteger> numbers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            BigInteger number = number(width);
            if (!numbers.contains(number)) numbers.add(number);
        }
        List<Instruction.Case> cases = new ArrayList<>();
        for (BigInteger number : numbers) cases.add(new Instruction.Case(List.of(number), body(depth - 1, 2)));
        return new Instruction.Switch(value(width, 2), cases, body(depth - 1, 2));
    }

    private Instruction register() {
        List<Resource> registers = parts.resources.stream()
                .filter(r -> r instanceof Resource.Register && (inAction || !r.direct()))
                .toList();
        Resource.Register register = (Resource.Register) any(registers);
        Value index = register.direct() ? null : value(oneIn(5) ? 64 : 3, 1);
        List<Value.Place> fits =
                places.stream().filter(p -> p.width() == register.width()).toList();
        if (fits.isEmpty() || oneIn(2)) {
            return new Instruction.WriteRegister(register.name(), index, value(register.width(), 2));
        }
        return new Instruction.ReadRegister(any(fits), register.name(), index);
    }

    private Instruction direct() {
        if (oneIn(3)) return new Instruction.RestartTimer(oneIn(2) ? null : value(8, 1));
        return register();
    }

    private Instruction verdict() {
        return switch (below(7)) {
            case 0 -> new Instruction.Drop();
            case 3 -> oneIn(4) ? new Instruction.RecallFlows() : new Instruction.MarkFlow(value(1, 2));
            case 1 -> new Instruction.Recirculate();
            case 2 -> new Instruction.Mirror(new Value.Constant(BigInteger.valueOf(below(4)), 8), value(16, 1));
            default -> new Instruction.Forward(value(32, 2));
        };
    }

    private List<Pipeline.State> states() {
        int count = 2 + below(4);
        List<Pipeline.State> states = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Instruction> body = new ArrayList<>();
            if (!oneIn(5)) body.add(extract(any(parts.headers)));
            if (oneIn(5)) body.add(new Instruction.Lookahead(target()));
            if (oneIn(5)) body.add(new Instruction.Advance(new Value.Constant(BigInteger.valueOf(8L * below(4)), 32)));
            if (oneIn(3)) body.add(assign());
            if (oneIn(3)) body.add(contains());
            if (oneIn(8)) {
                body.add(new Instruction.If(
                        value(1, 2), List.of(new Instruction.Fail(any(Pipeline.CORE_ERRORS))), List.of()));
            }
            states.add(new Pipeline.State("s" + i, body, transition(count)));
        }
        return states;
    }

    private Instruction extract(Pipeline.Header header) {
        if (!header.type().hasVarbit()) return new Instruction.Extract(header.name(), null);
        Value length = new Value.Extend(value(oneIn(6) ? 1 : 4, 2), 32, false);
        if (!oneIn(6)) length = new Value.Binary(Value.BinaryOperator.SHIFT_LEFT, length, Value.constant(3, 8));
        return new Instruction.Extract(header.name(), length);
    }

    private String state(int count) {
        return switch (below(4)) {
            case 0 -> Pipeline.ACCEPT;
            case 1 -> oneIn(3) ? Pipeline.REJECT : Pipeline.ACCEPT;
            default -> "s" + below(count);
        };
    }

    private Transition transition(int count) {
        if (oneIn(3)) return new Transition.Goto(state(count));
        List<Value> keys = new ArrayList<>();
        for (int i = 0; i <= below(2); i++) keys.add(value(oneIn(3) ? width() : 3, 2));
        List<Transition.Case> cases = new ArrayList<>();
        for (int i = 0; i < below(6); i++) {
            List<Match> matches = new ArrayList<>();
            for (Value key : keys) matches.add(match(key.width()));
            cases.add(new Transition.Case(matches, state(count)));
        }
        if (!oneIn(4))
            cases.add(new Transition.Case(
                    keys.stream().map(_ -> (Match) new Match.Any()).toList(), state(count)));
        return new Transition.Select(keys, cases);
    }

    private Match match(int width) {
        return switch (below(6)) {
            case 0 -> new Match.Any();
            case 1 -> new Match.Masked(number(width), number(width));
            case 2 -> {
                BigInteger a = number(width);
                BigInteger b = number(width);
                yield new Match.Range(a.min(b), a.max(b));
            }
            default -> new Match.Exactly(number(width));
        };
    }

    private void actions() {
        inAction = true;
        for (int i = 0; i < 4; i++) {
            parameters = new ArrayList<>();
            for (int n = 0; n < below(3); n++) parameters.add(new Pipeline.Parameter("p" + n, width()));
            List<Instruction> body = body(2, 4);
            if (i > 0 && oneIn(2)) {
                Pipeline.Action added = parts.actions.getFirst();
                List<Value> arguments = added.parameters().stream()
                        .map(p -> value(p.width(), 1))
                        .toList();
                Value.Place status =
                        places.stream().filter(p -> p.width() == 1).findFirst().orElseThrow();
                body.add(new Instruction.AddEntry(status, added.name(), arguments, value(8, 1)));
            }
            parts.actions.add(new Pipeline.Action("a" + i, parameters, body));
        }
        parameters = List.of();
        inAction = false;
    }

    private Table.Call call(Pipeline.Action action) {
        return new Table.Call(
                action.name(),
                action.parameters().stream().map(p -> number(p.width())).toList());
    }

    private void tables() {
        for (int i = 0; i < 1 + below(3); i++) {
            Table.MatchKind kind = oneIn(2) ? Table.MatchKind.EXACT : any(List.of(Table.MatchKind.values()));
            List<Table.Key> keys = new ArrayList<>();
            for (int n = 0; n < below(4); n++) {
                Table.MatchKind own = n == 0 || oneIn(3) ? kind : Table.MatchKind.EXACT;
                if (own == Table.MatchKind.LPM && n > 0) own = Table.MatchKind.EXACT;
                keys.add(new Table.Key("k" + n, own, value(width(own), 2)));
            }
            ActionProfile profile = i > 0 && oneIn(2) ? any(parts.profiles) : null;
            boolean exact = keys.stream().allMatch(k -> k.kind() == Table.MatchKind.EXACT);
            List<Table.ActionUse> uses = parts.actions.stream()
                    .map(a -> new Table.ActionUse(a.name(), Table.Scope.TABLE_AND_DEFAULT))
                    .toList();
            List<String> direct = i > 0
                    ? List.of()
                    : parts.resources.stream()
                            .filter(Resource::direct)
                            .map(Resource::name)
                            .toList();
            boolean adds = exact && !keys.isEmpty() && profile == null;
            Table.Cache cache = adds && oneIn(2) ? cache(keys) : null;
            parts.tables.add(new Table(
                    "t" + i,
                    keys,
                    uses,
                    new Table.DefaultAction(call(any(parts.actions)), false),
                    List.of(),
                    cache == null ? 16 : 1 + below(6),
                    adds,
                    any(List.of(Table.Idle.values())),
                    List.of(30_000_000_000L, (1 + below(90)) * 1_000_000_000L),
                    oneIn(3) ? CONTROL_CREATES | below(CONTROL_CREATES) : Table.NO_PERMISSIONS,
                    direct,
                    cache,
                    profile == null ? null : implementation(profile)));
        }
    }

    private Table.Cache cache(List<Table.Key> keys) {
        Table.Key tenant = oneIn(2) ? any(keys) : null;
        if (tenant != null && tenant.value().width() > 64) tenant = null;
        return new Table.Cache(
                any(List.of(CachePolicy.values())),
                oneIn(2),
                tenant == null ? null : tenant.name(),
                tenant == null ? 0 : below(4));
    }

    private Table.Implementation implementation(ActionProfile profile) {
        Table.Selection selection =
                profile.selects() ? new Table.Selection(value(1 + below(32), 2), call(any(parts.actions))) : null;
        return new Table.Implementation(profile.name(), selection);
    }

    /** A call for a member of any profile. */
    Table.Call member() {
        return call(any(parts.actions));
    }

    /** What entries of a table do. Members are numbered from 0 to 4, groups from 0 to 2. */
    private Table.Call called(Table table) {
        if (table.implementation() == null) return call(any(parts.actions));
        boolean group = table.implementation().selection() != null && oneIn(2);
        return group ? Table.Call.group(below(3)) : Table.Call.member(below(5));
    }

    /** An entry for a table, of small numbers mostly. */
    Table.Entry entry(Table table) {
        boolean ordered = table.keys().stream()
                .anyMatch(key -> key.kind() != Table.MatchKind.EXACT && key.kind() != Table.MatchKind.LPM);
        return new Table.Entry(matches(table.fields()), ordered ? named++ : null, called(table), false);
    }

    List<Match> matches(List<MatchField> fields) {
        return fields.stream().map(this::match).toList();
    }

    private Match match(MatchField field) {
        int width = field.width();
        BigInteger number = number(width);
        return switch (field.kind()) {
            case EXACT -> new Match.Exactly(number);
            case LPM -> {
                int prefix = below(width + 1);
                BigInteger mask = Value.mask(prefix).shiftLeft(width - prefix);
                yield new Match.Masked(number.and(mask), mask);
            }
            case TERNARY -> {
                BigInteger mask = number(width);
                yield new Match.Masked(number.and(mask), mask);
            }
            case RANGE -> {
                BigInteger other = number(width);
                yield new Match.Range(number.min(other), number.max(other));
            }
            case OPTIONAL -> oneIn(2) ? new Match.Any() : new Match.Exactly(number);
        };
    }

    private List<Instruction> deparser() {
        List<Instruction> body = new ArrayList<>();
        if (oneIn(3)) body.addAll(body(1, 3));
        for (Pipeline.Header header : parts.headers) {
            Instruction emit = new Instruction.Emit(header.name());
            if (oneIn(6)) emit = new Instruction.If(value(1, 2), List.of(emit), List.of());
            if (!oneIn(5)) body.add(emit);
        }
        body.removeIf(i -> !isForDeparser(i));
        return body;
    }

    private static boolean isForDeparser(Instruction instruction) {
        return instruction instanceof Instruction.Assign
                || instruction instanceof Instruction.Emit
                || (instruction instanceof Instruction.If i
                        && i.then().stream().allMatch(Generator::isForDeparser)
                        && i.otherwise().isEmpty());
    }

    byte[] packet() {
        byte[] packet = new byte[below(oneIn(4) ? 20 : 160)];
        random.nextBytes(packet);
        for (int i = 0; i < packet.length; i++) {
            if (oneIn(3)) packet[i] = (byte) below(3);
        }
        return packet;
    }
}
