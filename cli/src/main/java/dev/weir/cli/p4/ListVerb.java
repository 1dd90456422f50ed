package dev.weir.cli.p4;

import dev.weir.api.v1.ListProgramsRequest;
import dev.weir.api.v1.Program;
import dev.weir.api.v1.TableSummary;
import dev.weir.cli.CommandException;
import dev.weir.cli.Streams;
import dev.weir.cli.ctl.Listing;
import dev.weir.cli.ctl.Session;
import dev.weir.cli.ctl.Verb;
import java.io.IOException;

/** {@code weir p4 list}. */
final class ListVerb extends Verb {
    static final Listing<Program> PROGRAMS = new Listing<Program>()
            .text("PROGRAM", "program", Program::getName)
            .number("ID", "id", program -> Integer.toUnsignedLong(program.getNumber()))
            .text("NODE", "node", Program::getNode)
            .text("FROM", "", program -> program.getLoaded() ? "loaded" : "configuration")
            .flag("", "loaded", Program::getLoaded)
            .text("RULES", "rules", Program::getRules)
            .texts("PORTS", "ports", Program::getPortsList)
            .texts("CHAINS", "chains", Program::getChainsList)
            .texts(
                    "TABLES",
                    "tables",
                    program -> program.getTablesList().stream()
                            .map(TableSummary::getName)
                            .toList());

    ListVerb(Streams streams) {
        super(
                streams,
                "list",
                "Lists the programs that packets go through, in the order in which packets come to them.");
        examples("  weir p4 list");
    }

    @Override
    protected int run(Session session) throws IOException {
        PROGRAMS.print(
                session,
                session.client()
                        .programs()
                        .listPrograms(ListProgramsRequest.getDefaultInstance())
                        .getProgramsList());
        return CommandException.DONE;
    }
}
