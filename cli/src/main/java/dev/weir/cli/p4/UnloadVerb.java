package dev.weir.cli.p4;

import dev.weir.api.v1.UnloadProgramRequest;
import dev.weir.api.v1.UnloadProgramResponse;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import java.io.IOException;

/** {@code weir p4 unload}. */
final class UnloadVerb extends Verb {
    UnloadVerb(Streams streams) {
        super(
                streams,
                "unload",
                "Takes a program out of the way of packets. A node of the configuration's stays, and lets packets pass.");
        words("PROGRAM", "1", "The name of a program, or of its node.");
        examples("  weir p4 unload flow_tracker");
    }

    @Override
    protected int run(Session session) throws IOException {
        String name = words().getFirst();
        UnloadProgramResponse answer = session.client()
                .programs()
                .unloadProgram(UnloadProgramRequest.newBuilder().setName(name).build());
        if (!session.json()) {
            session.printLine("unloaded " + name + (answer.getRemoved() ? "" : ": its node stays, and packets pass"));
        }
        return CommandException.DONE;
    }
}
