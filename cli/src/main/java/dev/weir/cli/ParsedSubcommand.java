package dev.weir.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The shell of a {@link Subcommand} whose words picocli reads: its help, and a line for what is wrong with them. Called as the interface says. */
public abstract class ParsedSubcommand implements Subcommand {
    protected static final int DONE = 0, FAILED = 1, USAGE = 2;
    private final String name, summary;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help")
    private boolean help;

    protected ParsedSubcommand(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return summary;
    }

    /** What reads the words of such a command and of those below it, set up as all of them are. */
    public static CommandLine commandLine(Object command, PrintStream out, PrintStream err, Object... below) {
        CommandLine line = new CommandLine(command);
        for (Object each : below) {
            line.addSubcommand(each);
        }
        // the settings are those of all that were added before
        return line.setExpandAtFiles(false)
                .setUsageHelpWidth(110)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    }

    @Override
    public int run(List<String> args, PrintStream out, PrintStream err) {
        CommandLine command = commandLine(this, out, err);
        try {
            command.parseArgs(args.toArray(new String[0]));
            if (help) {
                command.usage(command.getOut());
                return DONE;
            }
            return run(command, out, err);
        } catch (ParameterException e) {
            err.println("weir: " + name + ": " + e.getMessage() + "; see weir " + name + " --help");
            return USAGE;
        } catch (IOException e) {
            err.println("weir: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /**
     * Does what the words, which are in the options by now, ask for.
     *
     * @param command to say that they are wrong ({@link ParameterException})
     * @return the exit status
     * @throws IOException whose message is a line for people
     */
    protected abstract int run(CommandLine command, PrintStream out, PrintStream err)
            throws IOException, InterruptedException;
}
