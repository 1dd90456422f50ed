package dev.weir.cli.p4;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weir.api.v1.LoadProgramRequest;
import dev.weir.api.v1.LoadProgramResponse;
import dev.weir.api.v1.ProgramFault;
import dev.weir.api.v1.ProgramFaults;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Options;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.source.SourceFile;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code weir p4 load}. */
final class LoadVerb extends Verb {
    private static final String NAME = "--name", NODE = "--node", PORT = "--port", CHAIN = "--chain", RULES = "--rules";

    private final SourceOptions sources;

    LoadVerb(Streams streams) {
        super(
                streams,
                "load",
                "Has the packets of a running daemon go through a program; one of the same name is replaced, and no packet is lost.",
                "",
                "It becomes a node called like the program, the last of all chains.");
        words("PROGRAM.p4", "1", "What to load.");
        own().addOption(Options.text("NAME", "What to call the program. Default: after its file.", NAME));
        own().addOption(Options.text("NODE", "Load it into that node of type p4, or into a new one called so.", NODE));
        own().addOption(SourceOptions.many(
                "PORT", "Only packets that come in there go through it. Default: all.", PORT));
        own().addOption(SourceOptions.many(
                "CHAIN", "Only packets of that chain visit a new node. Default: all.", CHAIN));
        own().addOption(Options.text(
                "RULES", "For the lifetimes of entries: p4tc or pna. Default: the program's.", RULES));
        sources = SourceOptions.addTo(own());
        examples(
                "  weir p4 load examples/p4/flow-tracker/flow-tracker.p4",
                "  weir p4 load --port left -D FLOWS=1000000 tracker.p4");
    }

    @Override
    protected int run(Session session) throws CommandException, IOException {
        String file = words().getFirst();
        LoadProgramRequest request = request(file);
        LoadProgramResponse loaded;
        try {
            loaded = session.client().programs().loadProgram(request);
        } catch (StatusRuntimeException e) {
            ProgramFaults faults = faults(e);
            if (faults == null) throw e;
            throw faulty(file, faults, session.streams().err());
        }
        PrintStream err = session.streams().err();
        loaded.getWarningsList().forEach(warning -> err.print(warning.getText()));
        if (session.json()) {
            ListVerb.PROGRAMS.print(session, List.of(loaded.getProgram()));
        } else {
            session.printLine((loaded.getReplaced() ? "replaced " : "loaded ")
                    + loaded.getProgram().getName() + "(id "
                    + loaded.getProgram().getNumber() + "): node "
                    + loaded.getProgram().getNode());
        }
        return CommandException.DONE;
    }

    private LoadProgramRequest request(String file) throws CommandException {
        SourceFile main = SourceOptions.read(file);
        return LoadProgramRequest.newBuilder()
                .setName(or(said(NAME), P4Compiler.nameOf(file)))
                .setNode(or(said(NODE), ""))
                .addAllPorts(SourceOptions.values(own(), PORT))
                .addAllChains(SourceOptions.values(own(), CHAIN))
                .putAllDefines(sources.defines())
                .setRules(or(said(RULES), ""))
                .setSource(main.text())
                .setFile(file)
                .putAllIncludes(sources.included(main))
                .build();
    }

    private static String or(@Nullable String said, String otherwise) {
        return said == null ? otherwise : said;
    }

    /** What is wrong with the program, where that is what a call failed for. */
    private static @Nullable ProgramFaults faults(StatusRuntimeException e) {
        com.google.rpc.Status details = StatusProto.fromThrowable(e);
        try {
            for (Any detail : details.getDetailsList()) {
                if (detail.is(ProgramFaults.class)) return detail.unpack(ProgramFaults.class);
            }
        } catch (InvalidProtocolBufferException _) {
            // what the daemon said in words is told
        }
        return null;
    }

    private static CommandException faulty(String file, ProgramFaults faults, PrintStream err) {
        String blank = "";
        int errors = faults.getMore();
        for (ProgramFault fault : faults.getFaultsList()) {
            err.print(blank + fault.getText());
            blank = "\n";
            if (fault.getSeverity() == ProgramFault.Severity.ERROR) errors++;
        }
        if (faults.getMore() > 0) err.println("\nand " + faults.getMore() + " more");
        return CommandException.failed(
                file + ": has " + P4Verb.count(errors, "error") + "; correct " + (errors == 1 ? "it" : "them"));
    }
}
