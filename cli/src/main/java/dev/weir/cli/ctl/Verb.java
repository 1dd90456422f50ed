package dev.weir.cli.ctl;

import dev.weir.cli.CommandException;
import dev.weir.cli.Output;
import dev.weir.cli.Streams;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A verb that asks a daemon: its syntax, and what it asks. Its failures are told in one line. */
public abstract class Verb implements Callable<Integer> {
    private final CommandSpec spec;
    private final Streams streams;

    @SuppressWarnings("this-escape") // picocli keeps it, and asks nothing of it yet
    protected Verb(Streams streams, String name, String... description) {
        this.streams = streams;
        spec = CommandSpec.wrapWithoutInspection(this).name(name);
        spec.usageMessage()
                .description(description)
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n");
    }

    /** @return the exit status */
    protected abstract int run(Session session) throws CommandException, IOException;

    /** The syntax, complete. */
    public final CommandSpec spec() {
        Options.addTo(spec);
        return spec;
    }

    /** For options of its own, before {@link #spec()} adds those of all. */
    protected final CommandSpec own() {
        return spec;
    }

    protected final void examples(String... lines) {
        spec.usageMessage()
                .footerHeading(lines.length == 1 ? "%nExample:%n" : "%nExamples:%n")
                .footer(lines);
    }

    /** Words that follow the verb, as many as {@code arity} says in the way of picocli: {@code 1..*}. */
    protected final void words(String label, String arity, String description) {
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel(label)
                .arity(arity)
                .required(!arity.startsWith("0"))
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build());
    }

    protected final List<String> words() {
        List<String> words = spec.positionalParameters().getFirst().getValue();
        return words == null ? List.of() : words;
    }

    /** Whether the option was said. */
    protected final boolean has(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** What was said after the option, null where it was not said. */
    protected final @Nullable String said(String option) {
        return spec.findOption(option).getValue();
    }

    /** What is asked about, where that is one thing: for messages. */
    protected String subject() {
        return "";
    }

    @Override
    public final Integer call() throws CommandException {
        Options options = new Options(spec.commandLine(), System.getenv());
        Output out = Output.standard(streams.out());
        boolean color = options.color(streams.terminal().out());
        try (Client client = new Client(options.access(), options.timeoutSeconds())) {
            int status = run(new Session(client, out, options.json(), color, streams), client);
            out.flush();
            return streams.interruption().requested() ? CommandException.INTERRUPTED : status;
        } catch (Output.Failure e) {
            if (e.readerGone) {
                return CommandException.DONE;
            }
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw CommandException.failed(String.valueOf(e.getMessage()), e);
        }
    }

    private int run(Session session, Client client) throws CommandException, IOException {
        try {
            return run(session);
        } catch (StatusRuntimeException e) {
            if (session.interrupted()) {
                return CommandException.INTERRUPTED;
            }
            throw client.failure(e, subject());
        }
    }
}
