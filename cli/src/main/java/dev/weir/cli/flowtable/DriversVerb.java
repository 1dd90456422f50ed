package dev.weir.cli.flowtable;

import dev.weir.api.v1.FlowTableDriver;
import dev.weir.api.v1.ListDriversRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Listing;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import java.io.IOException;

/** {@code weir flow-table drivers}. */
final class DriversVerb extends Verb {
    private static final Listing<FlowTableDriver> DRIVERS = new Listing<FlowTableDriver>()
            .text("DRIVER", "driver", FlowTableDriver::getName)
            .text("KIND", "kind", FlowTableDriver::getKind)
            .texts(
                    "INTERFACES",
                    "interfaces",
                    driver -> driver.getInterfacesList().stream()
                            .map(Integer::toUnsignedString)
                            .toList())
            .flag("READY", "ready", FlowTableDriver::getReady)
            .number("BATCH", "max_batch", driver -> Integer.toUnsignedLong(driver.getMaxBatch()))
            .texts("CAN", "features", driver -> driver.getFeaturesList())
            .numbers("", "counters", FlowTableDriver::getCountersMap)
            .text("PROBLEM", "problem", FlowTableDriver::getProblem);

    DriversVerb(Streams streams) {
        super(streams, "drivers", "Lists the drivers of devices that the daemon has, and what they can.");
        examples("  weir flow-table drivers");
    }

    @Override
    protected int run(Session session) throws IOException {
        DRIVERS.print(
                session,
                session.client()
                        .flowTables()
                        .listDrivers(ListDriversRequest.getDefaultInstance())
                        .getDriversList());
        return CommandException.DONE;
    }
}
