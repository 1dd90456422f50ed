package dev.weir.server.p4runtime;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.p4.config.v1.Preamble;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the P4Info that a controller goes by is of the program that it sends: everything has the same ids, names and widths. Annotations, documentation, aliases,
 * sizes of tables and what becomes of idle entries may differ, as they do between compilers. Stateless; any thread.
 */
final class InfoAgreement {
    private static final Set<String> OPEN = Set.of(
            "annotations",
            "annotation_locations",
            "structured_annotations",
            "doc",
            "alias",
            "pkg_info",
            "type_info",
            "size",
            "idle_timeout_behavior",
            "other_properties",
            "has_initial_entries",
            "is_const_table",
            "initial_default_action");

    private InfoAgreement() {}

    /** Null where they agree; else where they do not, and how. */
    static @Nullable String difference(P4Info given, P4Info compiled) {
        return difference(given, compiled, "p4info");
    }

    private static @Nullable String difference(Message given, Message compiled, String path) {
        for (FieldDescriptor field : compiled.getDescriptorForType().getFields()) {
            if (OPEN.contains(field.getName())) continue;
            String at = path + "." + field.getName();
            String difference = field.isRepeated()
                    ? lists(elements(given, field), elements(compiled, field), at)
                    : single(given, compiled, field, at);
            if (difference != null) return difference;
        }
        return null;
    }

    private static @Nullable String single(Message given, Message compiled, FieldDescriptor field, String at) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return values(given.getField(field), compiled.getField(field), at);
        }
        if (given.hasField(field) != compiled.hasField(field)) {
            return at + ": is " + (given.hasField(field) ? "not in" : "in") + " the program";
        }
        return difference((Message) given.getField(field), (Message) compiled.getField(field), at);
    }

    private static List<Object> elements(Message message, FieldDescriptor field) {
        return new ArrayList<>((List<?>) message.getField(field));
    }

    private static @Nullable String lists(List<Object> given, List<Object> compiled, String at) {
        Map<Object, Object> byId = new HashMap<>();
        given.forEach(each -> byId.put(id(each), each));
        for (Object each : compiled) {
            Object other = byId.remove(id(each));
            String where = at + "[" + name(each) + "]";
            if (other == null) return where + ": is missing";
            String difference = each instanceof Message message
                    ? difference((Message) other, message, where)
                    : values(other, each, where);
            if (difference != null) return difference;
        }
        return byId.isEmpty() ? null : at + "[" + name(byId.values().iterator().next()) + "]: is not in the program";
    }

    private static @Nullable String values(Object given, Object compiled, String at) {
        return Objects.equals(given, compiled) ? null : at + ": is " + given + ", in the program " + compiled;
    }

    private static Object id(Object element) {
        if (!(element instanceof Message message)) return element;
        FieldDescriptor preamble = message.getDescriptorForType().findFieldByName("preamble");
        if (preamble != null) return ((Preamble) message.getField(preamble)).getId();
        FieldDescriptor id = message.getDescriptorForType().findFieldByName("id");
        return id == null ? message : message.getField(id);
    }

    private static String name(Object element) {
        if (!(element instanceof Message message)) return String.valueOf(element);
        FieldDescriptor preamble = message.getDescriptorForType().findFieldByName("preamble");
        if (preamble != null) return ((Preamble) message.getField(preamble)).getName();
        return "id " + id(element);
    }
}
