package dev.weir.cli;

import java.io.PrintStream;
import java.util.List;

/**
 * A command of {@code weir} that another module brings, found by {@link java.util.ServiceLoader} under this name. It is looked for
 * only when the first word is no built-in command, so that it costs {@code weir track} nothing.
 *
 * <p>Called once a process, by the main thread.
 */
public interface Subcommand {
    /** The word after {@code weir}. */
    String name();

    /** One line for the list of commands, without a full stop. */
    String summary();

    /**
     * Runs the command; it does not exit the process and lets no exception out for wrong arguments.
     *
     * @param args the words after the name, {@code --help} among them
     * @param out for results
     * @param err for everything else
     * @return the exit status: 0 done, 1 it failed, 2 wrong usage
     */
    int run(List<String> args, PrintStream out, PrintStream err);
}
