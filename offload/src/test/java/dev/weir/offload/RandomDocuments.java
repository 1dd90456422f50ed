package dev.weir.offload;

import dev.weir.offload.model.Action;
import dev.weir.offload.model.ActionArg;
import dev.weir.offload.model.Document;
import dev.weir.offload.model.Field;
import dev.weir.offload.model.FieldRef;
import dev.weir.offload.model.Flow;
import dev.weir.offload.model.FlowStats;
import dev.weir.offload.model.Header;
import dev.weir.offload.model.HeaderNode;
import dev.weir.offload.model.Jump;
import dev.weir.offload.model.MaskType;
import dev.weir.offload.model.Refusal;
import dev.weir.offload.model.Table;
import dev.weir.offload.model.TableNode;
import dev.weir.offload.model.Timeouts;
import dev.weir.offload.model.U32;
import dev.weir.offload.model.Value;
import dev.weir.offload.model.ValueType;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Anything that the grammar can say, whether it makes sense or not. */
public final class RandomDocuments {
    private static final long[] EDGES = {0, 1, 2, 0x7fff_ffffL, 0x8000_0000L, U32.MAX};
    private static final String[] NAMES = {
        "", "a", "src_ip", "Größe", "\"quoted\"\\", "line\nend", "\ud83d\ude00", "x".repeat(79)
    };

    private final SplittableRandom random;

    public RandomDocuments(long seed) {
        this.random = new SplittableRandom(seed);
    }

    public Document next() {
        return switch (random.nextInt(6)) {
            case 0 -> new Document.Headers(list(this::header));
            case 1 -> new Document.Actions(list(this::action));
            case 2 -> new Document.Tables(list(this::table));
            case 3 -> new Document.HeaderGraph(list(this::headerNode));
            case 4 -> new Document.TableGraph(list(this::tableNode));
            default -> new Document.Flows(list(this::flow));
        };
    }

    private Header header() {
        return new Header(name(), u32(), list(() -> new Field(name(), u32(), u32())));
    }

    private Table table() {
        return new Table(name(), u32(), u32(), u32(), u32(), list(this::reference), list(this::u32));
    }

    private HeaderNode headerNode() {
        return new HeaderNode(name(), u32(), list(this::u32), list(this::jump));
    }

    private TableNode tableNode() {
        return new TableNode(u32(), u32(), list(this::jump));
    }

    private Jump jump() {
        return new Jump(u32(), reference());
    }

    private Action action() {
        return new Action(maybe(this::name), u32(), maybe(() -> list(this::argument)));
    }

    private ActionArg argument() {
        ValueType type = type();
        return new ActionArg(maybe(this::name), type, type == ValueType.NONE ? null : maybe(() -> value(type)));
    }

    private FieldRef reference() {
        ValueType type = type();
        MaskType mask = MaskType.ofNumber(random.nextInt(MaskType.values().length));
        if (type == ValueType.NONE) return new FieldRef(u32(), u32(), u32(), mask, type, null, null);
        return new FieldRef(u32(), u32(), u32(), mask, type, maybe(() -> value(type)), maybe(() -> value(type)));
    }

    private Flow flow() {
        return new Flow(
                u32(),
                u32(),
                u32(),
                maybe(() -> list(this::reference)),
                maybe(() -> list(this::action)),
                new Timeouts(u32(), u32()),
                maybe(() -> new FlowStats(
                        random.nextLong(), random.nextLong(), random.nextLong() >>> 1, random.nextLong() >>> 1)),
                maybe(() -> new Refusal(u32(), maybe(this::name))));
    }

    private ValueType type() {
        return ValueType.ofNumber(random.nextInt(ValueType.values().length));
    }

    private Value value(ValueType type) {
        int bits = random.nextInt(type.bits() + 1);
        long high = type == ValueType.U128 ? random.nextLong() & Value.ones(bits - 64) : 0;
        return new Value(type, high, random.nextLong() & Value.ones(bits));
    }

    private long u32() {
        return random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt() & U32.MAX;
    }

    private String name() {
        return NAMES[random.nextInt(NAMES.length)];
    }

    private <T> List<T> list(Supplier<T> item) {
        return Stream.generate(item).limit(random.nextInt(4)).toList();
    }

    private <T> @Nullable T maybe(Supplier<T> item) {
        return random.nextBoolean() ? item.get() : null;
    }
}
