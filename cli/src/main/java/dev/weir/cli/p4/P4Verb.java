package dev.weir.cli.p4;

import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.compile.P4Compiler.Compiled;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.typed.TypedProgram;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** What the verbs that read programs have in common: where headers are, what is defined, how faults are told. */
abstract class P4Verb implements Callable<Integer> {
    private static final String INCLUDE = "-I", DEFINE = "-D";

    final Streams streams;
    final CommandSpec spec;

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
        spec.addOption(many(
                "DIR", "Look for included files there, after the folder of the file that includes them.", INCLUDE));
        spec.addOption(many("NAME[=VALUE]", "Define a macro; without a value it is 1.", DEFINE));
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

    private static OptionSpec many(String label, String description, String name) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
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
        TypedProgram typed = P4Compiler.check(read(file), includes(), defines(), diagnostics);
        return tell(file, diagnostics) ? null : typed;
    }

    /** Compiles a program and tells its faults; null when there are some. */
    final @Nullable Compiled compile(String file) throws CommandException {
        Diagnostics diagnostics = new Diagnostics();
        Compiled compiled = P4Compiler.compile(P4Compiler.nameOf(file), read(file), includes(), defines(), diagnostics);
        return tell(file, diagnostics) ? null : compiled;
    }

    private IncludePath includes() throws CommandException {
        List<Path> folders = new ArrayList<>();
        for (String folder : values(INCLUDE)) folders.add(path(folder));
        return new IncludePath(folders);
    }

    private Map<String, String> defines() {
        Map<String, String> defines = new LinkedHashMap<>();
        for (String define : values(DEFINE)) {
            int equals = define.indexOf('=');
            defines.put(
                    equals < 0 ? define : define.substring(0, equals), equals < 0 ? "1" : define.substring(equals + 1));
        }
        return defines;
    }

    private List<String> values(String option) {
        List<String> values = spec.commandLine().getParseResult().matchedOptionValue(option, List.<String>of());
        return values;
    }

    static SourceFile read(String file) throws CommandException {
        try {
            return IncludePath.read(path(file));
        } catch (IOException e) {
            throw CommandException.failed(
                    file + ": cannot be read: " + e.getMessage() + "; give the name of a file", e);
        }
    }

    private static Path path(String name) throws CommandException {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw CommandException.failed(name + ": is no name of a file", e);
        }
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
