package dev.weir.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was measured, several times.
 *
 * @param values of the rounds, in their order
 * @param target what DESIGN section 9 asks for; null where it asks nothing
 */
public record Figure(
        String what,
        String unit,
        List<Double> values,
        @Nullable Target target) {

    /** @param atMost whether the figure is to stay below; else it is to reach the value */
    public record Target(double value, boolean atMost) {
        public static Target atMost(double value) {
            return new Target(value, true);
        }

        public static Target atLeast(double value) {
            return new Target(value, false);
        }
    }

    public static Figure of(String what, String unit, double[] values, @Nullable Target target) {
        return new Figure(what, unit, Arrays.stream(values).boxed().toList(), target);
    }

    public static Figure of(String what, String unit, double value, @Nullable Target target) {
        return new Figure(what, unit, List.of(value), target);
    }

    double median() {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    public static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double min() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    double max() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    Map<String, Object> facts() {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("what", what);
        facts.put("unit", unit);
        facts.put("median", median());
        facts.put("min", min());
        facts.put("max", max());
        facts.put("rounds", values);
        Target wanted = target;
        if (wanted != null) {
            facts.put(wanted.atMost ? "target_at_most" : "target_at_least", wanted.value);
            facts.put("ratio_to_target", median() / wanted.value);
            facts.put("met", met(wanted));
        }
        return facts;
    }

    /** The row of the printed table. */
    List<String> row() {
        Target wanted = target;
        String spread = values.size() < 2 ? "" : "%s to %s".formatted(number(min()), number(max()));
        if (wanted == null) return List.of(what, number(median()) + " " + unit, "", "", spread);
        String limit = (wanted.atMost ? "at most " : "at least ") + number(wanted.value);
        return List.of(
                what,
                number(median()) + " " + unit,
                limit,
                (wanted.value == 0 ? "" : "%.2f ".formatted(median() / wanted.value))
                        + (met(wanted) ? "met" : "missed"),
                spread);
    }

    private boolean met(Target wanted) {
        return wanted.atMost ? median() <= wanted.value : median() >= wanted.value;
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return value == Math.rint(value) && size < 1e15
                ? "%,d".formatted((long) value)
                : size >= 100
                        ? "%,.0f".formatted(value)
                        : size >= 10 ? "%.1f".formatted(value) : "%.2f".formatted(value);
    }
}
