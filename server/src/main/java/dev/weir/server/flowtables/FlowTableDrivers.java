package dev.weir.server.flowtables;

import dev.weir.offload.check.Fault;
import dev.weir.offload.driver.DriverException;
import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.loopback.LoopbackDriver;
import dev.weir.offload.memory.MemoryDriver;
import dev.weir.offload.model.Model;
import dev.weir.server.config.FlowTableDriverSettings;
import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The flow table drivers of a daemon, by name, and their devices as callers name them. Any thread. */
public final class FlowTableDrivers implements AutoCloseable {
    private final Map<String, FlowDriver> drivers;

    private FlowTableDrivers(Map<String, FlowDriver> drivers) {
        this.drivers = Collections.unmodifiableMap(drivers);
    }

    /**
     * An interface of a driver.
     *
     * @param name the driver's
     */
    public record Device(String name, FlowDriver driver, long ifindex) {}

    /** Without any. */
    public static FlowTableDrivers none() {
        return new FlowTableDrivers(Map.of());
    }

    /**
     * Starts them.
     *
     * @param kernel those that were opened before, with rights that are given up by now; they are closed with the others
     * @throws IOException where one cannot be: which, why, and what to do; then none is
     */
    public static FlowTableDrivers open(
            Map<String, FlowTableDriverSettings> settings, Map<String, ? extends FlowDriver> kernel)
            throws IOException {
        Map<String, FlowDriver> opened = new LinkedHashMap<>();
        settings.keySet().forEach(name -> {
            FlowDriver driver = kernel.get(name);
            if (driver != null) opened.put(name, driver);
        });
        try {
            Map<String, FlowDriver> all = new LinkedHashMap<>();
            for (Map.Entry<String, FlowTableDriverSettings> each : settings.entrySet()) {
                FlowDriver driver = opened.get(each.getKey());
                if (driver == null) driver = open(each.getKey(), each.getValue());
                opened.put(each.getKey(), driver);
                all.put(each.getKey(), driver);
            }
            return new FlowTableDrivers(all);
        } catch (IOException | RuntimeException e) {
            opened.values().forEach(FlowDriver::close);
            throw e;
        }
    }

    private static FlowDriver open(String name, FlowTableDriverSettings settings) throws IOException {
        return switch (settings) {
            case FlowTableDriverSettings.Memory memory -> {
                Map<Long, Model> models = new HashMap<>();
                memory.interfaces().forEach(ifindex -> models.put(ifindex, memory.model()));
                yield MemoryDriver.start(models);
            }
            case FlowTableDriverSettings.Loopback loopback -> {
                try {
                    yield LoopbackDriver.open(loopback.socket(), loopback.timeout());
                } catch (IOException e) {
                    throw new IOException("flow-table-drivers." + name + ": " + e.getMessage(), e);
                }
            }
            case FlowTableDriverSettings.Xdp _ ->
                throw new IllegalStateException(name + ": is opened while there are the rights for it");
        };
    }

    /** By name, in the order of the configuration. */
    public Map<String, FlowDriver> all() {
        return drivers;
    }

    /**
     * The device that is called so: {@code DRIVER}, {@code DRIVER/NUMBER} or {@code NUMBER}.
     *
     * @throws DriverException where it does not name one device: why, and what to do
     */
    public Device find(String name) throws DriverException {
        int slash = name.indexOf('/');
        String first = slash < 0 ? name : name.substring(0, slash);
        FlowDriver driver = drivers.get(first);
        if (driver == null) return byNumber(name);
        List<Long> there = List.copyOf(new TreeSet<>(driver.interfaces()));
        if (slash >= 0) {
            for (long ifindex : there) {
                if (name.substring(slash + 1).equals(Long.toString(ifindex))) return new Device(first, driver, ifindex);
            }
        } else if (there.size() == 1) return new Device(first, driver, there.getFirst());
        if (there.isEmpty()) {
            throw unknown(
                    name, "driver " + first + " has no interface yet; see what weir flow-table drivers says of it");
        }
        throw unknown(
                name,
                (slash < 0 ? "the driver has several interfaces" : "the driver has no such interface")
                        + "; give one of "
                        + there.stream().map(ifindex -> first + "/" + ifindex).toList());
    }

    private Device byNumber(String name) throws DriverException {
        List<Device> found = drivers.entrySet().stream()
                .flatMap(each -> each.getValue().interfaces().stream()
                        .filter(ifindex -> Long.toString(ifindex).equals(name))
                        .map(ifindex -> new Device(each.getKey(), each.getValue(), ifindex)))
                .toList();
        if (found.size() == 1) return found.getFirst();
        if (found.isEmpty()) {
            throw unknown(
                    name,
                    drivers.isEmpty()
                            ? "there is no driver; declare one in the configuration, under flow-table-drivers"
                            : "there is no such interface; give a driver, as one of " + drivers.keySet());
        }
        throw unknown(
                name,
                "several drivers have it; give one of "
                        + found.stream()
                                .map(device -> device.name() + "/" + device.ifindex())
                                .toList());
    }

    private static DriverException unknown(String name, String why) {
        return new DriverException(Fault.UNKNOWN_INTERFACE, "interface '" + name + "': " + why);
    }

    /** Ends all calls and watches. */
    @Override
    public void close() {
        drivers.values().forEach(FlowDriver::close);
    }
}
