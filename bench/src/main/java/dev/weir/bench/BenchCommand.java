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
        CommandLine bench = ParsedSubcommand.commandLine(this, out, err)
                .addSubcommand(new TableCommand(out, err))
                .addSubcommand(new ChurnCommand(out, err))
                .addSubcommand(new TrackCommand(out, err))
                .addSubcommand(new ExportCommand(out, err))
                .addSubcommand(new ScaleCommand(out, err))
                .addSubcommand(new FeaturesCommand(out, err))
                .addSubcommand(new P4Command(out, err))
                .addSubcommand(new StateCommand(out, err))
                .addSubcommand(new WireCommand(out, err))
                .addSubcommand(new ApiCommand(out, err))
                .addSubcommand(new OffloadCommand(out, err))
                .addSubcommand(new FlowCacheCommand(out, err))
                .addSubcommand(new JmhCommand(err))
                .addSubcommand(new GenerateCommand(err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    err.println("weir bench " + command.getCommandName() + ": " + e.getMessage());
                    return e instanceof IllegalArgumentException ? 2 : 1;
                });
        return bench.execute(args.isEmpty() ? new String[] {"--help"} : args.toArray(new String[0]));
    }
}
