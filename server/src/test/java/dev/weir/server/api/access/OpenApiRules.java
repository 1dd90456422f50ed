package dev.weir.server.api.access;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the meta schema of OpenAPI 3.1 demands of the parts that are used here, and that references lead somewhere. */
final class OpenApiRules {
    private static final Set<String> VERBS = Set.of("get", "put", "post", "delete", "patch");
    private static final Set<String> TYPES = Set.of("object", "array", "string", "integer", "number", "boolean");

    private final JsonObject api;
    private final List<String> violations = new ArrayList<>();
    private final Set<String> operations = new HashSet<>();

    private OpenApiRules(JsonObject api) {
        this.api = api;
    }

    static List<String> violations(JsonObject api) {
        OpenApiRules rules = new OpenApiRules(api);
        rules.check();
        return rules.violations;
    }

    private void demand(boolean holds, String what) {
        if (!holds) {
            violations.add(what);
        }
    }

    private void check() {
        demand(api.get("openapi").getAsString().matches("3\\.1\\.\\d+"), "openapi: version");
        demand(isText(api.getAsJsonObject("info").get("title")), "info.title");
        demand(isText(api.getAsJsonObject("info").get("version")), "info.version");
        api.getAsJsonObject("paths").asMap().forEach((path, item) -> {
            demand(path.startsWith("/"), path + ": begins with /");
            item.getAsJsonObject().asMap().forEach((verb, operation) -> {
                demand(VERBS.contains(verb), path + ": " + verb);
                operation(path + "." + verb, operation.getAsJsonObject());
            });
        });
        api.getAsJsonObject("components").getAsJsonObject("schemas").asMap().forEach((name, schema) -> {
            demand(name.matches("[a-zA-Z0-9._-]+"), "components.schemas: " + name);
            schema(name, schema.getAsJsonObject());
        });
    }

    private void operation(String at, JsonObject operation) {
        demand(operations.add(operation.get("operationId").getAsString()), at + ".operationId: is there twice");
        demand(isText(operation.get("summary")), at + ".summary");
        Set<String> names = new HashSet<>();
        if (operation.has("parameters")) {
            for (JsonElement each : operation.getAsJsonArray("parameters")) {
                JsonObject parameter = each.getAsJsonObject();
                demand(names.add(parameter.get("name").getAsString()), at + ": a parameter is there twice");
                demand(parameter.get("in").getAsString().equals("query"), at + ".in");
                schema(at + parameter.get("name"), parameter.getAsJsonObject("schema"));
            }
        }
        if (operation.has("requestBody")) {
            content(at + ".requestBody", operation.getAsJsonObject("requestBody"));
        }
        JsonObject responses = operation.getAsJsonObject("responses");
        demand(responses.has("200"), at + ".responses");
        responses.asMap().forEach((code, response) -> {
            demand(code.matches("[1-5](\\d\\d|XX)|default"), at + ".responses." + code);
            demand(isText(response.getAsJsonObject().get("description")), at + ".responses." + code + ".description");
            content(at + ".responses." + code, response.getAsJsonObject());
        });
    }

    private void content(String at, JsonObject of) {
        demand(!of.getAsJsonObject("content").isEmpty(), at + ".content");
        of.getAsJsonObject("content").asMap().forEach((type, media) -> {
            demand(type.contains("/"), at + ": " + type);
            schema(at, media.getAsJsonObject().getAsJsonObject("schema"));
        });
    }

    private void schema(String at, JsonObject schema) {
        for (Map.Entry<String, JsonElement> entry : schema.asMap().entrySet()) {
            JsonElement value = entry.getValue();
            switch (entry.getKey()) {
                case "$ref" -> demand(leadsSomewhere(value.getAsString()), at + ": leads nowhere: " + value);
                case "type" -> demand(TYPES.contains(value.getAsString()), at + ".type: " + value);
                case "properties" ->
                    value.getAsJsonObject().asMap().forEach((name, s) -> schema(at + "." + name, s.getAsJsonObject()));
                case "items" -> schema(at + "[]", value.getAsJsonObject());
                case "additionalProperties" -> {
                    if (value.isJsonObject()) {
                        schema(at + ".*", value.getAsJsonObject());
                    }
                }
                case "enum" -> demand(!value.getAsJsonArray().isEmpty(), at + ".enum");
                case "description", "format", "pattern" -> demand(isString(value), at + "." + entry.getKey());
                case "minimum", "maximum" ->
                    demand(value instanceof JsonPrimitive n && n.isNumber(), at + ": a number");
                default -> demand(false, at + "." + entry.getKey() + ": is no keyword of these");
            }
        }
    }

    private boolean leadsSomewhere(String reference) {
        String prefix = "#/components/schemas/";
        return reference.startsWith(prefix)
                && api.getAsJsonObject("components")
                        .getAsJsonObject("schemas")
                        .has(reference.substring(prefix.length()));
    }

    private static boolean isString(JsonElement value) {
        return value instanceof JsonPrimitive text && text.isString();
    }

    private static boolean isText(JsonElement value) {
        return isString(value) && !value.getAsString().isBlank();
    }
}
