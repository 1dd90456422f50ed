package dev.weir.p4.tc;

import com.google.gson.stream.JsonWriter;
import dev.weir.p4.tc.TcPipeline.Action;
import dev.weir.p4.tc.TcPipeline.Default;
import dev.weir.p4.tc.TcPipeline.Extern;
import dev.weir.p4.tc.TcPipeline.Kind;
import dev.weir.p4.tc.TcPipeline.Parameter;
import dev.weir.p4.tc.TcPipeline.Table;
import dev.weir.p4.tc.TcPipeline.Use;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The introspection file of a program, by which P4TC's tools know names, types and numbers: schema 1.0.0, with the keys that they look for. Other
 * than what P4TC's compiler writes, permissions are those of the template, and {@code NoAction} is listed, with number 0, where a table has it.
 */
public final class Introspection {
    private static final String SCHEMA = "1.0.0";

    private final JsonWriter json;

    private Introspection(JsonWriter json) {
        this.json = json;
    }

    /** The file, ending with a line end. */
    public static String of(TcPipeline pipeline) {
        StringWriter text = new StringWriter();
        try (JsonWriter json = new JsonWriter(text)) {
            json.setIndent("  ");
            new Introspection(json).pipeline(pipeline);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private void pipeline(TcPipeline pipeline) throws IOException {
        json.beginObject().name("schema_version").value(SCHEMA);
        json.name("pipeline_name").value(pipeline.name());
        json.name("externs").beginArray();
        for (Kind kind : Kind.values()) {
            externs(
                    kind,
                    pipeline.externs().stream()
                            .filter(each -> each.kind() == kind)
                            .toList());
        }
        json.endArray().name("tables").beginArray();
        for (Table table : pipeline.tables()) table(table);
        json.endArray().endObject();
    }

    private void externs(Kind kind, List<Extern> instances) throws IOException {
        if (instances.isEmpty()) return;
        json.beginObject().name("name").value(kind.toString()).name("id").value(kind.id);
        json.name("permissions")
                .value(kind.permissions().hex())
                .name("instances")
                .beginArray();
        for (Extern extern : instances) {
            json.beginObject()
                    .name("inst_name")
                    .value(extern.name())
                    .name("inst_id")
                    .value(extern.number());
            if (extern.unit() != null) {
                json.name("inst_type")
                        .value(List.of("PACKETS", "BYTES", "PACKETS_AND_BYTES").get(extern.unit()));
            }
            json.name("params").beginArray();
            cell(1, new Parameter("index", "bit32", 32), "tc_key");
            int id = 2;
            for (Parameter parameter : extern.parameters()) cell(id++, parameter, "param");
            json.endArray().endObject();
        }
        json.endArray().endObject();
    }

    private void cell(int id, Parameter parameter, String attribute) throws IOException {
        json.beginObject().name("id").value(id).name("name").value(parameter.name());
        json.name("type").value(parameter.type()).name("attr").value(attribute);
        json.name("bitwidth").value(parameter.bits()).endObject();
    }

    private void table(Table table) throws IOException {
        json.beginObject().name("name").value(table.path()).name("id").value(table.number());
        json.name("tentries")
                .value(table.size())
                .name("permissions")
                .value(table.permissions().hex());
        json.name("nummask").value(table.masks()).name("keysize").value(table.keyBits());
        json.name("keyfields").beginArray();
        for (int i = 0; i < table.keys().size(); i++) key(i + 1, table.keys().get(i));
        json.endArray().name("actions").beginArray();
        for (Use use : table.actions()) action(use, table);
        json.endArray().endObject();
    }

    private void key(int id, TcPipeline.Key key) throws IOException {
        json.beginObject()
                .name("id")
                .value(id)
                .name("name")
                .value(key.name())
                .name("type")
                .value(key.type());
        json.name("match_type")
                .value(key.match().toString())
                .name("bitwidth")
                .value(key.bits())
                .endObject();
    }

    private void action(Use use, Table table) throws IOException {
        Action action = use.action();
        json.beginObject().name("id").value(action.number()).name("name").value(action.path());
        json.name("action_scope")
                .value(use.scope().toString())
                .name("annotations")
                .beginArray();
        for (String annotation : use.annotations()) json.value(annotation);
        json.endArray().name("params").beginArray();
        for (int i = 0; i < action.parameters().size(); i++) {
            Parameter parameter = action.parameters().get(i);
            json.beginObject().name("id").value(i + 1).name("name").value(parameter.name());
            json.name("type")
                    .value(parameter.type())
                    .name("bitwidth")
                    .value(parameter.bits())
                    .endObject();
        }
        json.endArray().name("default_hit_action").value(is(table.hit(), action));
        json.name("default_miss_action").value(is(table.miss(), action)).endObject();
    }

    private static boolean is(@Nullable Default action, Action other) {
        return action != null && action.action().equals(other);
    }
}
