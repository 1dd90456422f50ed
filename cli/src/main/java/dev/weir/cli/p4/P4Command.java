package dev.weir.cli.p4;

import dev.weir.cli.CommandGroup;
import dev.weir.cli.Streams;
import picocli.CommandLine.Model.CommandSpec;

/** {@code weir p4}: its verbs. */
public final class P4Command {
    private P4Command() {}

    /** The syntax of the command and of all its verbs. */
    public static CommandSpec spec(Streams streams) {
        CommandSpec p4 = CommandGroup.named(
                "p4",
                "Checks, compiles and tests programs in P4.",
                "  weir p4 check examples/p4/firewall/firewall.p4",
                "  weir p4 test examples/p4/firewall/firewall.p4 examples/p4/firewall/firewall.stf");
        p4.addOption(P4Verb.help());
        for (P4Verb verb : new P4Verb[] {new CheckVerb(streams), new CompileVerb(streams), new TestVerb(streams)}) {
            p4.addSubcommand(verb.spec().name(), verb.spec());
        }
        return p4;
    }
}
