package dev.weir.export;

import static dev.weir.table.feature.FeatureValues.BOTH;
import static dev.weir.table.feature.FeatureValues.FORWARD;
import static dev.weir.table.feature.FeatureValues.REVERSE;

import dev.weir.table.feature.FeatureGroup;
import dev.weir.table.feature.FeatureSet;
import dev.weir.table.feature.FeatureValues;
import dev.weir.table.feature.Statistic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The columns that a {@link FeatureSet} adds to records, in their order: the one place that names them. Names are those
 * of NFStream where it has the feature, else those of CICFlowMeter in lower case; {@code docs/features.md} is the
 * contract.
 */
public final class FeatureColumns {
    private static final List<String> FLAGS = List.of("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr");
    private static final double MILLI = 1e6, MICRO = 1e3, SECOND = 1e9;
    /** Fraction digits: of means, of milliseconds to the nanosecond, of microseconds and rates. */
    private static final int MEAN = 6, MILLIS = 6, MICROS = 3, RATE = 3;

    private final List<FeatureColumn> columns = new ArrayList<>();

    private FeatureColumns() {}

    /** The columns of that set. */
    public static List<FeatureColumn> of(FeatureSet set) {
        var all = new FeatureColumns();
        for (FeatureGroup group : FeatureGroup.values()) {
            if (set.has(group)) {
                all.add(group);
            }
        }
        return List.copyOf(all.columns);
    }

    private void add(FeatureGroup group) {
        switch (group) {
            case SIZES -> sizes();
            case PAYLOAD -> payload();
            case IAT -> gaps();
            case ACTIVITY -> {
                periods("active", FeatureValues::active);
                periods("idle", FeatureValues::idle);
            }
            case FLAGS -> flags();
            case HEADERS -> headers();
            case RATES -> rates();
            case BULK -> {
                bulk("fwd", FORWARD);
                bulk("bwd", REVERSE);
            }
            case SUBFLOWS -> subflows();
            case WINDOWS -> {
                integer("fwd_init_win_bytes", v -> v.initialWindow(FORWARD));
                integer("bwd_init_win_bytes", v -> v.initialWindow(REVERSE));
            }
            case FIRST_PACKETS -> firstPackets();
            case HISTORY ->
                columns.add(FeatureColumn.text(
                        "history", FeatureValues::historyLength, (values, i) -> values.historyLetter(i)));
        }
    }

    private void integer(String label, ToLongFunction<FeatureValues> reader) {
        columns.add(FeatureColumn.integer(label, reader));
    }

    private void decimal(String label, int digits, ToDoubleFunction<FeatureValues> reader) {
        columns.add(FeatureColumn.decimal(label, digits, reader));
    }

    /** NFStream's names of the ways. */
    private static String way(int way) {
        return way == BOTH ? "bidirectional" : way == FORWARD ? "src2dst" : "dst2src";
    }

    private static final int[] WAYS = {BOTH, FORWARD, REVERSE};

    private void sizes() {
        for (int way : WAYS) {
            integer(way(way) + "_min_ps", v -> v.sizes(way).least());
            decimal(way(way) + "_mean_ps", MEAN, v -> v.sizes(way).mean());
            decimal(way(way) + "_stddev_ps", MEAN, v -> v.sizes(way).deviation());
            integer(way(way) + "_max_ps", v -> v.sizes(way).greatest());
        }
    }

    private void payload() {
        integer("total_length_of_fwd_packet", v -> v.payload(FORWARD));
        integer("total_length_of_bwd_packet", v -> v.payload(REVERSE));
        lengths("fwd_packet_length", FORWARD);
        lengths("bwd_packet_length", REVERSE);
        lengths("packet_length", BOTH);
        decimal("packet_length_variance", MEAN, v -> v.payloads(BOTH).variance());
        integer("fwd_act_data_pkts", v -> v.dataPackets(FORWARD));
    }

    private void lengths(String name, int way) {
        integer(name + "_max", v -> v.payloads(way).greatest());
        integer(name + "_min", v -> v.payloads(way).least());
        decimal(name + "_mean", MEAN, v -> v.payloads(way).mean());
        decimal(name + "_std", MEAN, v -> v.payloads(way).deviation());
    }

    private void gaps() {
        for (int way : WAYS) {
            decimal(way(way) + "_min_piat_ms", MILLIS, v -> v.gaps(way).least() / MILLI);
            decimal(way(way) + "_mean_piat_ms", MILLIS, v -> v.gaps(way).mean() / MILLI);
            decimal(way(way) + "_stddev_piat_ms", MILLIS, v -> v.gaps(way).deviation() / MILLI);
            decimal(way(way) + "_max_piat_ms", MILLIS, v -> v.gaps(way).greatest() / MILLI);
        }
        decimal("src2dst_duration_ms", MILLIS, v -> v.duration(FORWARD) / MILLI);
        decimal("dst2src_duration_ms", MILLIS, v -> v.duration(REVERSE) / MILLI);
    }

    private void periods(String name, Function<FeatureValues, Statistic> of) {
        decimal(name + "_mean", MICROS, v -> of.apply(v).mean() / MICRO);
        decimal(name + "_std", MICROS, v -> of.apply(v).deviation() / MICRO);
        decimal(name + "_max", MICROS, v -> of.apply(v).greatest() / MICRO);
        decimal(name + "_min", MICROS, v -> of.apply(v).least() / MICRO);
    }

    private void flags() {
        for (int way : WAYS) {
            for (int flag = 0; flag < FLAGS.size(); flag++) {
                int bit = flag;
                integer(
                        String.format(Locale.ROOT, "%s_%s_packets", way(way), FLAGS.get(flag)),
                        v -> v.flagPackets(way, bit));
            }
        }
    }

    private void headers() {
        integer("fwd_header_length", v -> v.headerOctets(FORWARD));
        integer("bwd_header_length", v -> v.headerOctets(REVERSE));
        integer("fwd_seg_size_min", v -> v.leastHeader(FORWARD));
    }

    private void rates() {
        decimal("flow_bytes_s", RATE, v -> perSecond(v.payload(FORWARD) + v.payload(REVERSE), v));
        decimal("flow_packets_s", RATE, v -> perSecond(v.packets(FORWARD) + v.packets(REVERSE), v));
        decimal("fwd_packets_s", RATE, v -> perSecond(v.packets(FORWARD), v));
        decimal("bwd_packets_s", RATE, v -> perSecond(v.packets(REVERSE), v));
        decimal("down_up_ratio", MEAN, v -> ratio(v.packets(REVERSE), v.packets(FORWARD)));
    }

    private static double perSecond(long count, FeatureValues values) {
        return perSecond(count, values.duration(BOTH));
    }

    private static double perSecond(long count, long nanos) {
        return nanos == 0 ? 0 : count * SECOND / nanos;
    }

    private static double ratio(long what, long by) {
        return by == 0 ? 0 : (double) what / by;
    }

    private void bulk(String name, int direction) {
        integer(name + "_bulks", v -> v.bulks(direction));
        decimal(name + "_bytes_bulk_avg", MEAN, v -> ratio(v.bulkPayload(direction), v.bulks(direction)));
        decimal(name + "_packet_bulk_avg", MEAN, v -> ratio(v.bulkPackets(direction), v.bulks(direction)));
        decimal(name + "_bulk_rate_avg", RATE, v -> perSecond(v.bulkPayload(direction), v.bulkNanos(direction)));
    }

    private void subflows() {
        integer("subflows", FeatureValues::subflows);
        decimal("subflow_fwd_packets", MEAN, v -> ratio(v.packets(FORWARD), v.subflows()));
        decimal("subflow_fwd_bytes", MEAN, v -> ratio(v.payload(FORWARD), v.subflows()));
        decimal("subflow_bwd_packets", MEAN, v -> ratio(v.packets(REVERSE), v.subflows()));
        decimal("subflow_bwd_bytes", MEAN, v -> ratio(v.payload(REVERSE), v.subflows()));
    }

    private void firstPackets() {
        columns.add(
                FeatureColumn.integers("splt_direction", FeatureValues::firstPackets, FeatureValues::firstDirection));
        columns.add(FeatureColumn.integers("splt_ps", FeatureValues::firstPackets, FeatureValues::firstSize));
        columns.add(FeatureColumn.decimals(
                "splt_piat_ms", MILLIS, FeatureValues::firstPackets, (v, i) -> v.firstGap(i) / MILLI));
    }
}
