package dev.weir.cli.p4;

import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;

/** {@code weir p4 check}. */
final class CheckVerb extends P4Verb {
    CheckVerb(Streams streams) {
        super(
                streams,
                "check",
                "Tells all faults of programs: where, what, and how to mend it. Any architecture whose header is there will do.",
                "  weir p4 check examples/p4/firewall/firewall.p4",
                "  weir p4 check -I include -D DEBUG main.p4");
        words("PROGRAM.p4", "1..*", "What to check.");
    }

    @Override
    public Integer call() throws CommandException {
        boolean faults = false;
        for (String file : words()) {
            if (check(file) == null) {
                faults = true;
            } else {
                out().println(file + ": valid");
            }
        }
        return faults ? CommandException.FAILED : CommandException.DONE;
    }
}
