package dev.weir.server.api.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.weir.api.v1.Access;
import dev.weir.api.v1.Role;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The description of the calls over HTTP (OpenAPI 3.1), made of the definition and its comments: each route with its
 * parameters, body, answers, and the role that it takes; each message and enumeration as a schema. One thread; use once.
 */
final class OpenApi {
    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /** How far parameters reach into messages: {@code key.text}. */
    private static final int MAX_DEPTH = 3;

    private static final String ERROR = "google.rpc.Status";

    private final Comments comments;
    private final JsonObject schemas = new JsonObject();

    private OpenApi(Comments comments) {
        this.comments = comments;
    }

    /** The description as JSON. */
    static String of(Collection<ServiceDescriptor> services, Comments comments) {
        return GSON.toJson(new OpenApi(comments).document(services));
    }

    private JsonObject document(Collection<ServiceDescriptor> services) {
        JsonObject info = new JsonObject();
        info.addProperty("title", "Weir");
        info.addProperty("version", "v1");
        info.addProperty(
                "description",
                "What can be asked of a running daemon. The same calls are there by gRPC. Messages are JSON as protobuf has it:"
                        + " 64-bit numbers are strings, fields that have their default value are left out.");
        JsonObject paths = new JsonObject();
        JsonArray tags = new JsonArray();
        for (ServiceDescriptor service : services) {
            boolean hasRoutes = false;
            for (MethodDescriptor call : service.getMethods()) {
                List<HttpRoute> routes = HttpRoute.of(call);
                for (int i = 0; i < routes.size(); i++) {
                    add(paths, routes.get(i), i);
                    hasRoutes = true;
                }
            }
            if (hasRoutes) {
                JsonObject tag = new JsonObject();
                tag.addProperty("name", service.getName());
                tag.addProperty("description", comments.of(service));
                tags.add(tag);
            }
        }
        schemas.add(ERROR, errorSchema());
        JsonObject components = new JsonObject();
        components.add("schemas", schemas);
        components.add("securitySchemes", object("token", bearer()));
        JsonObject document = new JsonObject();
        document.addProperty("openapi", "3.1.0");
        document.add("info", info);
        document.add("tags", tags);
        document.add("paths", paths);
        document.add("components", components);
        return document;
    }

    private static JsonObject bearer() {
        JsonObject bearer = new JsonObject();
        bearer.addProperty("type", "http");
        bearer.addProperty("scheme", "bearer");
        bearer.addProperty("description", "A token, on listeners with TLS. The Unix socket needs none.");
        return bearer;
    }

    private void add(JsonObject paths, HttpRoute route, int number) {
        JsonObject path = paths.has(route.path()) ? paths.getAsJsonObject(route.path()) : new JsonObject();
        path.add(route.method().name().toLowerCase(Locale.ROOT), operation(route, number));
        paths.add(route.path(), path);
    }

    private JsonObject operation(HttpRoute route, int number) {
        MethodDescriptor call = route.call();
        Role role = call.getOptions().getExtension(Access.requiredRole);
        String comment = comments.of(call);
        JsonObject operation = new JsonObject();
        JsonArray tags = new JsonArray();
        tags.add(call.getService().getName());
        operation.add("tags", tags);
        operation.addProperty("operationId", call.getName() + (number == 0 ? "" : String.valueOf(number + 1)));
        operation.addProperty("summary", firstSentence(comment));
        operation.addProperty(
                "description",
                comment
                        + (role == Role.ROLE_UNSPECIFIED
                                ? ""
                                : "\n\nNeeds the role `" + role.name().toLowerCase(Locale.ROOT) + "`."));
        if (route.hasBody()) {
            JsonObject body = content("application/json", reference(call.getInputType()));
            body.addProperty("required", true);
            operation.add("requestBody", body);
        } else {
            JsonArray parameters = new JsonArray();
            addParameters(parameters, call.getInputType(), "", 1);
            operation.add("parameters", parameters);
        }
        JsonObject responses = new JsonObject();
        String type = call.isServerStreaming() ? "application/x-ndjson" : "application/json";
        JsonObject answer = content(type, reference(call.getOutputType()));
        answer.addProperty(
                "description",
                call.isServerStreaming()
                        ? "A message a line. A stream that is cut ends with a line {\"error\": ...}."
                        : "Done.");
        responses.add("200", answer);
        JsonObject error = content("application/json", reference(ERROR));
        error.addProperty("description", "What is wrong.");
        responses.add("default", error);
        operation.add("responses", responses);
        operation.add("security", security(role));
        return operation;
    }

    private static JsonArray security(Role role) {
        JsonArray security = new JsonArray();
        security.add(new JsonObject());
        if (role != Role.ROLE_UNSPECIFIED) {
            security.add(object("token", new JsonArray()));
        }
        return security;
    }

    private void addParameters(JsonArray parameters, Descriptor type, String prefix, int depth) {
        for (FieldDescriptor field : type.getFields()) {
            String name = prefix + field.getJsonName();
            boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !isWellKnown(field);
            if (isMessage) {
                if (!field.isRepeated() && depth < MAX_DEPTH) {
                    addParameters(parameters, field.getMessageType(), name + ".", depth + 1);
                }
                continue;
            }
            JsonObject parameter = new JsonObject();
            parameter.addProperty("name", name);
            parameter.addProperty("in", "query");
            parameter.addProperty("description", comments.of(field));
            parameter.add("schema", schema(field));
            parameters.add(parameter);
        }
    }

    private static boolean isWellKnown(FieldDescriptor field) {
        return field.getMessageType().getFile().getPackage().equals("google.protobuf");
    }

    private JsonObject schema(FieldDescriptor field) {
        if (field.isMapField()) {
            JsonObject map = new JsonObject();
            map.addProperty("type", "object");
            map.add("additionalProperties", single(field.getMessageType().findFieldByNumber(2)));
            return map;
        }
        JsonObject single = single(field);
        if (!field.isRepeated()) {
            return single;
        }
        JsonObject list = new JsonObject();
        list.addProperty("type", "array");
        list.add("items", single);
        return list;
    }

    private JsonObject single(FieldDescriptor field) {
        return switch (field.getType()) {
            case BOOL -> typed("boolean", "");
            case STRING -> typed("string", "");
            case BYTES -> typed("string", "byte");
            case INT32, SINT32, SFIXED32 -> typed("integer", "int32");
            case UINT32, FIXED32 -> unsigned();
            case INT64, SINT64, SFIXED64 -> typed("string", "int64");
            case UINT64, FIXED64 -> typed("string", "uint64");
            case DOUBLE -> typed("number", "double");
            case FLOAT -> typed("number", "float");
            case ENUM -> enumeration(field);
            case MESSAGE, GROUP -> message(field.getMessageType());
        };
    }

    private static JsonObject unsigned() {
        JsonObject schema = typed("integer", "uint32");
        schema.addProperty("minimum", 0);
        schema.addProperty("maximum", 0xFFFF_FFFFL);
        return schema;
    }

    private JsonObject enumeration(FieldDescriptor field) {
        JsonObject schema = typed("string", "");
        JsonArray names = new JsonArray();
        List<String> said = new ArrayList<>();
        for (EnumValueDescriptor value : field.getEnumType().getValues()) {
            names.add(value.getName());
            String comment = comments.of(value);
            if (!comment.isEmpty()) {
                said.add("`" + value.getName() + "`: " + comment);
            }
        }
        schema.add("enum", names);
        schema.addProperty("description", String.join("\n", said));
        return schema;
    }

    private JsonObject message(Descriptor type) {
        return switch (type.getFullName()) {
            case "google.protobuf.Timestamp" -> typed("string", "date-time");
            case "google.protobuf.Duration" -> {
                JsonObject duration = typed("string", "");
                duration.addProperty("pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$");
                yield duration;
            }
            default -> reference(type);
        };
    }

    private JsonObject reference(Descriptor type) {
        if (!schemas.has(type.getFullName())) {
            JsonObject schema = typed("object", "");
            schemas.add(type.getFullName(), schema); // before its fields, which may lead back to it
            schema.addProperty("description", comments.of(type));
            JsonObject properties = new JsonObject();
            for (FieldDescriptor field : type.getFields()) {
                properties.add(field.getJsonName(), described(schema(field), comments.of(field)));
            }
            schema.add("properties", properties);
            schema.addProperty("additionalProperties", false);
        }
        return reference(type.getFullName());
    }

    private static JsonObject described(JsonObject schema, String comment) {
        if (!comment.isEmpty()) {
            String more =
                    schema.has("description") ? "\n" + schema.get("description").getAsString() : "";
            schema.addProperty("description", comment + more);
        }
        return schema;
    }

    private static JsonObject errorSchema() {
        JsonObject code = typed("integer", "int32");
        code.addProperty(
                "description",
                "A code of google.rpc.Code: 3 INVALID_ARGUMENT, 5 NOT_FOUND, 7 PERMISSION_DENIED, 16 UNAUTHENTICATED.");
        JsonObject message = typed("string", "");
        message.addProperty("description", "For a person.");
        JsonObject detail = typed("object", "");
        detail.add("properties", object("@type", typed("string", "")));
        JsonObject details = typed("array", "");
        details.add("items", detail);
        details.addProperty(
                "description", "What else there is to say: google.rpc.BadRequest names the field at fault.");
        JsonObject properties = new JsonObject();
        properties.add("code", code);
        properties.add("message", message);
        properties.add("details", details);
        JsonObject schema = typed("object", "");
        schema.add("properties", properties);
        return schema;
    }

    private static JsonObject reference(String name) {
        JsonObject reference = new JsonObject();
        reference.addProperty("$ref", "#/components/schemas/" + name);
        return reference;
    }

    private static JsonObject typed(String type, String format) {
        JsonObject schema = new JsonObject();
        schema.addProperty("type", type);
        if (!format.isEmpty()) {
            schema.addProperty("format", format);
        }
        return schema;
    }

    private static JsonObject content(String mediaType, JsonObject schema) {
        return object("content", object(mediaType, object("schema", schema)));
    }

    private static JsonObject object(String name, JsonElement value) {
        JsonObject object = new JsonObject();
        object.add(name, value);
        return object;
    }

    private static String firstSentence(String comment) {
        String line = comment.replace('\n', ' ');
        int end = line.indexOf(". ");
        String sentence = end < 0 ? line : line.substring(0, end);
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }
}
