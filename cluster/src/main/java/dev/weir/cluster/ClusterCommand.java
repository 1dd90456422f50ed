package dev.weir.cluster;

import dev.weir.cli.ParsedSubcommand;
import dev.weir.server.config.ClusterJob;
import dev.weir.server.config.ClusterJobFile;
import dev.weir.server.config.ClusterJobFile.Invalid;
import dev.weir.server.config.ClusterJobFile.Valid;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code weir cluster}: the same flows as a job of Apache Flink. Loads nothing of the engine before a job is run. */
@Command(
        name = "cluster",
        description = {
            "Flows of captures as a job of Apache Flink: on an engine in this process, or on a running one; or of the packets, or",
            "records, that many sensors sent through Kafka. The records are those of weir track; docs/cluster.md has the options",
            "of JOB."
        },
        footer = {
            "",
            "Example: weir cluster run examples/cluster/captures.yaml",
            "         weir cluster run --at flink.example:8081 job.yaml"
        })
public final class ClusterCommand extends ParsedSubcommand {
    @Parameters(index = "0", paramLabel = "run", description = "Runs a job to its end")
    String verb = "";

    @Parameters(index = "1", paramLabel = "JOB", description = "A file that says what the job is, in YAML")
    String file = "";

    @Option(
            names = "--at",
            paramLabel = "HOST:PORT",
            description = "The REST address of a running engine; without it one runs in this process")
    @Nullable
    String at;

    @Option(names = "--from", paramLabel = "PATH", description = "A savepoint or a retained checkpoint to go on from")
    @Nullable
    String from;

    @Option(names = "--check", description = "Only say whether the file is valid")
    boolean check;

    @Option(names = "--stats", description = "All counters at the end, on standard error")
    boolean stats;

    /** By {@link java.util.ServiceLoader}. */
    public ClusterCommand() {
        super("cluster", "the same flows as a job of a stream engine, on many machines");
    }

    @Override
    protected int run(CommandLine command, PrintStream out, PrintStream err) {
        try {
            return runJob(command, out, err);
        } catch (JobFailure e) {
            err.println("weir: " + e.getMessage());
            return FAILED;
        }
    }

    private int runJob(CommandLine command, PrintStream out, PrintStream err) throws JobFailure {
        if (!verb.equals("run")) {
            throw new ParameterException(command, "'" + verb + "' is no verb; there is run");
        }
        EngineAddress engine = engine(command);
        ClusterJob job = read(err);
        if (job == null) {
            return FAILED;
        }
        if (check) {
            out.println(file + ": valid");
            return DONE;
        }
        return JobRun.run(job, engine, from, stats, err);
    }

    private @Nullable EngineAddress engine(CommandLine command) {
        try {
            return at == null ? null : EngineAddress.parse(at);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, "--at " + at + ": " + e.getMessage(), e);
        }
    }

    /** The job, or null after its faults were told. */
    private @Nullable ClusterJob read(PrintStream err) throws JobFailure {
        return switch (ClusterJobFile.read(octets())) {
            case Valid valid -> valid.job();
            case Invalid invalid -> {
                invalid.faults().forEach(fault -> err.println(fault.line(file)));
                int faults = invalid.faults().size();
                err.println("weir: " + file + ": has " + faults + (faults == 1 ? " fault" : " faults")
                        + ", nothing was started; correct " + (faults == 1 ? "it" : "them"));
                yield null;
            }
        };
    }

    private byte[] octets() throws JobFailure {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (IOException | InvalidPathException e) {
            String why = switch (e) {
                case NoSuchFileException _, InvalidPathException _ ->
                    "no such file; give the name of a job's file, such as examples/cluster/captures.yaml";
                case AccessDeniedException _ -> "permission denied; make it readable";
                default -> e.getMessage() + "; give the name of a job's file";
            };
            throw new JobFailure(file + ": cannot be read: " + why);
        }
    }
}
