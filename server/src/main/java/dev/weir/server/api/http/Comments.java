package dev.weir.server.api.http;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The comments of a definition, which the generated classes do not have: from the file of descriptors that the compiler writes
 * beside them. A comment belongs to a path of numbers into its file (descriptor.proto, {@code SourceCodeInfo}). Immutable.
 */
final class Comments {
    /** Numbers of the fields of descriptors that lead to messages, enumerations, services, and within those. */
    private static final int MESSAGE = 4,
            ENUM = 5,
            SERVICE = 6,
            FIELD_OF_MESSAGE = 2,
            MESSAGE_OF_MESSAGE = 3,
            ENUM_OF_MESSAGE = 4,
            VALUE_OF_ENUM = 2,
            METHOD_OF_SERVICE = 2;

    private final Map<String, Map<List<Integer>, String>> byFile;

    private Comments(Map<String, Map<List<Integer>, String>> byFile) {
        this.byFile = byFile;
    }

    /** Those of {@code weir.v1}. */
    static Comments ofDefinition() {
        try (InputStream in = Comments.class.getResourceAsStream("/dev/weir/api/v1/descriptors.pb")) {
            if (in == null) {
                throw new IllegalStateException("the module api has no descriptors.pb: it was not built by Maven");
            }
            return of(FileDescriptorSet.parseFrom(in));
        } catch (IOException e) {
            throw new IllegalStateException("the module api has a damaged descriptors.pb", e);
        }
    }

    private static Comments of(FileDescriptorSet files) {
        Map<String, Map<List<Integer>, String>> all = new HashMap<>();
        for (FileDescriptorProto file : files.getFileList()) {
            Map<List<Integer>, String> comments = new HashMap<>();
            for (Location location : file.getSourceCodeInfo().getLocationList()) {
                if (location.hasLeadingComments()) {
                    comments.put(location.getPathList(), tidy(location.getLeadingComments()));
                }
            }
            all.put(file.getName(), comments);
        }
        return new Comments(all);
    }

    private static String tidy(String comment) {
        return String.join("\n", comment.strip().lines().map(String::strip).toList());
    }

    String of(ServiceDescriptor service) {
        return at(service.getFile().getName(), List.of(SERVICE, service.getIndex()));
    }

    String of(MethodDescriptor method) {
        return at(
                method.getFile().getName(),
                List.of(SERVICE, method.getService().getIndex(), METHOD_OF_SERVICE, method.getIndex()));
    }

    String of(Descriptor message) {
        return at(message.getFile().getName(), path(message));
    }

    String of(FieldDescriptor field) {
        List<Integer> path = path(field.getContainingType());
        path.add(FIELD_OF_MESSAGE);
        path.add(field.getIndex());
        return at(field.getFile().getName(), path);
    }

    String of(EnumValueDescriptor value) {
        Descriptor outer = value.getType().getContainingType();
        List<Integer> path = outer == null ? new ArrayList<>() : path(outer);
        path.add(outer == null ? ENUM : ENUM_OF_MESSAGE);
        path.add(value.getType().getIndex());
        path.add(VALUE_OF_ENUM);
        path.add(value.getIndex());
        return at(value.getFile().getName(), path);
    }

    private static List<Integer> path(Descriptor message) {
        Descriptor outer = message.getContainingType();
        List<Integer> path = outer == null ? new ArrayList<>() : path(outer);
        path.add(outer == null ? MESSAGE : MESSAGE_OF_MESSAGE);
        path.add(message.getIndex());
        return path;
    }

    /** Empty where there is none. */
    private String at(String file, List<Integer> path) {
        return byFile.getOrDefault(file, Map.of()).getOrDefault(path, "");
    }
}
