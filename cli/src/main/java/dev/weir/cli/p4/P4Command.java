package dev.weir.cli.p4;

import dev.weir.cli.CommandGroup;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Verb;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** {@code weir p4}: its verbs. */
public final class P4Command {
    private P4Command() {}

    /** The syntax of the command and of all its verbs. */
    public static CommandSpec spec(Streams streams) {
        CommandSpec p4 = CommandGroup.named(
                "p4",
                "Checks, compiles and tests programs in P4; has a running daemon run them, and changes their tables.",
                "  weir p4 check examples/p4/firewall/firewall.p4",
                "  weir p4 test examples/p4/firewall/firewall.p4 examples/p4/firewall/firewall.stf",
                "  weir p4 load examples/p4/flow-tracker/flow-tracker.p4");
        p4.addOption(P4Verb.help());
        for (P4Verb verb : new P4Verb[] {new CheckVerb(streams), new CompileVerb(streams), new TestVerb(streams)}) {
            p4.addSubcommand(verb.spec().name(), verb.spec());
        }
        List<Verb> asking = List.of(new LoadVerb(streams), new UnloadVerb(streams), new ListVerb(streams));
        for (Verb verb : asking) {
            CommandSpec spec = verb.spec();
            p4.addSubcommand(spec.name(), spec);
        }
        return p4;
    }
}
