package dev.weir.cli.p4;

import dev.weir.cli.CommandGroup;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Verb;
import java.util.ArrayList;
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
        List<Verb> asking =
                new ArrayList<>(List.of(new LoadVerb(streams), new UnloadVerb(streams), new ListVerb(streams)));
        asking.addAll(controls(streams));
        asking.add(new MonVerb(streams));
        asking.add(new TemplateVerb(streams));
        for (Verb verb : asking) {
            CommandSpec spec = verb.spec();
            p4.addSubcommand(spec.name(), spec);
        }
        return p4;
    }

    /** The verbs of P4TC's p4ctrl. */
    private static List<Verb> controls(Streams streams) {
        String table = "flow_tracker/table/Track/flows";
        String key = " src 10.0.0.1 dst 10.0.0.2 protocol 6 src_port 4000 dst_port 80";
        return List.of(
                new ControlVerb(
                        streams,
                        "create",
                        "Adds entries to a table of a program, all or none.",
                        "  weir p4 create " + table + " port left" + key + " action seen"),
                new ControlVerb(
                        streams,
                        "update",
                        "Changes entries of a table, the table itself, or counters, meters and registers.",
                        "  weir p4 update " + table + " tbl_attrs timer_profile id 1 aging 5000"),
                new ControlVerb(
                        streams,
                        "get",
                        "Shows an entry, or all that a filter chooses, or what counters, meters and registers hold.",
                        "  weir p4 get " + table,
                        "  weir p4 get -j " + table + " filter 'key.dst_port = 80'"),
                new ControlVerb(
                        streams,
                        "delete",
                        "Deletes entries of a table, or all that a filter chooses.",
                        "  weir p4 delete " + table + " port left" + key));
    }
}
