package dev.weir.cli;

import dev.weir.server.DaemonLog;
import dev.weir.server.config.Configuration;
import dev.weir.server.config.ConfigurationFile;
import dev.weir.server.config.ConfigurationFile.Invalid;
import dev.weir.server.config.ConfigurationFile.Valid;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code weir run}: reads the configuration, tells its faults, and has {@link RunLoop} run it. */
final class RunCommand implements Callable<Integer> {
    private final CommandSpec spec;
    private final Streams streams;

    RunCommand(Streams streams) {
        this.streams = streams;
        spec = CommandSpec.wrapWithoutInspection(this).name("run");
        spec.usageMessage()
                .description(
                        "Runs a data plane in the foreground: packets in, decided flow by flow, packets out.",
                        "",
                        "SIGTERM and SIGINT let it end in order and print the counters; a second one ends it at once. "
                                + "SIGHUP reads the file again, SIGUSR1 prints the counters.")
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .footerHeading("%nExamples:%n")
                .footer(
                        "  weir run --check examples/files.yaml",
                        "  weir run examples/files.yaml",
                        "  sudo weir run examples/transparent.yaml");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel("CONFIG.yaml")
                .arity("1")
                .required(true)
                .type(String.class)
                .description("What to run; docs/configuration.md says what can stand in it.")
                .build());
        spec.addOption(flag("Only tell whether the file is valid.", "--check"));
        spec.addOption(flag("With an error, print the stack trace too.", "--debug"));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .description("Show this help.")
                .usageHelp(true)
                .build());
    }

    private static OptionSpec flag(String description, String name) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build();
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws CommandException {
        String file = spec.positionalParameters().getFirst().getValue();
        boolean check = spec.commandLine().getParseResult().hasMatchedOption("--check");
        Configuration configuration = read(file, streams.err(), ", nothing was started");
        if (configuration == null) {
            return CommandException.FAILED;
        }
        if (check) {
            PrintStream out = new PrintStream(streams.out(), true, StandardCharsets.UTF_8);
            out.println(file + ": valid");
            return CommandException.DONE;
        }
        return new RunLoop(file, streams, new DaemonLog(streams.err())).run(configuration);
    }

    /** The configuration, or null after its faults were told, and their {@code consequence}. */
    static @Nullable Configuration read(String file, PrintStream err, String consequence) throws CommandException {
        return switch (ConfigurationFile.read(octets(file))) {
            case Valid valid -> valid.configuration();
            case Invalid invalid -> {
                invalid.faults().forEach(fault -> err.println(fault.line(file)));
                int faults = invalid.faults().size();
                err.println("weir: " + file + ": has " + faults + (faults == 1 ? " fault" : " faults") + consequence
                        + "; correct " + (faults == 1 ? "it" : "them"));
                yield null;
            }
        };
    }

    private static byte[] octets(String file) throws CommandException {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException | InvalidPathException | OutOfMemoryError e) {
            String why = switch (e) {
                case NoSuchFileException _, InvalidPathException _ ->
                    "no such file; give the name of a configuration, " + "such as one of examples/";
                case AccessDeniedException _ -> "permission denied; make it readable";
                case OutOfMemoryError _ -> "too large; is it a configuration?";
                default -> e.getMessage() + "; give the name of a configuration";
            };
            throw CommandException.failed(file + ": cannot be read: " + why, e);
        }
    }
}
