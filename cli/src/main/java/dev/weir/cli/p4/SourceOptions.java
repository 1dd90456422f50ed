package dev.weir.cli.p4;

import dev.weir.cli.CommandException;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.preprocess.Includes;
import dev.weir.p4.preprocess.Preprocessor;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.server.programs.SentFiles;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Where the text of a program is: files, folders of included ones, macros, as the verbs that read programs are told. */
final class SourceOptions {
    private static final String INCLUDE = "-I", DEFINE = "-D", OURS = "<weir>/";

    private final CommandSpec spec;

    private SourceOptions(CommandSpec spec) {
        this.spec = spec;
    }

    static SourceOptions addTo(CommandSpec spec) {
        spec.addOption(many(
                "DIR", "Look for included files there, after the folder of the file that includes them.", INCLUDE));
        spec.addOption(many("NAME[=VALUE]", "Define a macro; without a value it is 1.", DEFINE));
        return new SourceOptions(spec);
    }

    /** An option that can be said several times. */
    static OptionSpec many(String label, String description, String... names) {
        return OptionSpec.builder(names)
                .paramLabel(label)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build();
    }

    /** What was said for such an option. */
    static List<String> values(CommandSpec spec, String option) {
        List<String> values = spec.commandLine().getParseResult().matchedOptionValue(option, List.<String>of());
        return values;
    }

    IncludePath includes() throws CommandException {
        List<Path> folders = new ArrayList<>();
        for (String folder : values(spec, INCLUDE)) folders.add(path(folder));
        return new IncludePath(folders);
    }

    Map<String, String> defines() {
        Map<String, String> defines = new LinkedHashMap<>();
        for (String define : values(spec, DEFINE)) {
            int equals = define.indexOf('=');
            defines.put(
                    equals < 0 ? define : define.substring(0, equals), equals < 0 ? "1" : define.substring(equals + 1));
        }
        return defines;
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

    /** The files that a program includes, but those that come with the compiler, by the names that {@link SentFiles} finds them under. */
    Map<String, String> included(SourceFile main) throws CommandException {
        Collecting files = new Collecting(includes());
        Preprocessor.run(main, files, defines(), new Diagnostics());
        return files.texts;
    }

    /** Notes what is found. A file's name there is its name here where it lies beside the one that includes it, else what that one calls it. */
    private static final class Collecting implements Includes {
        private final IncludePath path;
        private final Map<String, String> texts = new LinkedHashMap<>();
        private final Map<String, SourceFile> here = new HashMap<>();

        Collecting(IncludePath path) {
            this.path = path;
        }

        @Override
        public @Nullable SourceFile find(String name, boolean quoted, SourceFile from) throws IOException {
            SourceFile its = here.getOrDefault(from.name(), from);
            SourceFile found = path.find(name, quoted, its);
            if (found == null || found.name().startsWith(OURS)) return found;
            boolean beside = quoted && found.name().equals(SentFiles.beside(name, its));
            String there = beside ? SentFiles.beside(name, from) : name;
            if (there == null) return null;
            here.put(there, found);
            texts.put(there, found.text());
            return SourceFile.of(there, found.text());
        }
    }
}
