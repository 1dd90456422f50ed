package dev.weir.cli.p4;

import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.p4.compile.P4Compiler.Compiled;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.stf.CompiledDevice;
import dev.weir.p4.stf.InterpretedDevice;
import dev.weir.p4.stf.StfReport;
import dev.weir.p4.stf.StfRunner;
import dev.weir.p4.stf.StfTest;
import dev.weir.p4.typed.Architecture;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** {@code weir p4 test}. */
final class TestVerb extends P4Verb {
    private static final String RULES = "--rules", INTERPRET = "--interpret";
    private static final long SEED = 1;

    TestVerb(Streams streams) {
        super(
                streams,
                "test",
                "Runs tests in the format STF: packets to send, packets to expect, entries to add.",
                "  weir p4 test examples/p4/firewall/firewall.p4 examples/p4/firewall/firewall.stf");
        words("FILE", "2..*", "The program, and tests of it.");
        spec.addOption(OptionSpec.builder(RULES)
                .paramLabel("RULES")
                .type(Rules.class)
                .description(
                        "For the lifetimes of entries: p4tc or pna. Default: p4tc for programs that include tc/pna.p4.")
                .build());
        spec.addOption(OptionSpec.builder(INTERPRET)
                .type(boolean.class)
                .description("Run the program in the interpreter, not compiled.")
                .build());
    }

    @Override
    public Integer call() throws CommandException {
        Compiled compiled = compile(words().getFirst());
        if (compiled == null) return CommandException.FAILED;
        Rules its = compiled.typed().architecture() == Architecture.TC ? Rules.P4TC : Rules.PNA;
        Rules rules = spec.commandLine().getParseResult().matchedOptionValue(RULES, its);
        List<String> tests = words().subList(1, words().size());
        boolean failed = false;
        for (String test : tests) failed |= !passes(compiled, rules, test);
        return failed ? CommandException.FAILED : CommandException.DONE;
    }

    private boolean passes(Compiled program, Rules rules, String file) throws CommandException {
        Diagnostics diagnostics = new Diagnostics();
        StfTest test = StfTest.read(SourceOptions.read(file), diagnostics);
        if (tell(file, diagnostics)) return false;
        StfReport report = run(test, program, rules);
        report.notes().forEach(streams.err()::println);
        for (StfReport.Failure failure : report.failures()) streams.err().println(failure.render());
        if (report.passed()) {
            out().println(file + ": passed: " + count(report.packets(), "packet") + " in, " + report.expected()
                    + " out as expected");
        } else {
            streams.err()
                    .println("weir: " + file + ": failed: "
                            + count(report.failures().size(), "difference"));
        }
        return report.passed();
    }

    private StfReport run(StfTest test, Compiled program, Rules rules) {
        if (spec.commandLine().getParseResult().hasMatchedOption(INTERPRET)) {
            return StfRunner.run(
                    test, program.pipeline(), new InterpretedDevice(program.pipeline(), rules, SEED), rules);
        }
        CompiledProgram compiled = ProgramCompiler.compile(program.pipeline());
        try (CompiledDevice device = new CompiledDevice(compiled, rules, SEED)) {
            return StfRunner.run(test, program.pipeline(), device, rules);
        }
    }
}
