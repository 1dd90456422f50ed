package dev.weir.export.message;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import dev.weir.export.FeatureColumn;
import dev.weir.export.FeatureColumn.Kind;
import dev.weir.export.FeatureColumns;
import dev.weir.table.FlowRecordBuilder;
import dev.weir.table.feature.FeatureSet;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages that are JSON objects (RFC 8259) in UTF-8. What follows from other values is not looked at: {@code protocol}, {@code duration}, {@code
 * ctx_id}, and start and end where a direction has its times.
 */
final class JsonDecoder implements MessageDecoder {
    private static final Map<String, Kind> FEATURES =
            FeatureColumns.of(FeatureSet.all(FeatureSet.FIRST_PACKETS)).stream()
                    .collect(Collectors.toMap(FeatureColumn::label, FeatureColumn::kind));

    @Override
    public FlowMessage decode(byte[] octets) throws MessageFault {
        Map<String, @Nullable Object> values = new HashMap<>();
        List<FlowFeature> features = new ArrayList<>();
        read(octets, values, features);
        JsonValues json = new JsonValues(values);
        String sensor = Checks.name("sensor", json.text("sensor"));
        String run = Checks.name("run", json.text("run"));
        long sequence = Checks.sequence("sequence", json.number("sequence", Long.MAX_VALUE));
        FlowRecordBuilder flow = new FlowRecordBuilder();
        json.fill(flow);
        return new FlowMessage(sensor, run, sequence, flow.record(), features);
    }

    /** Strings, numbers as {@link Number}s of their text, booleans, nulls; what is known of it is checked later. */
    private static void read(byte[] octets, Map<String, @Nullable Object> values, List<FlowFeature> features)
            throws MessageFault {
        var utf8 = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try (JsonReader in = new JsonReader(new InputStreamReader(new ByteArrayInputStream(octets), utf8))) {
            in.setStrictness(Strictness.STRICT);
            in.beginObject();
            while (in.hasNext()) {
                String key = in.nextName();
                Kind feature = FEATURES.get(key);
                if (feature != null) {
                    if (features.stream().anyMatch(each -> each.name().equals(key))) {
                        throw twice(key);
                    }
                    features.add(feature(in, key, feature));
                } else if (values.containsKey(key)) {
                    throw twice(key);
                } else {
                    values.put(key, value(in));
                }
            }
            in.endObject();
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw new MessageFault("message", "something follows its object");
            }
        } catch (MessageFault e) {
            throw e;
        } catch (EOFException e) {
            throw new MessageFault("message of " + octets.length + " octets", "ends in the middle", e);
        } catch (MalformedJsonException | IllegalStateException | NumberFormatException e) {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new MessageFault("message", "no JSON object of a flow: " + Checks.clipped(why) + place(why), e);
        } catch (IOException e) {
            throw new MessageFault("message of " + octets.length + " octets", "no UTF-8: " + e.getMessage(), e);
        }
    }

    /** What the reader says of the place stands at the end. */
    private static String place(String why) {
        int at = why.lastIndexOf(" at line ");
        return at < 60 ? "" : why.substring(at);
    }

    private static MessageFault twice(String key) {
        return new MessageFault(Checks.clipped(key), "is there twice");
    }

    private static @Nullable Object value(JsonReader in) throws IOException {
        JsonToken next = in.peek();
        return switch (next) {
            case STRING -> in.nextString();
            case NUMBER -> new JsonValues.Digits(in.nextString());
            case BOOLEAN -> in.nextBoolean();
            default -> {
                in.skipValue();
                yield next == JsonToken.NULL ? null : JsonValues.NESTED;
            }
        };
    }

    private static FlowFeature feature(JsonReader in, String name, Kind kind) throws IOException {
        return switch (kind) {
            case INTEGER -> new FlowFeature(name, kind, List.of(number(in, name, Long::parseLong)), "");
            case DECIMAL -> new FlowFeature(name, kind, List.of(number(in, name, Double::parseDouble)), "");
            case INTEGERS -> new FlowFeature(name, kind, numbers(in, name, Long::parseLong), "");
            case DECIMALS -> new FlowFeature(name, kind, numbers(in, name, Double::parseDouble), "");
            case TEXT -> {
                if (in.peek() != JsonToken.STRING) {
                    throw new MessageFault(name, "is no text");
                }
                yield new FlowFeature(name, kind, List.of(), in.nextString());
            }
        };
    }

    private static List<Number> numbers(JsonReader in, String name, Function<String, Number> parser)
            throws IOException {
        if (in.peek() != JsonToken.BEGIN_ARRAY) {
            throw new MessageFault(name, "is no list");
        }
        List<Number> numbers = new ArrayList<>();
        in.beginArray();
        while (in.hasNext()) {
            numbers.add(number(in, name, parser));
        }
        in.endArray();
        return numbers;
    }

    private static Number number(JsonReader in, String name, Function<String, Number> parser) throws IOException {
        if (in.peek() != JsonToken.NUMBER) {
            throw new MessageFault(name, "is no number");
        }
        String digits = in.nextString();
        try {
            return parser.apply(digits);
        } catch (NumberFormatException e) {
            throw new MessageFault(name, Checks.clipped(digits) + " is no number that fits", e);
        }
    }
}
