package dev.weir.server.api;

import dev.weir.api.v1.ProgramFault;
import dev.weir.api.v1.ProgramFaults;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.List;

/** What a compiler has to say, as messages. Stateless. */
final class ProgramFaultMessages {
    private ProgramFaultMessages() {}

    /** That a program has errors: the first of them in words, all of them among the details. */
    static Refusal refusal(String program, Diagnostics diagnostics) {
        List<ProgramFault> faults = all(diagnostics);
        String first = diagnostics.sorted().stream()
                .filter(each -> each.severity() == Diagnostic.Severity.ERROR)
                .findFirst()
                .map(each -> ", the first at " + each.span().position() + ": " + each.message())
                .orElse("");
        int errors = diagnostics.errors();
        return Refusal.field(
                "source",
                program + " has " + errors + (errors == 1 ? " error" : " errors") + first,
                ProgramFaults.newBuilder()
                        .addAllFaults(faults)
                        .setMore(diagnostics.dropped())
                        .build());
    }

    static List<ProgramFault> all(Diagnostics diagnostics) {
        return diagnostics.sorted().stream().map(ProgramFaultMessages::fault).toList();
    }

    private static ProgramFault fault(Diagnostic diagnostic) {
        SourceFile.Position at = diagnostic.span().position();
        ProgramFault.Builder fault = ProgramFault.newBuilder()
                .setSeverity(
                        diagnostic.severity() == Diagnostic.Severity.ERROR
                                ? ProgramFault.Severity.ERROR
                                : ProgramFault.Severity.WARNING)
                .setCode(diagnostic.code())
                .setFile(at.file())
                .setLine(at.line())
                .setColumn(at.column())
                .setMessage(diagnostic.message())
                .setText(diagnostic.render());
        if (diagnostic.help() != null) fault.setHelp(diagnostic.help());
        return fault.build();
    }
}
