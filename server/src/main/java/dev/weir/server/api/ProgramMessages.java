package dev.weir.server.api;

import dev.weir.api.v1.Program;
import dev.weir.api.v1.TableSummary;
import dev.weir.p4.control.TableSchema;
import dev.weir.server.programs.Programs;
import dev.weir.server.programs.RunningNode;
import java.util.Locale;

/** Programs as messages. Stateless. */
final class ProgramMessages {
    private ProgramMessages() {}

    static Program program(Programs programs, RunningNode running) {
        Program.Builder program = Program.newBuilder()
                .setName(running.name())
                .setNode(running.node())
                .setNumber(running.number())
                .setLoaded(running.loaded())
                .setRules(running.image().rules().name().toLowerCase(Locale.ROOT))
                .addAllPorts(running.ports())
                .addAllChains(programs.chainsOf(running));
        for (TableSchema table : running.image().schema().tables()) {
            program.addTables(TableSummary.newBuilder()
                    .setName(table.path())
                    .setNumber(table.number())
                    .setSize(table.size()));
        }
        return program.build();
    }
}
