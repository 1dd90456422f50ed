package dev.weir.server.p4runtime;

import dev.weir.server.DaemonLog;
import dev.weir.server.api.access.ApiContent;
import dev.weir.server.api.access.ApiServer;
import dev.weir.server.config.ApiSettings;
import dev.weir.server.config.P4RuntimeSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * P4Runtime on its listeners, by the rules of access of the API: loopback without TLS only where the configuration says so, else TLS with tokens or certificates. One
 * control thread starts, changes and closes it.
 */
public final class P4RuntimeServer implements AutoCloseable {
    /** How often controllers are told what happened. */
    private static final long TURN_MILLIS = 5;

    private final Devices devices;
    private final ApiServer server;
    private final ScheduledExecutorService teller;

    private P4RuntimeServer(Devices devices, ApiServer server, ScheduledExecutorService teller) {
        this.devices = devices;
        this.server = server;
        this.teller = teller;
    }

    /** @throws IOException when it cannot listen somewhere or a file cannot be used: which, why, and what to do */
    public static P4RuntimeServer start(P4RuntimeSettings settings, ProgramHost programs, DaemonLog log)
            throws IOException {
        Devices devices = new Devices(programs, settings.devices());
        P4RuntimeService service = new P4RuntimeService(devices, new PipelineConfigs(programs));
        ApiServer server = ApiServer.start(settings.listeners(), ApiContent.of(List.of(service)), log);
        ScheduledExecutorService teller = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("weir-p4runtime").factory());
        var _ = teller.scheduleWithFixedDelay(
                () -> tell(devices, log), TURN_MILLIS, TURN_MILLIS, TimeUnit.MILLISECONDS);
        return new P4RuntimeServer(devices, server, teller);
    }

    private static void tell(Devices devices, DaemonLog log) {
        for (Device device : devices.all()) {
            try {
                device.tell();
            } catch (RuntimeException e) { // the next turn may do better
                log.error("p4runtime: device " + device.id() + ": internal error: " + e + "; please report it");
            }
        }
    }

    /** Where it listens, for a person. */
    public List<String> addresses() {
        return server.addresses();
    }

    /**
     * Goes over to other settings while calls go on: tokens, certificates and their roles.
     *
     * @return what cannot change, a line each with the option's path
     */
    public List<String> reload(ApiSettings next) {
        try {
            return server.reload(next).stream()
                    .map(line -> line.replaceFirst("^api", "p4runtime"))
                    .toList();
        } catch (IOException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    /** Ends all streams and calls. */
    @Override
    public void close() throws IOException {
        teller.shutdownNow();
        server.close();
        devices.close();
    }
}
