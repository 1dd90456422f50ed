package dev.weir.p4.interpret;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Table;
import dev.weir.p4.ir.Transition;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.FlowMark;
import dev.weir.p4.run.Rules;
import dev.weir.p4.run.Verdict;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs a pipeline packet by packet, as {@link Pipeline} and {@link Instruction} say, with no thought of speed: every place is a number in a map,
 * every table a list. It is what compiled code has to agree with. One thread; the pipeline has no fault that the verifier tells.
 */
public final class Interpreter {
    /** What a body ends with when the parser has failed or rejects. */
    private static final String FAILED = "$failed";

    private final Pipeline pipeline;
    private final Map<String, Pipeline.Header> headers = new HashMap<>();
    private final Map<String, Pipeline.Action> actions = new HashMap<>();
    private final Map<String, Table> tables = new HashMap<>();
    private final Map<String, ModelTable> entries = new LinkedHashMap<>();
    private final Map<String, ModelProfile> profiles = new HashMap<>();
    private final Map<String, ModelSet> sets = new HashMap<>();
    private final ModelResources resources;

    private final Map<String, BigInteger> places = new HashMap<>();
    private final Map<String, BigInteger> arguments = new HashMap<>();
    private final Evaluator evaluator = new Evaluator(places, arguments);
    private final List<Outcome.Notification> digests = new ArrayList<>();
    private final SortedMap<Integer, Integer> mirrors = new TreeMap<>();
    private PacketBits packet = new PacketBits(new byte[0]);
    private Emission emission = new Emission();
    private Verdict verdict = Verdict.PASS;
    private FlowMark mark = FlowMark.UNSAID;
    private long port;
    private long now;
    private int length;
    private String error = Pipeline.NO_ERROR;

    /** The table whose action runs, what was looked up in it, and the entry that was hit. */
    private @Nullable Table applied;

    private List<BigInteger> keys = List.of();
    private ModelTable.@Nullable Held hit;

    /** @param seed of random numbers, and of the hashes of tables that are caches */
    public Interpreter(Pipeline pipeline, Rules rules, long seed) {
        this.pipeline = pipeline;
        pipeline.headers().forEach(header -> headers.put(header.name(), header));
        pipeline.actions().forEach(action -> actions.put(action.name(), action));
        pipeline.profiles().forEach(profile -> profiles.put(profile.name(), new ModelProfile(profile)));
        pipeline.valueSets().forEach(set -> sets.put(set.name(), new ModelSet(set)));
        for (Table table : pipeline.tables()) {
            tables.put(table.name(), table);
            Table.Implementation by = table.implementation();
            entries.put(
                    table.name(), new ModelTable(table, rules, by == null ? null : profiles.get(by.profile()), seed));
        }
        resources = new ModelResources(pipeline.resources(), seed);
    }

    public ModelTable table(String name) {
        return Objects.requireNonNull(entries.get(name), name);
    }

    public ModelProfile profile(String name) {
        return Objects.requireNonNull(profiles.get(name), name);
    }

    public ModelSet valueSet(String name) {
        return Objects.requireNonNull(sets.get(name), name);
    }

    public ModelResources resources() {
        return resources;
    }

    /**
     * Runs one packet.
     *
     * @param now nanoseconds, not before that of the last packet
     * @param again whether it was recirculated
     */
    public Outcome process(byte[] bytes, int ingress, long now, boolean again) {
        begin(bytes, now);
        inputs(bytes, ingress, again);
        boolean accepted = parse();
        if (!accepted) return new Outcome(Verdict.DROP, 0, "", mark, mirrors(), List.copyOf(digests));
        run(pipeline.control());
        run(pipeline.deparser());
        emission.payload(bytes, packet.bytesTaken());
        return new Outcome(
                verdict,
                verdict == Verdict.FORWARD ? port : 0,
                HexFormat.of().formatHex(emission.bytes()),
                mark,
                mirrors(),
                List.copyOf(digests));
    }

    /** Takes out entries whose time is over, as the next packet would. */
    public void expire(long now) {
        entries.values().forEach(table -> table.expire(now));
    }

    /** A header that the deparser put out, and how many bits each of its fields took. */
    public record Emitted(String name, List<Field> fields) {
        public record Field(String name, int bits) {}

        public int octets() {
            return fields.stream().mapToInt(Field::bits).sum() / 8;
        }
    }

    /** The headers that the last packet went out with, in order. */
    public List<Emitted> emitted() {
        return List.copyOf(emission.headers);
    }

    private SortedMap<Integer, Integer> mirrors() {
        return new TreeMap<>(mirrors);
    }

    private void begin(byte[] bytes, long now) {
        places.clear();
        digests.clear();
        mirrors.clear();
        packet = new PacketBits(bytes);
        emission = new Emission();
        verdict = Verdict.PASS;
        mark = FlowMark.UNSAID;
        error = Pipeline.NO_ERROR;
        this.now = now;
        length = bytes.length;
        expire(now);
        resources.begin(now, bytes.length);
    }

    private void inputs(byte[] bytes, int ingress, boolean again) {
        for (Pipeline.Variable variable : pipeline.variables()) {
            if (variable.role() == null) continue;
            long value = switch (variable.role()) {
                case PORT -> Integer.toUnsignedLong(ingress);
                case TIME -> now;
                case LENGTH -> bytes.length;
                case RECIRCULATED -> again ? 1 : 0;
                case PROTOCOL -> protocol(HexFormat.of().formatHex(bytes));
                case PARSER_ERROR, CLASS_OF_SERVICE -> 0;
            };
            set(variable.place(), Value.constant(value, 64).number());
        }
    }

    /** Read off the packet's hexadecimal digits: two addresses, a tag that may be there, the type. */
    private static int protocol(String digits) {
        if (digits.length() < 28) return 0;
        String rest = digits.substring(24);
        if (rest.matches("(8100|88a8).{8}.*")) rest = rest.substring(8);
        int type = Integer.parseInt(rest, 0, 4, 16);
        if (type >= 0x600) return type;
        return rest.startsWith("ffff", 4) ? 1 : 4;
    }

    private void set(Value.Place place, BigInteger number) {
        places.put(place.name(), number.and(Value.mask(place.width())));
    }

    private int integer(Value value) {
        return evaluator.value(value).intValue();
    }

    /** @return whether control runs */
    private boolean parse() {
        String name = pipeline.states().getFirst().name();
        int turns = 0;
        while (!name.equals(Pipeline.ACCEPT) && !name.equals(Pipeline.REJECT)) {
            int number = number(name);
            Pipeline.State state = pipeline.states().get(number);
            name = FAILED.equals(run(state.body())) ? Pipeline.REJECT : next(state.transition());
            boolean backwards = number(name) >= 0 && number(name) <= number;
            if (backwards && ++turns > Pipeline.MOST_TURNS) {
                error = Pipeline.TIMEOUT;
                name = Pipeline.REJECT;
            }
        }
        if (name.equals(Pipeline.ACCEPT)) return true;
        for (Pipeline.Variable variable : pipeline.variables()) {
            if (variable.role() == Pipeline.Role.PARSER_ERROR) {
                set(variable.place(), BigInteger.valueOf(pipeline.errors().indexOf(error)));
            }
        }
        return !error.equals(Pipeline.NO_ERROR);
    }

    private int number(String state) {
        for (int i = 0; i < pipeline.states().size(); i++) {
            if (pipeline.states().get(i).name().equals(state)) return i;
        }
        return -1;
    }

    private String next(Transition transition) {
        return switch (transition) {
            case Transition.Goto t -> t.state();
            case Transition.Select t -> {
                List<BigInteger> numbers =
                        t.keys().stream().map(evaluator::value).toList();
                for (Transition.Case arm : t.cases()) {
                    if (Matches.match(arm.matches(), numbers)) yield arm.state();
                }
                error = Pipeline.NO_MATCH;
                yield Pipeline.REJECT;
            }
        };
    }

    private String fail(String error) {
        this.error = error;
        return FAILED;
    }

    /** @return the label that is being left; {@code null} when the body ran to its end */
    private @Nullable String run(List<Instruction> body) {
        for (Instruction instruction : body) {
            String left = run(instruction);
            if (left != null) return left;
        }
        return null;
    }

    private @Nullable String run(Instruction instruction) {
        switch (instruction) {
            case Instruction.Assign i -> set(i.to(), evaluator.value(i.value()));
            case Instruction.If i -> {
                return run(evaluator.value(i.condition()).signum() != 0 ? i.then() : i.otherwise());
            }
            case Instruction.Switch i -> {
                BigInteger on = evaluator.value(i.on());
                for (Instruction.Case arm : i.cases()) {
                    if (arm.numbers().contains(on)) return run(arm.body());
                }
                return run(i.otherwise());
            }
            case Instruction.Block i -> {
                String left = run(i.body());
                return i.label().equals(left) ? null : left;
            }
            case Instruction.Leave i -> {
                return i.label();
            }
            case Instruction.Loop i -> {
                String left = null;
                for (int n = 0; n < i.times() && left == null; n++) left = run(i.body());
                return left;
            }
            case Instruction.Apply i -> {
                return apply(Objects.requireNonNull(tables.get(i.table())));
            }
            case Instruction.Extract i -> {
                return extract(Objects.requireNonNull(headers.get(i.header())), i.varbitBits());
            }
            case Instruction.Advance i -> {
                return advance(evaluator.value(i.bits()));
            }
            case Instruction.Lookahead i -> {
                if (packet.left() < i.to().width()) return fail(Pipeline.TOO_SHORT);
                set(i.to(), packet.peek(i.to().width()));
            }
            case Instruction.Fail i -> {
                return fail(i.error());
            }
            case Instruction.Emit i -> emission.header(Objects.requireNonNull(headers.get(i.header())), places);
            case Instruction.Forward i -> {
                verdict = Verdict.FORWARD;
                port = evaluator.value(i.port()).longValue();
            }
            case Instruction.Drop _ -> verdict = Verdict.DROP;
            case Instruction.Recirculate _ -> verdict = Verdict.RECIRCULATE;
            case Instruction.MarkFlow i ->
                mark = evaluator.value(i.offloaded()).signum() != 0 ? FlowMark.OFFLOADED : FlowMark.NOT_OFFLOADED;
            case Instruction.RecallFlows _ -> {} // nothing carries flows of the interpreter
            case Instruction.Mirror i -> mirrors.put(integer(i.slot()), integer(i.session()));
            case Instruction.Notify i ->
                digests.add(new Outcome.Notification(
                        i.digest(), i.values().stream().map(evaluator::value).toList()));
            case Instruction.Contains i -> {
                List<BigInteger> values =
                        i.values().stream().map(evaluator::value).toList();
                set(i.to(), valueSet(i.set()).contains(values) ? BigInteger.ONE : BigInteger.ZERO);
            }
            case Instruction.AddEntry i -> set(i.status(), add(i) ? BigInteger.ZERO : BigInteger.ONE);
            case Instruction.RestartTimer i -> {
                if (hit != null && applied != null) {
                    table(applied.name()).restart(hit, i.profile() == null ? -1 : integer(i.profile()), now);
                }
            }
            default ->
                resources.run(instruction, evaluator, applied == null ? List.of() : applied.direct(), hit, places);
        }
        return null;
    }

    private boolean add(Instruction.AddEntry i) {
        if (applied == null || hit != null || !applied.addOnMiss() || applied.actionNumber(i.action()) < 0)
            return false;
        List<BigInteger> values = i.arguments().stream().map(evaluator::value).toList();
        return table(applied.name()).add(keys, new Table.Call(i.action(), values), integer(i.profile()), now, length);
    }

    private @Nullable String apply(Table table) {
        keys = table.keys().stream().map(key -> evaluator.value(key.value())).toList();
        ModelTable model = table(table.name());
        applied = table;
        hit = model.match(keys, now, length);
        Table.Call call = call(table, model);
        set(table.hit(), hit == null ? BigInteger.ZERO : BigInteger.ONE);
        set(table.ran(), BigInteger.valueOf(table.actionNumber(call.action())));
        Pipeline.Action action = Objects.requireNonNull(actions.get(call.action()));
        for (int i = 0; i < action.parameters().size(); i++) {
            arguments.put(action.parameters().get(i).name(), call.arguments().get(i));
        }
        String left = run(action.body());
        arguments.clear();
        applied = null;
        return left;
    }

    private Table.Call call(Table table, ModelTable model) {
        Table.Selection selection =
                table.implementation() == null ? null : table.implementation().selection();
        BigInteger by = selection == null ? BigInteger.ZERO : evaluator.value(selection.by());
        Table.Call call = model.call(hit, by);
        return call != null ? call : Objects.requireNonNull(selection).empty();
    }

    private @Nullable String advance(BigInteger bits) {
        if (bits.intValue() % 8 != 0) return fail(Pipeline.INVALID_ARGUMENT);
        if (bits.compareTo(BigInteger.valueOf(packet.left())) > 0) return fail(Pipeline.TOO_SHORT);
        packet.skip(bits.intValue());
        return null;
    }

    private @Nullable String extract(Pipeline.Header header, @Nullable Value varbitBits) {
        HeaderType type = header.type();
        int varbits = 0;
        if (varbitBits != null) {
            BigInteger asked = evaluator.value(varbitBits);
            int most = type.mostBits() - type.fixedBits();
            if (asked.compareTo(BigInteger.valueOf(most)) > 0) return fail(Pipeline.HEADER_TOO_SHORT);
            varbits = asked.intValue();
            if (varbits % 8 != 0) return fail(Pipeline.INVALID_ARGUMENT);
        }
        if (packet.left() < type.fixedBits() + varbits) return fail(Pipeline.TOO_SHORT);
        for (HeaderType.Field field : type.fields()) {
            if (field.varbit()) {
                set(header.length(field), BigInteger.valueOf(varbits));
                set(header.field(field), packet.take(varbits).shiftLeft(field.width() - varbits));
            } else {
                set(header.field(field), packet.take(field.width()));
            }
        }
        set(header.valid(), BigInteger.ONE);
        return null;
    }

    /** What the deparser puts together. */
    private static final class Emission {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final List<Emitted> headers = new ArrayList<>();

        void header(Pipeline.Header header, Map<String, BigInteger> places) {
            if (places.getOrDefault(header.valid().name(), BigInteger.ZERO).signum() == 0) return;
            BigInteger bits = BigInteger.ZERO;
            int width = 0;
            List<Emitted.Field> fields = new ArrayList<>();
            for (HeaderType.Field field : header.type().fields()) {
                BigInteger value = places.getOrDefault(header.field(field).name(), BigInteger.ZERO);
                int wide = field.width();
                if (field.varbit()) {
                    int length = places.getOrDefault(header.length(field).name(), BigInteger.ZERO)
                            .intValue();
                    wide = Math.min(length, field.width()) & -8;
                    value = value.shiftRight(field.width() - wide);
                }
                bits = bits.shiftLeft(wide).or(value);
                width += wide;
                fields.add(new Emitted.Field(field.name(), wide));
            }
            headers.add(new Emitted(header.name(), fields));
            for (int i = width - 8; i >= 0; i -= 8) out.write(bits.shiftRight(i).intValue());
        }

        void payload(byte[] packet, int from) {
            out.write(packet, from, packet.length - from);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
