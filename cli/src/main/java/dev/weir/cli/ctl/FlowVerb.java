package dev.weir.cli.ctl;

import dev.weir.api.v1.GetFlowRequest;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;

/** {@code flow}: all that is known of one. */
final class FlowVerb extends Verb {
    static final String KEY =
            "As 'tcp 10.0.0.1:1234 > 10.0.0.2:80 [tenant N]', in either orientation, IPv6 in brackets. "
                    + "As words of its own, without quotes, 'to' stands for '>', or nothing.";

    FlowVerb(Streams streams) {
        super(streams, "flow", "Shows one flow.");
        words("KEY", "1..*", KEY);
        examples(
                "  weir ctl flow tcp 10.0.0.1:1234 10.0.0.2:80",
                "  weir ctl flow 'udp [2001:db8::1]:5353 > [2001:db8::2]:53 tenant 7' --json");
    }

    @Override
    protected String subject() {
        return KeyWords.join(words());
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        GetFlowRequest request =
                GetFlowRequest.newBuilder().setKey(KeyWords.parse(words())).build();
        FlowDetails.print(session, session.client().flowTable().getFlow(request).getFlow());
        return CommandException.DONE;
    }
}
