package dev.weir.offload.netlink;

import com.google.gson.Gson;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads replies of {@code net_flow_nl} as the API's header file numbers them, knowing nothing of the codec: names of attributes by the nest that
 * they are in, and what each holds (u number, l long number, s text, b octets, n nest, a list).
 */
final class NotesDecoder {
    private static final String REFERENCE = "2u:instance 3u:header 4u:field 5u:mask_type 6u:type 7b:value 8b:mask";

    private static final Map<String, String> NESTS = Map.ofEntries(
            Map.entry("top", "3a:tables 4a:headers 5a:actions 6a:header_graph 7a:table_graph 8a:flows"),
            Map.entry("tables", "1n:table"),
            Map.entry("headers", "1n:header"),
            Map.entry("actions", "1n:action 2u:uid"),
            Map.entry("header_graph", "1n:header_graph_node"),
            Map.entry("table_graph", "1n:table_graph_node"),
            Map.entry("flows", "1n:flow"),
            Map.entry("table", "1s:name 2u:uid 3u:source 4u:apply 5u:size 6a:matches 7a:actions"),
            Map.entry("matches", "1n:field_ref"),
            Map.entry("field_ref", REFERENCE),
            Map.entry("header", "1s:name 2u:uid 3a:fields"),
            Map.entry("fields", "1n:field"),
            Map.entry("field", "1s:name 2u:uid 3u:bitwidth"),
            Map.entry("action", "1s:name 2u:uid 3a:signature"),
            Map.entry("signature", "1n:action_arg"),
            Map.entry("action_arg", "1s:name 2u:type 3b:value"),
            Map.entry("header_graph_node", "1s:name 2u:uid 3a:hdrs 4a:jump"),
            Map.entry("hdrs", "1u:value"),
            Map.entry("table_graph_node", "1u:uid 2u:flags 3a:jump"),
            Map.entry("jump", "1n:jump_entry"),
            Map.entry("jump_entry", "1u:next_node " + REFERENCE),
            Map.entry(
                    "flow",
                    "1u:error 2u:table 3u:uid 4u:priority 5a:matches 6a:actions 32u:idle_timeout_ms 33u:hard_timeout_ms 34n:stats 35s:reason"),
            Map.entry("stats", "1l:packets 2l:bytes 3l:age_ms 4l:idle_ms"));

    private NotesDecoder() {}

    static String json(byte[] octets) {
        ByteBuffer message =
                ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder()).position(20);
        return new Gson().toJson(object("top", message));
    }

    private static Map<String, Object> object(String nest, ByteBuffer in) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (Map.Entry<String, Object> attribute : attributes(nest, in)) {
            object.put(attribute.getKey(), attribute.getValue());
        }
        return object;
    }

    private static List<Map.Entry<String, Object>> attributes(String nest, ByteBuffer in) {
        List<Map.Entry<String, Object>> attributes = new ArrayList<>();
        while (in.remaining() >= 4) {
            int start = in.position();
            int length = in.getShort(start) & 0xffff;
            int type = in.getShort(start + 2) & 0x3fff;
            ByteBuffer payload = in.slice(start + 4, length - 4).order(ByteOrder.nativeOrder());
            in.position(Math.min(in.limit(), start + (length + 3) / 4 * 4));
            Matcher known =
                    Pattern.compile("(?:^| )" + type + "([a-z]):([a-z_]+)").matcher(NESTS.getOrDefault(nest, ""));
            if (known.find()) {
                attributes.add(Map.entry(known.group(2), value(known.group(1).charAt(0), known.group(2), payload)));
            }
        }
        return attributes;
    }

    private static Object value(char kind, String name, ByteBuffer payload) {
        return switch (kind) {
            case 'u' -> payload.getInt() & 0xffff_ffffL;
            case 'l' -> new BigInteger(Long.toUnsignedString(payload.getLong()));
            case 's' -> text(payload);
            case 'b' -> octets(payload);
            case 'n' -> object(name, payload);
            default ->
                attributes(name, payload).stream()
                        .map(each -> Map.of(each.getKey(), each.getValue()))
                        .toList();
        };
    }

    private static String text(ByteBuffer payload) {
        return StandardCharsets.UTF_8
                .decode(payload.slice(0, payload.limit() - 1))
                .toString();
    }

    private static List<Integer> octets(ByteBuffer payload) {
        List<Integer> octets = new ArrayList<>();
        for (int i = 0; i < payload.limit(); i++) octets.add(payload.get(i) & 0xff);
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? octets.reversed() : octets;
    }
}
