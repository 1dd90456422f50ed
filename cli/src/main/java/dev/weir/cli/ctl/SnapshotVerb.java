package dev.weir.cli.ctl;

import dev.weir.api.v1.Snapshot;
import dev.weir.api.v1.TakeSnapshotRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;

/** {@code snapshot}. */
final class SnapshotVerb extends Verb {
    SnapshotVerb(Streams streams) {
        super(
                streams,
                "snapshot",
                "Writes flows and what programs know to the file of 'state' now; done when the disk has it.");
        examples("  weir ctl snapshot");
    }

    @Override
    protected int run(Session session) throws IOException {
        Snapshot taken = session.client()
                .dataplane()
                .takeSnapshot(TakeSnapshotRequest.getDefaultInstance())
                .getSnapshot();
        session.printLine(session.json() ? StateView.json(taken) : StateView.text(taken));
        return CommandException.DONE;
    }
}
