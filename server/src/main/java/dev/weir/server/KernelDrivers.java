package dev.weir.server;

import dev.weir.offload.kernel.XdpFlowDriver;
import dev.weir.offload.xdp.XdpDriver;
import dev.weir.offload.xdp.XdpDriverOptions;
import dev.weir.server.config.FlowTableDriverSettings;
import dev.weir.wire.PortException;
import dev.weir.wire.linux.Capabilities;
import dev.weir.wire.linux.Capability;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The flow table drivers of a daemon whose flows the kernel carries. Opened before rights are given up. */
final class KernelDrivers {
    /** What they have to be allowed to after they were opened: to attach to an interface that came back. */
    static final Set<Capability> KEPT = Set.of(Capability.NET_ADMIN);

    private KernelDrivers() {}

    /** Whether there are to be some. */
    static boolean isAny(Map<String, FlowTableDriverSettings> settings) {
        return settings.values().stream().anyMatch(FlowTableDriverSettings.Xdp.class::isInstance);
    }

    /**
     * Opens them.
     *
     * @throws IOException where one cannot be: which, why, and what to do; then none is
     */
    static Map<String, XdpFlowDriver> open(Map<String, FlowTableDriverSettings> settings, DaemonLog log)
            throws IOException {
        Map<String, XdpFlowDriver> opened = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, FlowTableDriverSettings> each : settings.entrySet()) {
                if (each.getValue() instanceof FlowTableDriverSettings.Xdp xdp) {
                    opened.put(each.getKey(), open("flow-table-drivers." + each.getKey(), xdp, log));
                }
            }
            return opened;
        } catch (IOException | RuntimeException e) {
            close(opened);
            throw e;
        }
    }

    private static XdpFlowDriver open(String place, FlowTableDriverSettings.Xdp settings, DaemonLog log)
            throws IOException {
        try {
            Capabilities.require(place, XdpDriver.NEEDED);
            XdpDriverOptions options = XdpDriverOptions.defaults()
                    .withFlows(settings.flows(), settings.flows())
                    .withMode(settings.mode());
            XdpFlowDriver driver = XdpFlowDriver.open(
                    settings.interfaces(), options, what -> log.info(place + ": " + what), () -> giveUp(place, log));
            log.info(place + ": " + driver.describe());
            return driver;
        } catch (PortException e) {
            String why = String.valueOf(e.getMessage());
            throw new IOException(why.startsWith(place) ? why : place + ": " + why, e);
        }
    }

    private static void giveUp(String place, DaemonLog log) {
        if (!Capabilities.keepOnly(KEPT)) {
            log.error(place + ": could not give its rights up; it goes on with them");
        }
    }

    static void close(Map<String, XdpFlowDriver> drivers) {
        drivers.values().forEach(XdpFlowDriver::close);
    }
}
