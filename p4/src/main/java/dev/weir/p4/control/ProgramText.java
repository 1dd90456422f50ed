package dev.weir.p4.control;

import dev.weir.p4.run.Rules;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a program was compiled of: all that it takes to compile it again, but for the headers that come with the compiler. Immutable; equal where the program would be.
 *
 * @param name of the program
 * @param file what its text is called
 * @param included texts of files that it includes, by the names under which they were found
 * @param defines macros
 * @param rules those that were asked for; null for those of its architecture
 * @param templates commands of {@code p4template} which make the pipeline of its name; none where it begins as it was written
 */
public record ProgramText(
        String name,
        String file,
        String text,
        Map<String, String> included,
        Map<String, String> defines,
        @Nullable Rules rules,
        List<String> templates) {
    public ProgramText {
        included = Map.copyOf(included);
        defines = Map.copyOf(defines);
        templates = List.copyOf(templates);
    }

    ProgramText with(List<String> itsTemplates) {
        return new ProgramText(name, file, text, included, defines, rules, itsTemplates);
    }
}
