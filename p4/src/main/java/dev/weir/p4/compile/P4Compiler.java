package dev.weir.p4.compile;

import dev.weir.p4.check.Checker;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.lower.Lowering;
import dev.weir.p4.preprocess.Includes;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.P4Parser;
import dev.weir.p4.syntax.Program;
import dev.weir.p4.typed.TypedProgram;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles P4-16 (specification 1.2.5): all phases in their order, each told of the same diagnostics. Whatever the text, nothing is thrown:
 * what is wrong is told, and no phase begins behind one that found errors. Stateless; any thread may call.
 */
public final class P4Compiler {
    private P4Compiler() {}

    /**
     * A program that can run.
     *
     * @param typed what descriptions of the program are made of
     * @param pipeline without a fault that the verifier tells
     */
    public record Compiled(TypedProgram typed, Pipeline pipeline) {}

    /** Preprocesses, parses and checks; null where there are errors. Any program will do, whatever its architecture. */
    public static @Nullable TypedProgram check(
            SourceFile file, Includes includes, Map<String, String> defines, Diagnostics diagnostics) {
        Program program = P4Parser.parse(file, includes, defines, diagnostics);
        if (diagnostics.hasErrors()) return null;
        TypedProgram typed = Checker.check(program, diagnostics);
        return diagnostics.hasErrors() ? null : typed;
    }

    /**
     * Makes what runs of a program for {@code PNA_NIC}; null where there are errors.
     *
     * @param name of the program: letters, digits and {@code _}
     */
    public static @Nullable Compiled compile(
            String name, SourceFile file, Includes includes, Map<String, String> defines, Diagnostics diagnostics) {
        TypedProgram typed = check(file, includes, defines, diagnostics);
        if (typed == null) return null;
        Pipeline pipeline = Lowering.lower(name, typed, diagnostics);
        if (pipeline == null) {
            if (!diagnostics.hasErrors()) { // there is nothing in it that could be pointed at
                diagnostics.error(new Span(file, 0, 0), "no-main", "there is no 'main'", "write a program for PNA_NIC");
            }
            return null;
        }
        for (String fault : IrVerifier.verify(pipeline)) {
            diagnostics.error(typed.definitions().getLast().span(), "unverified", fault, null);
        }
        return diagnostics.hasErrors() ? null : new Compiled(typed, pipeline);
    }

    /** The name of a program after that of its file: {@code path/flow-tracker.p4} is {@code flow_tracker}. */
    public static String nameOf(String path) {
        String file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
        String bare = file.endsWith(".p4") ? file.substring(0, file.length() - 3) : file;
        String name = bare.replaceAll("[^A-Za-z0-9_]", "_");
        return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "p_" + name : name;
    }
}
