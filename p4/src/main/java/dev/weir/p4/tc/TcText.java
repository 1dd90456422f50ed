package dev.weir.p4.tc;

import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.CellState;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Resource;
import dev.weir.p4.run.Author;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.Origin;
import java.math.BigInteger;
import java.util.List;
import java.util.Objects;

/**
 * Entries, events and cells as P4TC's tools print them, a line each thing. Ages are those at the time of reading. Immutable; any thread.
 *
 * <pre>
 *  created pipeline:  flowtracker(id 1)
 *  table: Main/ct_flow_table(id 1)entry priority 64000[permissions -RUD-PS-R--XP-]
 *     entry key
 *      srcAddr id:2 size:32b type:ipv4 exact fieldval  10.0.0.1/32
 *     created by: kernel (id 1)
 *     dynamic true
 *     table aging 30000
 * </pre>
 */
public final class TcText {
    private static final long SECOND = 1_000_000_000, MILLI = 1_000_000;

    private final String pipeline;
    private final int number;
    private final TcValues values;
    private final TcMembers members;

    /**
     * @param pipeline the program's name
     * @param number as pipelines are numbered, from 1
     */
    public TcText(String pipeline, int number, PortNames ports) {
        this.pipeline = pipeline;
        this.number = number;
        values = new TcValues(ports);
        members = new TcMembers(ports);
    }

    /** The line before the entries of a dump. */
    public String header() {
        return "pipeline:  " + pipeline + "(id " + number + ")\n";
    }

    /** An entry of a dump. */
    public String entry(EntryState entry) {
        StringBuilder out = new StringBuilder();
        head(out, entry);
        created(out, entry);
        updated(out, entry);
        lifetime(out, entry);
        ages(out, entry);
        out.append("    tmpl created ").append(entry.template()).append('\n');
        cells(out, entry);
        return out.toString();
    }

    public String event(ProgramEvent event) {
        return switch (event) {
            case ProgramEvent.OfEntry e -> ofEntry(e);
            case ProgramEvent.Flushed e ->
                " flushed " + header() + " table: " + e.table().path() + "(id "
                        + e.table().number() + ")\n    entries " + e.entries() + "\n" + by("deleted", "delete", e.by());
            case ProgramEvent.OfDigest e -> digest(e);
            case ProgramEvent.Lost e -> " lost " + e.events() + " events\n";
        };
    }

    private String ofEntry(ProgramEvent.OfEntry event) {
        StringBuilder out = new StringBuilder();
        EntryState entry = event.entry();
        out.append(' ').append(TcJson.word(event.kind())).append(' ').append(header());
        head(out, entry);
        created(out, entry);
        updated(out, entry);
        boolean deleted = event.kind() == ProgramEvent.Kind.DELETED;
        if (deleted) out.append(by("deleted", "delete", event.by()));
        lifetime(out, entry);
        ages(out, entry);
        if (deleted) out.append("    tmpl created ").append(entry.template()).append('\n');
        cells(out, entry);
        return out.toString();
    }

    private void head(StringBuilder out, EntryState entry) {
        TableSchema table = entry.table();
        out.append(" table: ").append(table.path()).append("(id ").append(table.number());
        out.append(")entry priority ")
                .append(Objects.requireNonNullElse(entry.key().priority(), EntryState.PACKETS_PRIORITY));
        out.append("[permissions ").append(entry.permissions()).append("]\n    entry key\n");
        for (int i = 0; i < table.keys().size(); i++) {
            TableSchema.Key key = table.keys().get(i);
            out.append("     ").append(key.name()).append(" id:").append(key.number());
            out.append(" size:").append(key.bits()).append("b type:").append(key.type());
            out.append(' ').append(key.match()).append(" fieldval  ");
            out.append(values.text(key, entry.key().matches().get(i))).append('\n');
        }
        action(out, entry);
    }

    private void action(StringBuilder out, EntryState entry) {
        if (entry.set() != null) {
            out.append("    entry ")
                    .append(members.set(entry.table(), entry.set()))
                    .append('\n');
            return;
        }
        if (entry.isOwnGroup()) {
            out.append("    entry action_set\n");
            return;
        }
        if (entry.call().refers()) {
            out.append("    entry ").append(TcJson.reference(entry.call())).append(' ');
            out.append(entry.call().arguments().getFirst()).append('\n');
            return;
        }
        TableSchema.Action action =
                Objects.requireNonNull(entry.table().action(entry.call().action()));
        if (action.number() == 0) return;
        out.append("    entry actions:\n     action order 1: ")
                .append(pipeline)
                .append('/')
                .append(action.path());
        out.append("  index 1 ref 1 bind 1\n");
        if (!action.parameters().isEmpty()) out.append("     params:\n");
        for (TableSchema.Parameter parameter : action.parameters()) {
            BigInteger value = entry.call().arguments().get(parameter.number() - 1);
            out.append("      ").append(parameter.name()).append(" type ").append(parameter.type());
            out.append(" value ").append(values.text(parameter.type(), parameter.bits(), value));
            out.append(" id ").append(parameter.number()).append('\n');
        }
    }

    private static void created(StringBuilder out, EntryState entry) {
        out.append(by("created", "create", entry.created()));
    }

    private static void updated(StringBuilder out, EntryState entry) {
        if (entry.updated() != null) out.append(by("updated", "update", entry.updated()));
    }

    private static String by(String did, String does, Origin origin) {
        Author author = origin.author();
        String line = "    " + did + " by: " + Entities.name(author) + " (id " + Entities.number(author) + ")\n";
        if (author != Author.CONTROL) return line;
        String pid = origin.pid() == 0 ? "" : "    " + does + " by pid: " + origin.pid() + "\n";
        String process = origin.process().isEmpty() ? "" : "    " + did + " by process: " + origin.process() + "\n";
        return line + pid + process;
    }

    private static void lifetime(StringBuilder out, EntryState entry) {
        out.append("    dynamic ").append(entry.isDynamic()).append('\n');
        if (entry.isDynamic()) {
            out.append("    table aging ").append(entry.lifetimeNanos() / MILLI).append('\n');
        }
    }

    /** What is no second ago is left out. */
    private static void ages(StringBuilder out, EntryState entry) {
        long created = (entry.readAt() - entry.createdAt()) / SECOND;
        long used = (entry.readAt() - entry.lastUsedAt()) / SECOND;
        long first = entry.firstUsedAt() == 0 ? 0 : (entry.readAt() - entry.firstUsedAt()) / SECOND;
        StringBuilder line = new StringBuilder();
        if (created > 0) line.append("    created ").append(created).append(" sec");
        if (used > 0) line.append("    used ").append(used).append(" sec");
        if (first > 0) line.append("    firstused ").append(first).append(" sec");
        if (!line.isEmpty()) out.append(line).append('\n');
    }

    private static void cells(StringBuilder out, EntryState entry) {
        entry.counters()
                .forEach((name, counted) -> out.append("    counter ")
                        .append(name)
                        .append(" pkts ")
                        .append(counted.packets())
                        .append(" bytes ")
                        .append(counted.bytes())
                        .append('\n'));
        entry.meters()
                .forEach((name, rates) -> out.append("    meter ")
                        .append(name)
                        .append(rates(rates))
                        .append('\n'));
        entry.registers()
                .forEach((name, value) -> out.append("    register ")
                        .append(name)
                        .append(" value ")
                        .append(value)
                        .append('\n'));
        if (!entry.metadata().isEmpty())
            out.append("    metadata ").append(entry.metadata()).append('\n');
    }

    private static String rates(MeterRates rates) {
        return " cir " + rates.committedRate() + " cbs " + rates.committedBurst() + " pir " + rates.peakRate() + " pbs "
                + rates.peakBurst();
    }

    private static String digest(ProgramEvent.OfDigest event) {
        StringBuilder out = new StringBuilder(" digest ").append(event.digest());
        for (BigInteger value : event.values()) out.append(' ').append(value);
        return out.append('\n').toString();
    }

    /** Cells of a counter, meter or register. */
    public String cells(List<CellState> cells) {
        StringBuilder out = new StringBuilder();
        for (CellState state : cells) {
            CellSchema cell = state.cell();
            out.append(" ").append(cell.kind()).append('/').append(cell.name());
            out.append(" index ").append(state.index());
            switch (cell.resource()) {
                case Resource.Counter _ -> {
                    EntryState.Counted counted = Objects.requireNonNull(state.counted());
                    out.append(" pkts ")
                            .append(counted.packets())
                            .append(" bytes ")
                            .append(counted.bytes());
                }
                case Resource.Meter _ -> out.append(state.rates() == null ? " no rates" : rates(state.rates()));
                case Resource.Register _ -> {
                    for (TableSchema.Parameter each : cell.parameters()) {
                        BigInteger value = CellCommands.field(cell, Objects.requireNonNull(state.value()), each);
                        out.append(' ').append(each.name()).append(' ');
                        out.append(values.text(each.type(), each.bits(), value));
                    }
                }
            }
            out.append('\n');
        }
        return out.toString();
    }
}
