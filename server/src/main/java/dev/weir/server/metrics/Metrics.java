package dev.weir.server.metrics;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import dev.weir.api.v1.GetStandbyResponse;
import dev.weir.dataplane.graph.DataplaneCounters;
import dev.weir.export.ExportStatus;
import dev.weir.offload.circle.CircleStatus;
import dev.weir.p4.control.TableSchema;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import dev.weir.server.state.StateStatus;
import io.grpc.ServerInterceptor;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * All that the daemon counts: its data plane, its API, its JVM. Names and units are those of Prometheus; docs/metrics.md lists
 * them. Any thread.
 */
public final class Metrics {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final ApiMetrics api;

    /**
     * Makes them.
     *
     * @param counters asks the workers
     * @param programs those that run
     * @param offload what carries flows below; empty where nothing does
     * @param export what was sent to collectors, by their names
     * @param state how it stands with snapshots; empty where there are none
     * @param pair what this machine of a pair is; empty where it is alone
     * @param watchers how many streams of events there are
     */
    public Metrics(
            Supplier<CompletableFuture<DataplaneCounters>> counters,
            Programs programs,
            Supplier<Optional<CircleStatus>> offload,
            Supplier<Map<String, ExportStatus>> export,
            Supplier<Optional<StateStatus>> state,
            Supplier<Optional<GetStandbyResponse>> pair,
            IntSupplier watchers) {
        api = new ApiMetrics(watchers);
        registry.register(new DataplaneMetrics(counters, System::nanoTime));
        registry.register(new ProgramMetrics(() -> tables(programs), System::nanoTime));
        registry.register(new OffloadMetrics(offload));
        registry.register(new ExportMetrics(export));
        registry.register(new StateMetrics(state));
        registry.register(new PairMetrics(pair));
        registry.register(api);
        JvmMetrics.builder().register(registry);
    }

    private static CompletableFuture<List<ProgramMetrics.ProgramTable>> tables(Programs programs) {
        List<CompletableFuture<ProgramMetrics.ProgramTable>> asked = new ArrayList<>();
        for (RunningNode program : programs.all()) {
            for (TableSchema table : program.image().schema().tables()) {
                asked.add(program.runtime()
                        .table(table.name())
                        .thenApply(state -> new ProgramMetrics.ProgramTable(program.node(), state)));
            }
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(_ -> asked.stream().map(CompletableFuture::join).toList());
    }

    /** Counts calls; stands before whatever may refuse them. */
    public ServerInterceptor interceptor() {
        return api;
    }

    /** Where the number of connections comes from. */
    public void connections(IntSupplier source) {
        api.connections(source);
    }

    /** What is read at {@code /metrics}, in the format that the reader accepts. */
    public HttpService page() {
        return (context, request) ->
                HttpResponse.of(CompletableFuture.supplyAsync(() -> scrape(request), context.blockingTaskExecutor()));
    }

    private HttpResponse scrape(HttpRequest request) {
        ExpositionFormatWriter writer = formats.findWriter(request.headers().get(HttpHeaderNames.ACCEPT));
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            writer.write(text, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.OK)
                        .add(HttpHeaderNames.CONTENT_TYPE, writer.getContentType())
                        .build(),
                HttpData.wrap(text.toByteArray()));
    }
}
