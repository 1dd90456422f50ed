package dev.weir.server.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * One metric: what it is called, and how its values are read from what was counted; immutable.
 *
 * @param name without the suffix that its kind adds: {@code _total} for counters, {@code _count} and {@code _sum} for summaries
 * @param help one sentence
 * @param labels their names
 * @param values gives each value to the points
 */
record Family<T>(String name, Kind kind, String help, List<String> labels, BiConsumer<T, Points> values) {
    /** What a metric's values do. */
    enum Kind {
        /** They only grow. */
        COUNTER("_total"),
        /** They come and go. */
        GAUGE(""),
        /** How many, and their sum. */
        SUMMARY("");

        final String suffix;

        Kind(String suffix) {
            this.suffix = suffix;
        }
    }

    /** Takes the values of one metric. */
    interface Points {
        /** One, with the values of the labels in their order. */
        void add(double value, String... labels);

        /** Of a summary. */
        void add(long count, double sum, String... labels);
    }

    static <T> Family<T> counter(String name, String help, List<String> labels, BiConsumer<T, Points> values) {
        return new Family<>(name, Kind.COUNTER, help, labels, values);
    }

    static <T> Family<T> gauge(String name, String help, List<String> labels, BiConsumer<T, Points> values) {
        return new Family<>(name, Kind.GAUGE, help, labels, values);
    }

    static <T> Family<T> summary(String name, String help, List<String> labels, BiConsumer<T, Points> values) {
        return new Family<>(name, Kind.SUMMARY, help, labels, values);
    }

    /** As it is read: with the suffix. */
    String exposedName() {
        return name + kind.suffix;
    }

    /** The values now. */
    MetricSnapshot snapshot(T counted) {
        return switch (kind) {
            case COUNTER -> {
                CounterSnapshot.Builder all =
                        CounterSnapshot.builder().name(name).help(help);
                values.accept(counted, (Single) (value, labelled) -> all.dataPoint(CounterDataPointSnapshot.builder()
                        .value(value)
                        .labels(labelled(labelled))
                        .build()));
                yield all.build();
            }
            case GAUGE -> {
                GaugeSnapshot.Builder all = GaugeSnapshot.builder().name(name).help(help);
                values.accept(counted, (Single) (value, labelled) -> all.dataPoint(GaugeDataPointSnapshot.builder()
                        .value(value)
                        .labels(labelled(labelled))
                        .build()));
                yield all.build();
            }
            case SUMMARY -> {
                SummarySnapshot.Builder all =
                        SummarySnapshot.builder().name(name).help(help);
                values.accept(counted, (Pair) (count, sum, labelled) -> all.dataPoint(SummaryDataPointSnapshot.builder()
                        .count(count)
                        .sum(sum)
                        .labels(labelled(labelled))
                        .build()));
                yield all.build();
            }
        };
    }

    private Labels labelled(String[] values) {
        return Labels.of(labels.toArray(new String[0]), values);
    }

    /** Points of one value. */
    @FunctionalInterface
    private interface Single extends Points {
        @Override
        default void add(long count, double sum, String... labels) {
            throw new IllegalStateException("only summaries have a count and a sum");
        }
    }

    /** Points of two. */
    @FunctionalInterface
    private interface Pair extends Points {
        @Override
        default void add(double value, String... labels) {
            throw new IllegalStateException("summaries have a count and a sum");
        }
    }
}
