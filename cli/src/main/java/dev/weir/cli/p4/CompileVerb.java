package dev.weir.cli.p4;

import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.compile.P4Compiler.Compiled;
import dev.weir.p4.ir.IrPrinter;
import dev.weir.p4.tc.Introspection;
import dev.weir.p4.tc.TcPipeline;
import dev.weir.p4.tc.TcReader;
import dev.weir.p4.tc.Templates;
import picocli.CommandLine.Model.OptionSpec;

/** {@code weir p4 compile}. */
final class CompileVerb extends P4Verb {
    private static final String FORMAT = "--format";

    /** What a program can be compiled to. */
    enum Form {
        /** The intermediate representation, as a person reads it. */
        ir,
        /** P4TC's introspection file. */
        introspection,
        /** P4TC's script that makes the program's objects. */
        template,
        /** P4TC's script that takes them away. */
        purge
    }

    CompileVerb(Streams streams) {
        super(
                streams,
                "compile",
                "Prints what a program is compiled to.",
                "  weir p4 compile examples/p4/flow-tracker/flow-tracker.p4",
                "  weir p4 compile --format introspection examples/p4/flow-tracker/flow-tracker.p4");
        words("PROGRAM.p4", "1", "What to compile.");
        spec.addOption(OptionSpec.builder(FORMAT)
                .paramLabel("FORM")
                .type(Form.class)
                .description(
                        "ir (default): without generics, calls and structs, as the back-end sees it; for P4TC's tools "
                                + "introspection (JSON), template and purge (scripts).")
                .build());
    }

    @Override
    public Integer call() throws CommandException {
        String file = words().getFirst();
        Compiled compiled = compile(file);
        if (compiled == null) return CommandException.FAILED;
        Form form = spec.commandLine().getParseResult().matchedOptionValue(FORMAT, Form.ir);
        out().print(form == Form.ir ? IrPrinter.print(compiled.pipeline()) : tc(form, compiled, file));
        return CommandException.DONE;
    }

    private static String tc(Form form, Compiled compiled, String file) {
        TcPipeline pipeline = TcReader.read(compiled.typed(), P4Compiler.nameOf(file));
        return switch (form) {
            case introspection -> Introspection.of(pipeline);
            case template -> Templates.template(pipeline);
            default -> Templates.purge(pipeline);
        };
    }
}
