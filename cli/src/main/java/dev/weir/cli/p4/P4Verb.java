package dev.weir.cli.p4;

import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.compile.P4Compiler.Compiled;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.typed.TypedProgram;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What the verbs that read programs have in common: where headers are, what is defined, how faults are told. */
abstract class P4Verb implements Callable<Integer> {
    final Streams streams;
    final CommandSpec spec;
    private final SourceOptions sources;

    P4Verb(Streams streams, String name, String description, String... examples) {
        this.streams = streams;
        spec = CommandSpec.wrapWithoutInspection(this).name(name);
        spec.usageMessage()
                .description(description)
                .sortOptions(false)
                .synopsisHeading("Usage: ")
                .optionListHeading("%nOptions:%n")
                .footerHeading(examples.length == 1 ? "%nExample:%n" : "%nExamples:%n")
                .footer(examples);
        sources = SourceOptions.addTo(spec);
        spec.addOption(OptionSpec.builder("--debug")
                .type(boolean.class)
                .description("With an error, print the stack trace too.")
                .build());
        spec.addOption(help());
    }

    static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .description("Show this help.")
                .usageHelp(true)
                .build();
    }

    final void words(String label, String arity, String description) {
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel(label)
                .arity(arity)
                .required(true)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build());
    }

    final List<String> words() {
        List<String> words = spec.positionalParameters().getFirst().getValue();
        return words == null ? List.of() : words;
    }

    CommandSpec spec() {
        return spec;
    }

    final PrintStream out() {
        return new PrintStream(streams.out(), true, StandardCharsets.UTF_8);
    }

    /** Checks a program and tells its faults; null when there are some. */
    final @Nullable TypedProgram check(String file) throws CommandException {
        Diagnostics diagnostics = new Diagnostics();
        TypedProgram typed =
                P4Compiler.check(SourceOptions.read(file), sources.includes(), sources.defines(), diagnostics);
        return tell(file, diagnostics) ? null : typed;
    }

    /** Compiles a program and tells its faults; null when there are some. */
    final @Nullable Compiled compile(String file) throws CommandException {
        Diagnostics diagnostics = new Diagnostics();
        Compiled compiled = P4Compiler.compile(
                P4Compiler.nameOf(file), SourceOptions.read(file), sources.includes(), sources.defines(), diagnostics);
        return tell(file, diagnostics) ? null : compiled;
    }

    /** Tells what was found in a file; returns whether there was an error. */
    final boolean tell(String file, Diagnostics diagnostics) {
        String text = diagnostics.render();
        if (!text.isEmpty()) streams.err().print(text);
        int errors = diagnostics.errors();
        if (errors > 0) {
            streams.err()
                    .println("weir: " + file + ": has " + count(errors, "error") + "; correct "
                            + (errors == 1 ? "it" : "them"));
        }
        return errors > 0;
    }

    static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    @Override
    public abstract Integer call() throws CommandException;
}
