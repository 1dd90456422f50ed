package dev.weir.server.api.http;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.QueryParams;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests of what a caller writes: JSON as protobuf defines it, or the parameters of a query, of which each is a field
 * by the way to it, such as {@code key.text}. Any text gives a request or INVALID_ARGUMENT that says what is wrong. Any thread.
 */
final class JsonRequests {
    private static final JsonFormat.Parser PARSER = JsonFormat.parser();

    /** A number whose digits would fill the memory when they are written out. */
    private static final Pattern HUGE =
            Pattern.compile("[\\s\":,\\[{][-+]?[0-9]*\\.?[0-9]+[eE][-+]?[0-9]{4,}[\\s\",\\]}]");

    private static final Pattern PLACE = Pattern.compile("at line ([0-9]+) column ([0-9]+)");
    private static final int MAX_MESSAGE = 300;

    private JsonRequests() {}

    /** Of a body; nothing at all counts as an empty object. */
    static Message ofBody(Message prototype, String body) throws StatusException {
        String json = body.isBlank() ? "{}" : body;
        if (HUGE.matcher(" " + json + " ").find()) {
            throw invalid("the body has a number with too large an exponent", null);
        }
        Message.Builder request = prototype.newBuilderForType();
        try {
            PARSER.merge(json, request);
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            throw invalid(said(e), e);
        }
        return request.build();
    }

    /** Of the parameters of a query. */
    static Message ofQuery(Message prototype, QueryParams parameters) throws StatusException {
        JsonObject request = new JsonObject();
        for (Map.Entry<String, String> parameter : parameters) {
            add(request, prototype.getDescriptorForType(), parameter.getKey(), parameter.getValue());
        }
        return ofBody(prototype, request.toString());
    }

    private static void add(JsonObject request, Descriptor type, String name, String value) throws StatusException {
        JsonObject object = request;
        Descriptor within = type;
        String[] steps = name.split("\\.", -1);
        for (int i = 0; i < steps.length - 1; i++) {
            FieldDescriptor step = field(within, steps[i], name);
            if (step.getJavaType() != FieldDescriptor.JavaType.MESSAGE || step.isRepeated()) {
                throw invalid(name + ": there is no such parameter", null);
            }
            within = step.getMessageType();
            object = member(object, step.getJsonName());
        }
        FieldDescriptor last = field(within, steps[steps.length - 1], name);
        String key = last.getJsonName();
        if (last.isRepeated()) {
            JsonArray all = object.has(key) ? object.getAsJsonArray(key) : new JsonArray();
            all.add(value);
            object.add(key, all);
        } else if (object.has(key)) {
            throw invalid(name + ": is there twice", null);
        } else {
            object.addProperty(key, value);
        }
    }

    private static JsonObject member(JsonObject object, String key) throws StatusException {
        JsonElement there = object.get(key);
        if (there == null) {
            JsonObject made = new JsonObject();
            object.add(key, made);
            return made;
        }
        if (there instanceof JsonObject known) {
            return known;
        }
        throw invalid(key + ": is there twice", null);
    }

    private static FieldDescriptor field(Descriptor type, String step, String name) throws StatusException {
        for (FieldDescriptor field : type.getFields()) {
            if (field.getName().equals(step) || field.getJsonName().equals(step)) {
                return field;
            }
        }
        throw invalid(name + ": there is no such parameter", null);
    }

    /** What the parser says, without what it says of itself. */
    private static String said(Exception e) {
        String message = String.valueOf(e.getMessage());
        Matcher place = PLACE.matcher(message);
        if (place.find()) {
            return "the body is not the JSON that is wanted: line " + place.group(1) + ", column " + place.group(2);
        }
        if (!(e instanceof InvalidProtocolBufferException) || message.contains("Exception")) {
            return "the body is not the JSON that is wanted";
        }
        String line = message.lines().findFirst().orElse("");
        return line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) + "..." : line;
    }

    private static StatusException invalid(String what, @Nullable Throwable cause) {
        return Status.INVALID_ARGUMENT.withDescription(what).withCause(cause).asException();
    }
}
