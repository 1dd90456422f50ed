package dev.weir.p4.control;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.preprocess.Includes;
import dev.weir.p4.preprocess.NotedIncludes;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import dev.weir.p4.tc.TcPipeline;
import dev.weir.p4.tc.TcReader;
import dev.weir.p4.typed.Architecture;
import dev.weir.p4.typed.TypedProgram;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compiled program, and all that is known of it: what {@link ProgramRuntime} instantiates. Immutable; any thread.
 *
 * @param pipeline what runs, with the entries and default actions that it begins with
 * @param facts what P4TC's tools know of it
 * @param rules for the lifetimes of entries
 * @param text what it was compiled of; null where that does not say all of it
 */
public record ProgramImage(
        String name,
        TypedProgram typed,
        Pipeline pipeline,
        TcPipeline facts,
        ProgramSchema schema,
        CompiledProgram compiled,
        Rules rules,
        @Nullable ProgramText text) {
    /**
     * Compiles a program; null where there are errors, which are told.
     *
     * @param name letters, digits and {@code _}
     * @param rules null: those of P4TC for programs that include {@code tc/pna.p4}, else those of PNA
     */
    public static @Nullable ProgramImage compile(
            String name,
            SourceFile file,
            Includes includes,
            Map<String, String> defines,
            @Nullable Rules rules,
            Diagnostics diagnostics) {
        NotedIncludes noted = new NotedIncludes(includes);
        P4Compiler.Compiled compiled = P4Compiler.compile(name, file, noted, defines, diagnostics);
        if (compiled == null) return null;
        try {
            ProgramText text =
                    new ProgramText(name, file.name(), file.text(), noted.found(), defines, rules, List.of());
            return of(name, compiled.typed(), compiled.pipeline(), rules).of(text);
        } catch (IllegalArgumentException e) {
            diagnostics.error(new Span(file, 0, 0), "too-large", "cannot be compiled: " + e.getMessage(), null);
            return null;
        }
    }

    /**
     * Of a program that was checked and lowered.
     *
     * @throws IllegalArgumentException when a part of it is too large for a method of the JVM
     */
    public static ProgramImage of(String name, TypedProgram typed, Pipeline pipeline, @Nullable Rules rules) {
        Rules its = typed.architecture() == Architecture.TC ? Rules.P4TC : Rules.PNA;
        TcPipeline facts = TcReader.read(typed, name);
        return new ProgramImage(
                name,
                typed,
                pipeline,
                facts,
                ProgramSchema.of(pipeline, facts),
                ProgramCompiler.compile(pipeline),
                rules == null ? its : rules,
                null);
    }

    private ProgramImage of(ProgramText its) {
        return new ProgramImage(name, typed, pipeline, facts, schema, compiled, rules, its);
    }

    /** The same program whose tables are others of the same names: other sizes, permissions, entries, default actions. */
    public ProgramImage with(Pipeline other) {
        return with(other, facts);
    }

    /**
     * The same, as P4TC's tools know it then, by templates.
     *
     * @param templates commands that make the templates; null where they are not known
     */
    public ProgramImage with(Pipeline other, TcPipeline otherFacts, @Nullable List<String> templates) {
        ProgramImage made = with(other, otherFacts);
        return text == null || templates == null ? made : made.of(text.with(templates));
    }

    private ProgramImage with(Pipeline other, TcPipeline otherFacts) {
        ProgramSchema itsSchema = ProgramSchema.of(other, otherFacts);
        return new ProgramImage(name, typed, other, otherFacts, itsSchema, ProgramCompiler.compile(other), rules, null);
    }
}
