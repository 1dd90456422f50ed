package dev.weir.cli;

import dev.weir.cli.boxes.OtrCommand;
import dev.weir.cli.boxes.ResponderCommand;
import dev.weir.cli.boxes.TenantsCommand;
import dev.weir.cli.ctl.CtlCommand;
import dev.weir.cli.flowtable.FlowTableCommand;
import dev.weir.cli.p4.P4Command;
import dev.weir.table.FlowTable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code weir} command. Results go to standard output, all else to standard error; an error is one line. Exit status: 0 done,
 * 1 it failed, 2 wrong usage, 130 interrupted.
 */
public final class Main {
    private static final String TRACK = "track";

    private Main() {}

    /** Runs the command and ends the process. */
    public static void main(String[] args) {
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        Interruption interruption = Interruption.ofProcess();
        Streams streams = new Streams(
                new FileOutputStream(FileDescriptor.out), err, Terminal.ofProcess(System.getenv()), interruption);
        int status = run(List.of(args), streams);
        err.flush();
        interruption.finish(status);
        System.exit(status);
    }

    /** @return the exit status */
    static int run(List<String> args, Streams streams) {
        String first = args.isEmpty() ? "--help" : args.getFirst();
        if (first.equals(TRACK)) {
            Thread.ofPlatform().daemon().name("weir-prepare").start(FlowTable::prepare);
        }
        CommandLine weir = commandLine(streams, args);
        if (!weir.getSubcommands().containsKey(first)) {
            Iterable<Subcommand> others = ServiceLoader.load(Subcommand.class);
            Subcommand other = find(others, first);
            if (other != null) {
                return run(other, args.subList(1, args.size()), streams);
            }
            others.forEach(subcommand -> list(subcommand, weir));
        }
        return weir.execute(args.isEmpty() ? new String[] {first} : args.toArray(new String[0]));
    }

    private static CommandLine commandLine(Streams streams, List<String> args) {
        boolean color = ColorMode.of(args).applies(streams.terminal().out());
        CommandLine weir = new CommandLine(new WeirCommand().spec());
        if (args.isEmpty() || !args.getFirst().equals(TRACK)) {
            weir.addSubcommand(new HelpCommand()); // has annotations, whose reading would slow the start of others
            weir.addSubcommand(new CollectCommand(streams).spec());
            weir.addSubcommand(new RunCommand(streams).spec());
            weir.addSubcommand(new QueryCommand(streams).spec());
            weir.addSubcommand(CtlCommand.spec(streams));
            weir.addSubcommand(P4Command.spec(streams));
            weir.addSubcommand(FlowTableCommand.spec(streams));
            weir.addSubcommand(ResponderCommand.spec(streams));
            weir.addSubcommand(OtrCommand.spec(streams));
            weir.addSubcommand(TenantsCommand.spec(streams));
            weir.addSubcommand(new CompletionCommand(streams).spec());
        }
        return weir.addSubcommand(new TrackCommand(streams).spec())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(110)
                .setColorScheme(Help.defaultColorScheme(color ? Help.Ansi.ON : Help.Ansi.OFF))
                .setOut(streams.outWriter())
                .setErr(streams.errWriter())
                .setParameterExceptionHandler((e, words) -> wrongUsage(e, streams.err()))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(e, parsed, streams.err()));
    }

    private static @Nullable Subcommand find(Iterable<Subcommand> subcommands, String name) {
        for (Subcommand subcommand : subcommands) {
            if (subcommand.name().equals(name)) {
                return subcommand;
            }
        }
        return null;
    }

    /** Makes the command appear in the help and among the names that a mistyped one is compared with. */
    private static void list(Subcommand subcommand, CommandLine weir) {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage().description(subcommand.summary().replace("%", "%%"));
        weir.addSubcommand(subcommand.name(), spec);
    }

    private static int run(Subcommand subcommand, List<String> args, Streams streams) {
        PrintStream out = new PrintStream(streams.out(), false, StandardCharsets.UTF_8);
        int status = subcommand.run(args, out, streams.err());
        out.flush();
        return status;
    }

    private static int wrongUsage(ParameterException e, PrintStream err) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String help = "; see " + command + " --help";
        if (e instanceof UnmatchedArgumentException unmatched) {
            String kind = unmatched.isUnknownOption() ? "option" : "command";
            List<String> suggestions = unmatched.getSuggestions();
            err.println("weir: " + unmatched.getUnmatched().getFirst() + ": no such " + kind
                    + (suggestions.isEmpty() ? help : "; did you mean " + suggestions.getFirst() + "?"));
        } else {
            String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
            err.println("weir: " + Character.toLowerCase(why.charAt(0)) + why.substring(1) + help);
        }
        return CommandException.USAGE;
    }

    private static int failed(Exception thrown, ParseResult parsed, PrintStream err) {
        Throwable e = thrown instanceof ExecutionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        boolean debug = debug(parsed);
        if (debug) {
            e.printStackTrace(err);
        }
        if (e instanceof CommandException failure) {
            err.println("weir: " + failure.getMessage());
            return failure.status();
        }
        String hint = debug ? "; please report it with the lines above" : "; run again with --debug and report it";
        err.println("weir: internal error: " + e + hint);
        return CommandException.FAILED;
    }

    private static boolean debug(ParseResult parsed) {
        ParseResult innermost = parsed;
        while (innermost.hasSubcommand()) {
            innermost = innermost.subcommand();
        }
        return innermost.hasMatchedOption("--debug");
    }
}
