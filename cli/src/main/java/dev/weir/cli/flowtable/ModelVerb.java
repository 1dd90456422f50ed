package dev.weir.cli.flowtable;

import dev.weir.api.v1.GetModelRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import java.io.IOException;

/** {@code weir flow-table get-tables} and the others that tell a part of a device's model. */
final class ModelVerb extends Verb {
    /** What the word is that names a device. */
    static final String INTERFACE =
            "A device: its driver, or driver and number, unft0/2, where the driver has several; see weir flow-table drivers.";

    private final GetModelRequest.Part part;

    ModelVerb(Streams streams, GetModelRequest.Part part, String name, String description) {
        super(streams, name, description, "", "The answer is JSON in the grammar of flow-table-ctl.");
        this.part = part;
        words("INTERFACE", "1", INTERFACE);
        examples("  weir flow-table " + name + " unft0");
    }

    @Override
    protected int run(Session session) throws IOException {
        GetModelRequest request = GetModelRequest.newBuilder()
                .setInterface(words().getFirst())
                .setPart(part)
                .build();
        session.print(session.client().flowTables().getModel(request).getDocument());
        return CommandException.DONE;
    }
}
