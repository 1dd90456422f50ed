package dev.weir.server;

import dev.weir.dataplane.graph.Dataplane;
import dev.weir.dataplane.graph.GraphConfig;
import dev.weir.offload.circle.Circle;
import dev.weir.offload.circle.CircleOptions;
import dev.weir.offload.circle.CircleStatus;
import dev.weir.offload.xdp.XdpDriver;
import dev.weir.offload.xdp.XdpDriverOptions;
import dev.weir.server.config.Configuration;
import dev.weir.server.config.OffloadSettings;
import dev.weir.server.config.PortSettings;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Capability;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What carries decided flows below a daemon's data plane. Opened before rights are given up, started when packets flow,
 * closed before they are drained. Where the kernel refuses it, all flows stay in software, and the log says why.
 */
final class DaemonOffload implements AutoCloseable {
    /** What it has to be allowed to after it was opened: to attach to an interface that came back. */
    static final Set<Capability> KEPT = Set.of(Capability.NET_ADMIN);

    private static final int DIRECTIONS = 2;

    private final DaemonLog log;
    private final OffloadSettings settings;
    private final XdpDriver driver;
    private @Nullable Circle circle;

    private DaemonOffload(DaemonLog log, OffloadSettings settings, XdpDriver driver) {
        this.log = log;
        this.settings = settings;
        this.driver = driver;
    }

    /** Opens it; null where the configuration has none, or the kernel refuses. */
    static @Nullable DaemonOffload open(Configuration configuration, DaemonLog log) {
        OffloadSettings settings = configuration.offload().orElse(null);
        if (settings == null) {
            return null;
        }
        try {
            Capabilities.require("offload", XdpDriver.NEEDED);
            GraphConfig graph = configuration.graph();
            int room = DIRECTIONS * settings.flows();
            XdpDriverOptions options = XdpDriverOptions.defaults()
                    .withFlows(room, room)
                    .withMode(settings.mode())
                    .withTenants(
                            graph.tenantMode(),
                            settings.ports().stream()
                                    .map(port -> tenant(graph, port))
                                    .toList());
            List<String> devices = settings.ports().stream()
                    .map(port -> device(configuration.ports().get(port)))
                    .toList();
            XdpDriver driver = XdpDriver.open(devices, options);
            log.info("offload: " + driver.describe());
            return new DaemonOffload(log, settings, driver);
        } catch (PortException e) {
            log.error("offload: " + e.getMessage() + "; all flows stay in software");
            return null;
        }
    }

    private static String device(@Nullable PortSettings port) {
        return port instanceof PortSettings.Packet packet ? packet.device() : "";
    }

    private static int tenant(GraphConfig graph, String port) {
        return graph.ports().stream()
                .filter(entry -> entry.name().equals(port))
                .flatMap(entry ->
                        graph.tenants().stream().filter(tenant -> tenant.name().equals(entry.tenant())))
                .map(GraphConfig.Tenant::number)
                .findFirst()
                .orElse(0);
    }

    /** From now on offloaded flows are carried. */
    void start(Dataplane plane) {
        CircleOptions options = new CircleOptions(settings.ports(), DIRECTIONS * settings.flows(), settings.interval());
        circle = Circle.start(plane.offload(settings.policy()), driver, options, new Listener(log));
    }

    Optional<CircleStatus> status() {
        return Optional.ofNullable(circle).map(Circle::status);
    }

    @Override
    public void close() {
        Circle running = circle;
        if (running == null) {
            driver.close();
        } else {
            running.close();
        }
    }

    private record Listener(DaemonLog log) implements Circle.Listener {
        @Override
        public void started() {
            if (!Capabilities.keepOnly(KEPT)) {
                log.error("offload: could not give its rights up; it goes on with them");
            }
        }

        @Override
        public void changed(String what) {
            log.info("offload: " + what);
        }

        @Override
        public void failed(String what) {
            log.warning("offload: " + what);
        }
    }
}
