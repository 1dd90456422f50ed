package dev.weir.cli.ctl;

import dev.weir.api.v1.TakeOverRequest;
import dev.weir.api.v1.Term;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import java.io.IOException;

/** {@code standby take-over}. */
final class TakeOverVerb extends Verb {
    TakeOverVerb(Streams streams) {
        super(
                streams,
                "take-over",
                "Has this machine, which stands by, forward from now on; the other one yields as soon as it hears of it.");
        examples("  weir ctl standby take-over");
    }

    @Override
    protected int run(Session session) throws IOException {
        Term term = session.client()
                .standby()
                .takeOver(TakeOverRequest.getDefaultInstance())
                .getTerm();
        session.printLine(
                session.json()
                        ? StandbyView.json(new Json(), term)
                        : "forwards, term " + Long.toUnsignedString(term.getNumber()));
        return CommandException.DONE;
    }
}
