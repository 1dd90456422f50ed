package dev.weir.bench;

import dev.weir.bench.wire.ApiCommand;
import dev.weir.bench.wire.WireCommand;
import dev.weir.cli.ParsedSubcommand;
import dev.weir.cli.Subcommand;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weir bench}: the benchmarks, each a command of its own. */
@Command(
        name = "bench",
        description = "Measures Weir, beside its peers where they are installed.",
        synopsisSubcommandLabel = "NAME",
        footer = {"", "Example: weir bench table"})
public final class BenchCommand implements Subcommand {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help")
    boolean help;

    @Override
    public String name() {
        return "bench";
    }

    @Override
    public String summary() {
        return "measure it, beside its peers where they are installed";
    }

    @Override
    public int run(List<String> args, PrintStream out, PrintStream err) {
        CommandLine bench = ParsedSubcommand.commandLine(
                        this,
                        out,
                        err,
                        new TableCommand(out, err),
                        new ChurnCommand(out, err),
                        new TrackCommand(out, err),
                        new ExportCommand(out, err),
                        new ClusterCommand(out, err),
                        new ScaleCommand(out, err),
                        new FeaturesCommand(out, err),
                        new P4Command(out, err),
                        new StateCommand(out, err),
                        new WireCommand(out, err),
                        new ApiCommand(out, err),
                        new OffloadCommand(out, err),
                        new FlowCacheCommand(out, err),
                        new JmhCommand(err),
                        new GenerateCommand(err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    err.println("weir bench " + command.getCommandName() + ": " + e.getMessage());
                    return e instanceof IllegalArgumentException ? 2 : 1;
                });
        return bench.execute(args.isEmpty() ? new String[] {"--help"} : args.toArray(new String[0]));
    }
}
