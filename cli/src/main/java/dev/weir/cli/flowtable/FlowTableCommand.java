package dev.weir.cli.flowtable;

import dev.weir.api.v1.ChangeTableFlowsRequest.Kind;
import dev.weir.api.v1.GetModelRequest.Part;
import dev.weir.cli.CommandGroup;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Verb;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code weir flow-table}. */
public final class FlowTableCommand {
    private FlowTableCommand() {}

    /** The syntax of the command and of all its verbs. */
    public static CommandSpec spec(Streams streams) {
        CommandSpec command = CommandGroup.named(
                "flow-table",
                "Asks devices what they can match and do, and sets flows in their tables, by the daemon that has their drivers.",
                "  weir flow-table get-tables unft0",
                "  weir flow-table set-flows unft0 flows.json",
                "  weir flow-table get-flows unft0 2");
        command.addOption(help());
        List<Verb> verbs = List.of(
                model(streams, Part.TABLES, "tables", "Tells which tables a device has: columns, actions, size."),
                model(streams, Part.HEADERS, "headers", "Tells which headers and fields a device knows."),
                model(streams, Part.ACTIONS, "actions", "Tells what a device can do with packets."),
                model(streams, Part.HEADER_GRAPH, "header-graph", "Tells how a device parses packets."),
                model(streams, Part.TABLE_GRAPH, "table-graph", "Tells which tables packets come to, in which order."),
                new GetFlowsVerb(streams),
                change(streams, Kind.SET, "set-flows", "Adds flows to tables of a device."),
                change(streams, Kind.MODIFY, "mod-flows", "Replaces flows of a device; what they counted stays."),
                change(streams, Kind.DELETE, "del-flows", "Deletes flows of a device."),
                new WatchVerb(streams),
                new DriversVerb(streams));
        for (Verb verb : verbs) {
            CommandSpec spec = verb.spec();
            command.addSubcommand(spec.name(), spec);
        }
        CommandSpec backend = new BackendCommand(streams).spec();
        command.addSubcommand(backend.name(), backend);
        return command;
    }

    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .description("Show this help.")
                .usageHelp(true)
                .build();
    }

    private static Verb model(Streams streams, Part part, String word, String description) {
        return new ModelVerb(streams, part, "get-" + word, description);
    }

    private static Verb change(Streams streams, Kind kind, String name, String description) {
        return new ChangeVerb(streams, kind, name, description);
    }
}
