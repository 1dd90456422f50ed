package dev.weir.p4.interpret;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.MeterRates;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Counters, meters and registers as maps from names and indices; those of entries lie in the entries. */
public final class ModelResources {
    private record Cell(String name, BigInteger index) {}

    private final Map<String, Resource> resources = new HashMap<>();
    private final Map<Cell, long[]> counters = new HashMap<>();
    private final Map<Cell, ModelMeter> meters = new HashMap<>();
    private final Map<Cell, BigInteger> registers = new HashMap<>();
    private final SplittableRandom random;
    private long now;
    private int bytes;

    ModelResources(List<Resource> resources, long seed) {
        resources.forEach(resource -> this.resources.put(resource.name(), resource));
        random = new SplittableRandom(seed);
    }

    void begin(long now, int bytes) {
        this.now = now;
        this.bytes = bytes;
    }

    /** Packets and bytes that a cell has counted. */
    public long[] counter(String name, long index) {
        return counters.getOrDefault(new Cell(name, BigInteger.valueOf(index)), new long[2]);
    }

    public BigInteger register(String name, long index) {
        return registers.getOrDefault(new Cell(name, BigInteger.valueOf(index)), initial(name));
    }

    public void register(String name, long index, BigInteger value) {
        registers.put(new Cell(name, BigInteger.valueOf(index)), value);
    }

    public void meter(String name, long index, @Nullable MeterRates rates) {
        meters.put(new Cell(name, BigInteger.valueOf(index)), new ModelMeter(rates, now));
    }

    private BigInteger initial(String register) {
        return ((Resource.Register) Objects.requireNonNull(resources.get(register))).initial();
    }

    /**
     * Runs what has to do with cells.
     *
     * @param direct those that the table, whose action runs, has in its entries
     * @param entry that was hit
     */
    void run(
            Instruction instruction,
            Evaluator evaluator,
            List<String> direct,
            ModelTable.@Nullable Held entry,
            Map<String, BigInteger> places) {
        ModelTable.Held hit = direct.contains(name(instruction)) ? entry : null;
        switch (instruction) {
            case Instruction.Count i -> count(i, cell(i.counter(), i.index(), evaluator), hit);
            case Instruction.ExecuteMeter i -> {
                int color = i.color() == null
                        ? Resource.Meter.GREEN
                        : evaluator.value(i.color()).intValue();
                int result = meter(i, cell(i.meter(), i.index(), evaluator), hit, color);
                places.put(i.to().name(), BigInteger.valueOf(result));
            }
            case Instruction.ReadRegister i -> {
                Cell cell = cell(i.register(), i.index(), evaluator);
                BigInteger initial = initial(i.register());
                BigInteger value = cell != null
                        ? registers.getOrDefault(cell, initial)
                        : direct(i.index(), hit) ? hit(hit).registers.getOrDefault(i.register(), initial) : initial;
                places.put(i.to().name(), value);
            }
            case Instruction.WriteRegister i -> {
                BigInteger value = evaluator.value(i.value());
                Cell cell = cell(i.register(), i.index(), evaluator);
                if (cell != null) registers.put(cell, value);
                if (direct(i.index(), hit)) hit(hit).registers.put(i.register(), value);
            }
            case Instruction.Random i ->
                places.put(i.to().name(), between(evaluator.value(i.low()), evaluator.value(i.high())));
            default -> throw new AssertionError(instruction);
        }
    }

    private static String name(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Count i -> i.counter();
            case Instruction.ExecuteMeter i -> i.meter();
            case Instruction.ReadRegister i -> i.register();
            case Instruction.WriteRegister i -> i.register();
            default -> "";
        };
    }

    /** The cell of an index; {@code null} without one or beyond the last. */
    private @Nullable Cell cell(String name, @Nullable Value index, Evaluator evaluator) {
        if (index == null) return null;
        BigInteger number = evaluator.value(index);
        int size = Objects.requireNonNull(resources.get(name)).size();
        return number.compareTo(BigInteger.valueOf(size)) < 0 ? new Cell(name, number) : null;
    }

    private static boolean direct(@Nullable Value index, ModelTable.@Nullable Held hit) {
        return index == null && hit != null;
    }

    private static ModelTable.Held hit(ModelTable.@Nullable Held hit) {
        return Objects.requireNonNull(hit);
    }

    private void count(Instruction.Count i, @Nullable Cell cell, ModelTable.@Nullable Held hit) {
        long[] counted = cell != null
                ? counters.computeIfAbsent(cell, _ -> new long[2])
                : direct(i.index(), hit)
                        ? hit(hit).counters.computeIfAbsent(i.counter(), _ -> new long[2])
                        : new long[2];
        counted[0]++;
        counted[1] += bytes;
    }

    private int meter(Instruction.ExecuteMeter i, @Nullable Cell cell, ModelTable.@Nullable Held hit, int color) {
        ModelMeter meter = cell != null
                ? meters.get(cell)
                : direct(i.index(), hit) ? hit(hit).meters.get(i.meter()) : null;
        if (meter == null) return Resource.Meter.GREEN;
        Resource.Meter declared = (Resource.Meter) Objects.requireNonNull(resources.get(i.meter()));
        return meter.execute(color, declared.unit() == Resource.Unit.PACKETS ? 1 : bytes, now);
    }

    private BigInteger between(BigInteger low, BigInteger high) {
        BigInteger drawn = Value.constant(random.nextLong(), 64).number();
        if (low.compareTo(high) >= 0) return low;
        return low.add(drawn.mod(high.subtract(low).add(BigInteger.ONE)));
    }
}
