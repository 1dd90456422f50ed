package dev.weir.cli.p4;

import dev.weir.api.p4.config.v1.P4Info;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.compile.P4Compiler.Compiled;
import dev.weir.p4.ir.IrPrinter;
import dev.weir.p4.tc.Introspection;
import dev.weir.p4.tc.TcPipeline;
import dev.weir.p4.tc.TcReader;
import dev.weir.p4.tc.Templates;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.server.p4info.P4InfoMaker;
import dev.weir.server.p4info.P4InfoText;
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
        purge,
        /** P4Runtime's P4Info as protobuf writes text. */
        p4info,
        /** P4Info in JSON. */
        p4info_json,
        /** P4Info as protobuf's octets. */
        p4info_binary;

        boolean isInfo() {
            return this == p4info || this == p4info_json || this == p4info_binary;
        }
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
                                + "introspection (JSON), template and purge (scripts); for P4Runtime's controllers p4info (protobuf's "
                                + "text), p4info_json, p4info_binary, also of programs for PSA and v1model.")
                .build());
    }

    @Override
    public Integer call() throws CommandException {
        String file = words().getFirst();
        Form form = spec.commandLine().getParseResult().matchedOptionValue(FORMAT, Form.ir);
        if (form.isInfo()) return info(form, file);
        Compiled compiled = compile(file);
        if (compiled == null) return CommandException.FAILED;
        out().print(form == Form.ir ? IrPrinter.print(compiled.pipeline()) : tc(form, compiled, file));
        return CommandException.DONE;
    }

    private int info(Form form, String file) throws CommandException {
        TypedProgram typed = check(file);
        if (typed == null) return CommandException.FAILED;
        P4Info info = P4InfoMaker.of(typed);
        switch (form) {
            case p4info -> out().print(P4InfoText.text(info));
            case p4info_json -> out().print(P4InfoText.json(info));
            default -> out().writeBytes(info.toByteArray());
        }
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
