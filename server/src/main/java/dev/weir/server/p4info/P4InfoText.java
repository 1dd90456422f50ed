package dev.weir.server.p4info;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.api.v1.ProgramTableProperties;

/** The forms in which P4Info is written: protobuf's text, as controllers read it from files, and JSON. Stateless; any thread may call. */
public final class P4InfoText {
    private static final TextFormat.Printer TEXT = TextFormat.printer()
            .usingTypeRegistry(TypeRegistry.newBuilder()
                    .add(ProgramTableProperties.getDescriptor())
                    .add(Any.getDescriptor())
                    .build());
    private static final JsonFormat.Printer JSON = JsonFormat.printer()
            .usingTypeRegistry(JsonFormat.TypeRegistry.newBuilder()
                    .add(ProgramTableProperties.getDescriptor())
                    .build());

    private P4InfoText() {}

    public static String text(P4Info info) {
        return "# proto-file: p4/config/v1/p4info.proto\n# proto-message: p4.config.v1.P4Info\n\n"
                + TEXT.printToString(info);
    }

    public static String json(P4Info info) {
        try {
            return JSON.print(info) + "\n";
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("p4info: other_properties are of an unknown type; add it here", e);
        }
    }
}
