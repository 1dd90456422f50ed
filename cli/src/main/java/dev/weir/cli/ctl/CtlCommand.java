package dev.weir.cli.ctl;

import dev.weir.cli.CommandGroup;
import dev.weir.cli.Streams;
import picocli.CommandLine.Model.CommandSpec;

/** {@code weir ctl}: its verbs. */
public final class CtlCommand {
    private CtlCommand() {}

    /** The syntax of the command and of all its verbs. */
    public static CommandSpec spec(Streams streams) {
        CommandSpec ctl = CommandGroup.named(
                "ctl",
                "Asks a running daemon, changes its flows, watches what happens.",
                "  weir ctl show interfaces",
                "  weir ctl flows --sort bytes desc --limit 10",
                "  weir ctl update tcp 10.0.0.1:1234 10.0.0.2:80 lifetime 5m offloaded",
                "  weir ctl --server https://gate:9470 --token-file token monitor");
        Options.addTo(ctl);
        add(ctl, new FlowtableVerb(streams));
        add(ctl, new FlowsVerb(streams));
        add(ctl, new FlowVerb(streams));
        add(ctl, new UpdateVerb(streams));
        add(ctl, new DeleteVerb(streams));
        add(ctl, new PurgeVerb(streams));
        add(ctl, new MonitorVerb(streams));
        CommandSpec show = CommandGroup.named("show", "Shows one side of the daemon.", "  weir ctl show nodes");
        Options.addTo(show);
        ShowVerbs.all(streams).forEach(verb -> add(show, verb));
        ctl.addSubcommand("show", show);
        add(ctl, new TraceVerb(streams));
        CommandSpec clear = CommandGroup.named("clear", "Sets something to zero.", "  weir ctl clear counters");
        Options.addTo(clear);
        add(clear, new ClearVerb(streams));
        ctl.addSubcommand("clear", clear);
        add(ctl, new SnapshotVerb(streams));
        CommandSpec standby = CommandGroup.named(
                "standby", "Changes which machine of a pair forwards.", "  weir ctl standby take-over");
        Options.addTo(standby);
        add(standby, new TakeOverVerb(streams));
        ctl.addSubcommand("standby", standby);
        add(ctl, new TopVerb(streams));
        return ctl;
    }

    private static void add(CommandSpec group, Verb verb) {
        CommandSpec spec = verb.spec();
        group.addSubcommand(spec.name(), spec);
    }
}
