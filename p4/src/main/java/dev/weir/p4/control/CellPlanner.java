package dev.weir.p4.control;

import dev.weir.p4.control.Outcome.Status;
import dev.weir.p4.control.Planner.Refused;
import dev.weir.p4.ir.Resource;
import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes {@link Step}s of changes of counters, meters and registers. For the control plane's own thread. */
final class CellPlanner {
    private final ProgramSchema schema;
    private final Planner planner;

    CellPlanner(ProgramSchema schema, Planner planner) {
        this.schema = schema;
        this.planner = planner;
    }

    Step counter(Change.SetCounter change) throws Refused {
        Resource counter = cell(change.counter(), Resource.Counter.class, "counter");
        AtomicBoolean taken = new AtomicBoolean();
        if (change.place() instanceof Change.Place.OfEntry place) {
            TableFacts table = direct(place, counter);
            return new Step.EntryCounter(
                    place.table(),
                    Planner.key(table, place.key()),
                    Planner.priority(table, place.key()),
                    counter.name(),
                    change.packets(),
                    change.bytes(),
                    taken);
        }
        int from = from(change.place(), counter);
        return new Step.Counters(
                counter.name(), from, count(change.place(), counter), change.packets(), change.bytes(), taken);
    }

    Step meter(Change.SetMeter change) throws Refused {
        Resource meter = cell(change.meter(), Resource.Meter.class, "meter");
        if (change.place() instanceof Change.Place.OfEntry place) {
            TableFacts table = direct(place, meter);
            return new Step.EntryMeter(
                    place.table(),
                    Planner.key(table, place.key()),
                    Planner.priority(table, place.key()),
                    meter.name(),
                    change.rates());
        }
        int from = from(change.place(), meter);
        return new Step.Meters(meter.name(), from, count(change.place(), meter), change.rates());
    }

    Step colored(Change.SetMeterCounts change) throws Refused {
        Resource meter = cell(change.meter(), Resource.Meter.class, "meter");
        AtomicBoolean taken = new AtomicBoolean();
        if (change.place() instanceof Change.Place.OfEntry place) {
            TableFacts table = direct(place, meter);
            return new Step.EntryColors(
                    place.table(),
                    Planner.key(table, place.key()),
                    Planner.priority(table, place.key()),
                    meter.name(),
                    change.counts(),
                    taken);
        }
        int from = from(change.place(), meter);
        return new Step.Colors(meter.name(), from, count(change.place(), meter), change.counts(), taken);
    }

    Step register(Change.SetRegister change) throws Refused {
        Resource.Register register = cell(change.register(), Resource.Register.class, "register");
        BigInteger value = change.value();
        if (value.signum() < 0 || value.bitLength() > register.width()) {
            throw new Refused(
                    Status.INVALID, register.name() + ": " + value + " does not fit its " + register.width() + " bits");
        }
        if (change.place() instanceof Change.Place.OfEntry place) {
            TableFacts table = direct(place, register);
            return new Step.EntryRegister(
                    place.table(),
                    Planner.key(table, place.key()),
                    Planner.priority(table, place.key()),
                    register,
                    value);
        }
        int from = from(change.place(), register);
        return new Step.Registers(register.name(), from, count(change.place(), register), value);
    }

    private <R extends Resource> R cell(String name, Class<R> kind, String what) throws Refused {
        CellSchema cell = schema.cell(name);
        if (cell == null || !kind.isInstance(cell.resource())) {
            List<String> names = schema.cells().stream()
                    .filter(each -> kind.isInstance(each.resource()))
                    .map(CellSchema::name)
                    .toList();
            throw new Refused(
                    Status.MISSING,
                    what + " '" + name + "': " + schema.name() + " has none of that name; it has " + names);
        }
        return kind.cast(cell.resource());
    }

    private TableFacts direct(Change.Place.OfEntry place, Resource resource) throws Refused {
        TableFacts table = planner.withEntries(place.table());
        if (!table.schema.direct().contains(resource.name())) {
            throw new Refused(
                    Status.INVALID, resource.name() + ": entries of " + table.schema.path() + " do not have it");
        }
        return table;
    }

    private static int from(Change.Place place, Resource resource) throws Refused {
        if (resource.direct()) {
            throw new Refused(Status.INVALID, resource.name() + ": its cells are in entries; say of which");
        }
        int index = place instanceof Change.Place.Index at ? at.index() : 0;
        if (index < 0 || index >= resource.size()) {
            throw new Refused(
                    Status.INVALID,
                    resource.name() + "[" + index + "]: it has " + resource.size() + " cells, counted from 0");
        }
        return index;
    }

    private static int count(Change.Place place, Resource resource) {
        return place instanceof Change.Place.All ? resource.size() : 1;
    }
}
