package dev.weir.p4.tc;

import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.Change;
import dev.weir.p4.control.EntryKey;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.run.MeterRates;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what a command says of the cells of an extern's instance. */
final class CellCommands {
    private final ProgramSchema program;
    private final TcValues values;
    private final Words words;

    CellCommands(ProgramSchema program, TcValues values, Words words) {
        this.program = program;
        this.values = values;
        this.words = words;
    }

    TcCommand parse(String verb, CellSchema cell, Words.Word path) throws TcFault {
        if (cell.resource().direct()) {
            throw words.fault(path, "its cells are in the entries of a table; get those: " + tables(cell));
        }
        Integer index = null;
        if (words.accept("tc_key")) {
            words.expect("index");
            index = (int) words.number("an index", cell.resource().size() - 1L);
        }
        Map<String, BigInteger> given = parameters(cell);
        words.end("there is no such option; give tc_key index N, or param NAME VALUE");
        if (verb.equals("get")) return new TcCommand.GetCells(cell, index);
        Change.Place place = index == null ? new Change.Place.All() : new Change.Place.Index(index);
        boolean reset = verb.equals("delete");
        if (!reset && given.isEmpty()) {
            throw words.fault(
                    path,
                    "nothing is given; give param NAME VALUE, one of "
                            + cell.parameters().stream()
                                    .map(TableSchema.Parameter::name)
                                    .toList());
        }
        try {
            return new TcCommand.Write(List.of(change(cell, place, given, reset)));
        } catch (IllegalArgumentException e) { // of a meter's rates
            throw words.fault(path, String.valueOf(e.getMessage()));
        }
    }

    /** {@code DirectCounter/INST param N V...}: what a cell of an entry is to hold. */
    Change ofEntry(TableSchema table, EntryKey key) throws TcFault {
        Words.Word path = words.take("an extern of an entry: DirectCounter/INSTANCE");
        int slash = path.text().indexOf('/');
        String kind = slash < 0 ? "" : path.text().substring(0, slash);
        List<CellSchema> direct = program.cells().stream()
                .filter(cell -> table.direct().contains(cell.name()))
                .filter(cell -> kind.isEmpty() || cell.kind().toString().equalsIgnoreCase(kind))
                .toList();
        CellSchema cell =
                words.find(path, path.text().substring(slash + 1), "extern of its entries", direct, CellSchema::name);
        boolean reset = words.accept("reset");
        Map<String, BigInteger> given = reset ? Map.of() : parameters(cell);
        if (!reset && given.isEmpty()) throw words.fault(path, "nothing is given; give param NAME VALUE, or reset");
        try {
            return change(cell, new Change.Place.OfEntry(table.name(), key), given, reset);
        } catch (IllegalArgumentException e) { // of a meter's rates
            throw words.fault(path, String.valueOf(e.getMessage()));
        }
    }

    private List<String> tables(CellSchema cell) {
        return program.tables().stream()
                .filter(table -> table.direct().contains(cell.name()))
                .map(table -> program.name() + "/table/" + table.path())
                .toList();
    }

    private Map<String, BigInteger> parameters(CellSchema cell) throws TcFault {
        Map<String, BigInteger> given = new HashMap<>();
        while (words.accept("param")) {
            Words.Word name = words.take("a parameter");
            TableSchema.Parameter parameter =
                    words.find(name, name.text(), "parameter", cell.parameters(), TableSchema.Parameter::name);
            Words.Word value = words.take("a value of " + parameter.name());
            try {
                given.put(parameter.name(), values.parse(parameter.type(), parameter.bits(), value.text()));
            } catch (IllegalArgumentException e) {
                throw words.fault(value, String.valueOf(e.getMessage()));
            }
        }
        return given;
    }

    private static Change change(CellSchema cell, Change.Place place, Map<String, BigInteger> given, boolean reset) {
        return switch (cell.resource()) {
            case Resource.Counter c ->
                new Change.SetCounter(c.name(), place, number(given, "pkts"), number(given, "bytes"));
            case Resource.Meter m -> new Change.SetMeter(m.name(), place, reset ? null : rates(given));
            case Resource.Register r ->
                new Change.SetRegister(r.name(), place, reset ? r.initial() : packed(cell, given));
        };
    }

    private static long number(Map<String, BigInteger> given, String name) {
        return given.getOrDefault(name, BigInteger.ZERO).longValue();
    }

    private static MeterRates rates(Map<String, BigInteger> given) {
        return new MeterRates(number(given, "cir"), number(given, "cbs"), number(given, "pir"), number(given, "pbs"));
    }

    /** The fields of a register one after the other, the first in the highest bits. */
    private static BigInteger packed(CellSchema cell, Map<String, BigInteger> given) {
        BigInteger value = BigInteger.ZERO;
        for (TableSchema.Parameter parameter : cell.parameters()) {
            value = value.shiftLeft(parameter.bits()).or(given.getOrDefault(parameter.name(), BigInteger.ZERO));
        }
        return value;
    }

    /** The field of a register that holds that. */
    static BigInteger field(CellSchema cell, BigInteger value, TableSchema.Parameter wanted) {
        int below = 0;
        for (TableSchema.Parameter each : cell.parameters().reversed()) {
            if (each.equals(wanted)) break;
            below += each.bits();
        }
        return value.shiftRight(below).and(TcValues.ones(wanted.bits()));
    }
}
