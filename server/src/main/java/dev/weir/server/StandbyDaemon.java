package dev.weir.server;

import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.GetHealthRequest;
import dev.weir.api.v1.GetHealthResponse;
import dev.weir.server.api.access.ApiContent;
import dev.weir.server.api.access.ApiServer;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.config.Configuration;
import dev.weir.server.standby.Pair;
import dev.weir.server.standby.StandbyService;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What runs of a daemon on a machine that follows: the API, by which it is asked and had take over, and nothing that packets come to. It listens where the data plane's API will, and says that packets are not
 * forwarded. One control thread.
 */
public final class StandbyDaemon implements AutoCloseable {
    private final @Nullable ApiServer api;

    private StandbyDaemon(@Nullable ApiServer api) {
        this.api = api;
    }

    /** @throws IOException when it cannot listen somewhere or a file cannot be used: which, why, and what to do */
    public static StandbyDaemon start(Configuration configuration, Pair pair, DaemonLog log) throws IOException {
        log.level(configuration.logLevel());
        log.format(configuration.logFormat());
        ApiSettings settings = configuration.api().orElse(null);
        if (settings == null) {
            return new StandbyDaemon(null);
        }
        ApiServer server =
                ApiServer.start(settings, ApiContent.of(List.of(new StandbyService(pair), new Health())), log);
        server.sayNotServing();
        return new StandbyDaemon(server);
    }

    /** Says that nothing is forwarded. */
    private static final class Health extends DaemonGrpc.DaemonImplBase {
        @Override
        public void getHealth(GetHealthRequest request, StreamObserver<GetHealthResponse> caller) {
            caller.onNext(GetHealthResponse.newBuilder().setServing(false).build());
            caller.onCompleted();
        }
    }

    @Override
    public void close() throws IOException {
        if (api != null) {
            api.close();
        }
    }
}
