package dev.weir.cli.ctl;

import dev.weir.api.FlowKeys;
import dev.weir.api.v1.DeleteFlowRequest;
import dev.weir.api.v1.FlowKey;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;

/** {@code delete}: ends a flow. */
final class DeleteVerb extends Verb {
    DeleteVerb(Streams streams) {
        super(streams, "delete", "Ends a flow, as deleted. Its next packet begins another one.");
        words("KEY", "1..*", FlowVerb.KEY);
        examples("  weir ctl delete tcp 10.0.0.1:1234 10.0.0.2:80");
    }

    @Override
    protected String subject() {
        return KeyWords.join(words());
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        FlowKey key = KeyWords.parse(words());
        session.client()
                .flowTable()
                .deleteFlow(DeleteFlowRequest.newBuilder().setKey(key).build());
        String text = FlowKeys.format(key);
        session.printLine(session.json() ? new Json().text("deleted", text) : "deleted " + text);
        return CommandException.DONE;
    }
}
