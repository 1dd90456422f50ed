package dev.weir.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.weir.dataplane.graph.DataplaneCounters;
import dev.weir.dataplane.graph.NodeCounters;
import dev.weir.dataplane.graph.WorkerCounters;
import dev.weir.wire.PortCounters;
import dev.weir.wire.PortState;
import dev.weir.wire.SendFault;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What is counted is told under names that hold to the conventions, and the page and the dashboard name nothing else. With
 * {@code -Dweir.update=true} the page's table is written instead of compared.
 */
class MetricsTest {
    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final Path DASHBOARD = Path.of("..", "examples", "grafana", "weir.json");
    private static final Pattern TABLE = Pattern.compile("(?s)<!-- metrics -->\\n.*?<!-- end -->");

    private static DataplaneCounters counters() {
        return new DataplaneCounters(
                List.of(new NodeCounters(
                        "wires", "cross-connect", 3, 40, 1_500_000_000L, Map.of("no-egress", 2L), Map.of())),
                List.of(new DataplaneCounters.PortEntry(
                        "left", PortState.UP, Collections.nCopies(PortCounters.TX_FAULTS + SendFault.COUNT, 7L))),
                List.of(new WorkerCounters(
                        0, 10, 5, 500_000_000L, 90_000L, 1_000_000L, 50_000L, 2_000_000_000L, 4, 40, 1, 2, 12)),
                Map.of("CREATED", 15L, "HIT", 25L, "THRU", 40L, "ended:idle", 3L),
                Map.of("bad-length", 1L),
                6);
    }

    private static String text(DataplaneMetrics metrics) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, metrics.collect());
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void values_areThoseCounted() throws IOException {
        assertThat(text(new DataplaneMetrics(() -> CompletableFuture.completedFuture(counters()), () -> 0))
                        .lines())
                .contains(
                        "weir_flows{worker=\"0\"} 12.0",
                        "weir_flows_created_total 15.0",
                        "weir_flows_ended_total{reason=\"idle\"} 3.0",
                        "weir_flow_table_hits_total 25.0",
                        "weir_malformed_packets_total{kind=\"bad-length\"} 1.0",
                        "weir_events_dropped_total 6.0",
                        "weir_node_packets_total{node=\"wires\"} 40.0",
                        "weir_node_busy_seconds_total{node=\"wires\"} 1.5",
                        "weir_node_drops_total{node=\"wires\",reason=\"no-egress\"} 2.0",
                        "weir_port_up{port=\"left\"} 1.0",
                        "weir_port_receive_bytes_total{port=\"left\"} 7.0",
                        "weir_worker_busy_seconds_total{worker=\"0\"} 0.5",
                        "# TYPE weir_flows gauge",
                        "# TYPE weir_flows_created_total counter");
    }

    @Test
    void workers_areAskedOnceASecond() {
        AtomicInteger asked = new AtomicInteger();
        AtomicLong now = new AtomicLong(5);
        DataplaneMetrics metrics = new DataplaneMetrics(
                () -> {
                    asked.incrementAndGet();
                    return CompletableFuture.completedFuture(counters());
                },
                now::get);
        for (int i = 0; i < 100; i++) {
            metrics.collect();
        }
        assertThat(asked).hasValue(1);
        now.addAndGet(1_000_000_000L);
        metrics.collect();
        assertThat(asked).hasValue(2);
    }

    @Test
    void workers_thatDoNotAnswer_leaveTheOthers() {
        DataplaneMetrics metrics = new DataplaneMetrics(
                () -> CompletableFuture.failedFuture(new IllegalStateException("closed")), () -> 0);
        assertThat(metrics.collect()).isEmpty();
    }

    @Test
    void names_holdToTheConventions() {
        assertThat(families()).allSatisfy(family -> {
            assertThat(family.name()).matches("weir_[a-z]+(_[a-z]+)*").doesNotEndWith("_total");
            assertThat(family.labels()).allMatch(label -> label.matches("[a-z]+"));
            assertThat(family.help()).endsWith(".");
        });
        assertThat(families().map(Family::exposedName)).doesNotHaveDuplicates();
    }

    private static Stream<Family<?>> families() {
        return Stream.of(
                        DataplaneMetrics.FAMILIES,
                        ProgramMetrics.FAMILIES,
                        CacheMetrics.FAMILIES,
                        OffloadMetrics.FAMILIES,
                        ExportMetrics.FAMILIES,
                        StateMetrics.FAMILIES,
                        PairMetrics.FAMILIES,
                        ApiMetrics.FAMILIES)
                .flatMap(List::stream);
    }

    @Test
    void page_listsThemAll() throws IOException {
        String rows = families()
                .map(family -> "| `" + family.exposedName() + "` | "
                        + family.kind().name().toLowerCase(java.util.Locale.ROOT) + " | "
                        + family.labels().stream().map(l -> "`" + l + "`").collect(Collectors.joining(", ")) + " | "
                        + family.help() + " |\n")
                .collect(Collectors.joining());
        String table = "<!-- metrics -->\n\n| name | kind | labels | |\n|---|---|---|---|\n" + rows + "\n<!-- end -->";
        String page = Files.readString(PAGE);
        String wanted = TABLE.matcher(page).replaceAll(Matcher.quoteReplacement(table));
        if (Boolean.getBoolean("weir.update")) {
            Files.writeString(PAGE, wanted);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(wanted);
    }

    @Test
    void dashboard_asksForNothingElse() throws IOException {
        Set<String> known = new HashSet<>(families().map(Family::exposedName).toList());
        known.addAll(List.of("weir_api_call_seconds_sum", "weir_api_call_seconds_count"));
        Set<String> asked = new HashSet<>();
        JsonElement dashboard = JsonParser.parseString(Files.readString(DASHBOARD));
        Matcher names = Pattern.compile("weir_[a-z_]+")
                .matcher(dashboard.getAsJsonObject().get("panels").toString());
        while (names.find()) {
            asked.add(names.group());
        }
        assertThat(asked).isNotEmpty().isSubsetOf(known);
    }
}
