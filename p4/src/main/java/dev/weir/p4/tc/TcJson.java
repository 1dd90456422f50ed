package dev.weir.p4.tc;

import com.google.gson.stream.JsonWriter;
import dev.weir.p4.control.CellState;
import dev.weir.p4.control.EntryState;
import dev.weir.p4.control.ProgramEvent;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Table;
import dev.weir.p4.run.MeterRates;
import dev.weir.p4.run.Origin;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Entries as {@code tc -j p4ctrl get} prints them: an array of the pipeline and of an object with all entries, whose {@code dynamic} and {@code tmpl_created} are texts. Events are
 * Weir's own, as P4TC prints none in JSON: an object each, in one line, with real booleans, times in nanoseconds since 1970, and P4TC's names for all else. Immutable; any
 * thread.
 */
public final class TcJson {
    private static final long SECOND = 1_000_000_000, MILLI = 1_000_000;

    private final String pipeline;
    private final int number;
    private final TcValues values;
    private final TcMembers members;

    /**
     * @param pipeline the program's name
     * @param number as pipelines are numbered, from 1
     */
    public TcJson(String pipeline, int number, PortNames ports) {
        this.pipeline = pipeline;
        this.number = number;
        values = new TcValues(ports);
        members = new TcMembers(ports);
    }

    /** What writes to memory, which does not fail. */
    @FunctionalInterface
    interface Part {
        void write(JsonWriter json) throws IOException;
    }

    static String text(Part part) {
        StringWriter out = new StringWriter();
        try (JsonWriter json = new JsonWriter(out)) {
            part.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.append('\n').toString();
    }

    /** What is done to an entry, as P4TC says it. */
    static String word(ProgramEvent.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** What an entry of a table with an action profile refers to. */
    static String reference(Table.Call call) {
        return call.action().equals(Table.Call.GROUP) ? "group" : "member";
    }

    /** A dump: an array, in one line. */
    public String dump(List<EntryState> entries) {
        return text(json -> {
            json.beginArray();
            json.beginObject();
            pipeline(json);
            json.endObject();
            json.beginObject().name("entries").beginArray();
            for (EntryState entry : entries) {
                json.beginObject();
                entry(json, entry, null);
                json.name("dynamic").value(String.valueOf(entry.isDynamic()));
                aging(json, entry);
                ages(json, entry);
                json.name("tmpl_created").value(String.valueOf(entry.template()));
                cells(json, entry);
                json.endObject();
            }
            json.endArray().endObject().endArray();
        });
    }

    private void pipeline(JsonWriter json) throws IOException {
        json.name("pname").value(pipeline).name("pipeid").value(number);
    }

    /** An event: an object, in one line. */
    public String event(ProgramEvent event) {
        return text(json -> {
            json.beginObject();
            pipeline(json);
            json.name("at_ns").value(event.at());
            switch (event) {
                case ProgramEvent.OfEntry e -> {
                    json.name("event")
                            .value(word(e.kind()))
                            .name(word(e.kind()))
                            .value(true);
                    entry(json, e.entry(), e.kind() == ProgramEvent.Kind.DELETED ? e.by() : null);
                    times(json, e.entry());
                }
                case ProgramEvent.Flushed e -> {
                    json.name("event").value("flushed").name("flushed").value(true);
                    table(json, e.table());
                    json.name("tecount").value(e.entries());
                    who(json, "delete", "deleted", e.by());
                }
                case ProgramEvent.OfDigest e -> {
                    json.name("event").value("digest").name("digest").value(e.digest());
                    json.name("values").beginArray();
                    for (BigInteger value : e.values()) json.value(value);
                    json.endArray();
                }
                case ProgramEvent.Lost e ->
                    json.name("event").value("lost").name("events").value(e.events());
            }
            json.endObject();
        });
    }

    private static void table(JsonWriter json, TableSchema table) throws IOException {
        json.name("tblname").value(table.path()).name("tblid").value(table.number());
    }

    private void entry(JsonWriter json, EntryState entry, @Nullable Origin deleted) throws IOException {
        table(json, entry.table());
        json.name("prio").value(Objects.requireNonNullElse(entry.key().priority(), EntryState.PACKETS_PRIORITY));
        json.name("permissions").value(entry.permissions().toString());
        json.name("key").beginArray();
        for (int i = 0; i < entry.table().keys().size(); i++) {
            TableSchema.Key key = entry.table().keys().get(i);
            json.beginObject().name("keyfield").value(key.name()).name("id").value(key.number());
            json.name("width").value(key.bits()).name("type").value(key.type());
            json.name("match_type").value(key.match());
            json.name("fieldval").value(fieldValue(key, entry, i)).endObject();
        }
        json.endArray();
        actions(json, entry);
        who(json, "create", "created", entry.created());
        if (entry.updated() != null) who(json, "update", "updated", entry.updated());
        if (deleted != null) who(json, "delete", "deleted", deleted);
    }

    private String fieldValue(TableSchema.Key key, EntryState entry, int number) {
        return values.text(key, entry.key().matches().get(number));
    }

    private void actions(JsonWriter json, EntryState entry) throws IOException {
        if (entry.set() != null) {
            members.set(json, entry.table(), entry.set());
            return;
        }
        if (entry.isOwnGroup()) return;
        if (entry.call().refers()) {
            json.name(reference(entry.call())).value(entry.call().arguments().getFirst());
            return;
        }
        TableSchema.Action action =
                Objects.requireNonNull(entry.table().action(entry.call().action()));
        if (action.number() == 0) return;
        json.name("actions").beginObject().name("actions").beginArray().beginObject();
        json.name("order").value(1).name("kind").value(pipeline + "/" + action.path());
        json.name("index").value(1).name("ref").value(1).name("bind").value(1);
        json.name("params").beginArray();
        for (TableSchema.Parameter parameter : action.parameters()) {
            BigInteger value = entry.call().arguments().get(parameter.number() - 1);
            json.beginObject().name("name").value(parameter.name()).name("type").value(parameter.type());
            json.name("value").value(values.text(parameter.type(), parameter.bits(), value));
            json.name("id").value(parameter.number()).endObject();
        }
        json.endArray().endObject().endArray().endObject();
    }

    private static void who(JsonWriter json, String does, String did, Origin origin) throws IOException {
        json.name(does + "_whodunnit").value(Entities.name(origin.author()));
        json.name(does + "_whodunnit_id").value(Entities.number(origin.author()));
        json.name("who_" + did + "_pid").value(origin.pid());
        if (!origin.process().isEmpty()) json.name("who_" + did).value(origin.process());
    }

    private static void aging(JsonWriter json, EntryState entry) throws IOException {
        if (entry.isDynamic()) json.name("aging").value(entry.lifetimeNanos() / MILLI);
    }

    private static void ages(JsonWriter json, EntryState entry) throws IOException {
        json.name("created").value((entry.readAt() - entry.createdAt()) / SECOND);
        json.name("last_used").value((entry.readAt() - entry.lastUsedAt()) / SECOND);
        if (entry.firstUsedAt() != 0) {
            json.name("first_used").value((entry.readAt() - entry.firstUsedAt()) / SECOND);
        }
    }

    private static void times(JsonWriter json, EntryState entry) throws IOException {
        json.name("dynamic").value(entry.isDynamic());
        aging(json, entry);
        json.name("created_at_ns").value(entry.createdAt());
        json.name("last_used_at_ns").value(entry.lastUsedAt());
        if (entry.firstUsedAt() != 0) json.name("first_used_at_ns").value(entry.firstUsedAt());
        if (entry.updatedAt() != 0) json.name("updated_at_ns").value(entry.updatedAt());
        json.name("tmpl_created").value(entry.template());
        cells(json, entry);
    }

    private static void cells(JsonWriter json, EntryState entry) throws IOException {
        if (!entry.metadata().isEmpty()) json.name("metadata").value(entry.metadata());
        boolean none = entry.counters().isEmpty()
                && entry.meters().isEmpty()
                && entry.registers().isEmpty();
        if (none) return;
        json.name("externs").beginArray();
        for (Map.Entry<String, EntryState.Counted> each : entry.counters().entrySet()) {
            extern(json, "DirectCounter", each.getKey());
            counted(json, each.getValue());
            json.endObject();
        }
        for (Map.Entry<String, MeterRates> each : entry.meters().entrySet()) {
            extern(json, "DirectMeter", each.getKey());
            rates(json, each.getValue());
            json.endObject();
        }
        for (Map.Entry<String, BigInteger> each : entry.registers().entrySet()) {
            extern(json, "DirectRegister", each.getKey());
            json.name("value").value(each.getValue()).endObject();
        }
        json.endArray();
    }

    private static void extern(JsonWriter json, String kind, String name) throws IOException {
        json.beginObject().name("kind").value(kind).name("instance").value(name);
    }

    private static void counted(JsonWriter json, EntryState.Counted counted) throws IOException {
        json.name("pkts").value(counted.packets()).name("bytes").value(counted.bytes());
    }

    private static void rates(JsonWriter json, MeterRates rates) throws IOException {
        json.name("cir").value(rates.committedRate()).name("cbs").value(rates.committedBurst());
        json.name("pir").value(rates.peakRate()).name("pbs").value(rates.peakBurst());
    }

    /** Cells of a counter, meter or register: an array, in one line. */
    public String cells(List<CellState> cells) {
        return text(json -> {
            json.beginArray();
            for (CellState state : cells) {
                extern(json, state.cell().kind().toString(), state.cell().name());
                json.name("index").value(state.index());
                if (state.counted() != null) counted(json, state.counted());
                if (state.rates() != null) rates(json, state.rates());
                if (state.value() != null) {
                    for (TableSchema.Parameter each : state.cell().parameters()) {
                        BigInteger value = CellCommands.field(state.cell(), state.value(), each);
                        json.name(each.name()).value(values.text(each.type(), each.bits(), value));
                    }
                }
                json.endObject();
            }
            json.endArray();
        });
    }
}
