package dev.weir.server.flowtables;

import dev.weir.offload.driver.FlowDriver;
import dev.weir.offload.driver.FlowEvent;
import dev.weir.server.events.KeptEvents;
import java.util.ArrayList;
import java.util.List;

/** The last events of flows of all drivers' devices. Any thread. */
public final class DeviceEventLog extends KeptEvents<DeviceEventLog.Logged> {
    private final FlowTableDrivers drivers;
    private final List<FlowDriver.Watch> watches = new ArrayList<>();

    /**
     * An event.
     *
     * @param sequence the last number that it covers; of lost events as many as there are
     * @param driver its name
     */
    public record Logged(long sequence, String driver, FlowEvent event) implements Numbered {
        @Override
        public long lost() {
            return event instanceof FlowEvent.Lost some ? some.count() : 0;
        }
    }

    /** @param added is called after each event, by the thread of a driver's watch; it does not wait */
    public DeviceEventLog(FlowTableDrivers drivers, Runnable added) {
        super(added);
        this.drivers = drivers;
    }

    @Override
    protected void listen() {
        drivers.all().forEach((name, driver) -> watches.add(driver.watch(event -> add(name, event))));
    }

    @Override
    protected void unlisten() {
        watches.forEach(FlowDriver.Watch::close);
        watches.clear();
    }

    private void add(String driver, FlowEvent event) {
        long numbers = event instanceof FlowEvent.Lost lost ? lost.count() : 1;
        add(numbers, sequence -> new Logged(sequence, driver, event));
    }
}
