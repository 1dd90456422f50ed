package dev.weir.p4.tc;

import dev.weir.p4.control.CellSchema;
import dev.weir.p4.control.ProfileSchema;
import dev.weir.p4.control.ProgramSchema;
import dev.weir.p4.control.TableSchema;
import dev.weir.p4.control.ValueSetSchema;

/** What can be written behind a path. */
final class TcHelp {
    private final ProgramSchema program;

    TcHelp(ProgramSchema program) {
        this.program = program;
    }

    /** All paths of the program. */
    String paths() {
        StringBuilder out = new StringBuilder();
        program.tables()
                .forEach(table -> out.append(program.name())
                        .append("/table/")
                        .append(table.path())
                        .append('\n'));
        for (CellSchema cell : program.cells()) {
            if (!cell.resource().direct()) out.append(path(cell)).append('\n');
        }
        for (ProfileSchema profile : program.profiles()) {
            out.append(program.name()).append("/extern/").append(TcMembers.kind(profile));
            out.append('/').append(profile.name()).append('\n');
        }
        for (ValueSetSchema set : program.valueSets()) {
            out.append(program.name()).append("/value_set/").append(set.path()).append('\n');
        }
        return out.append(program.name()).append("/mirror\n").toString();
    }

    private String path(CellSchema cell) {
        return program.name() + "/extern/" + cell.kind() + "/" + cell.name();
    }

    String table(TableSchema table) {
        StringBuilder out = new StringBuilder();
        out.append("table ").append(table.path()).append(" id ").append(table.number());
        out.append(" size ").append(table.size()).append('\n');
        out.append(" keys\n");
        for (TableSchema.Key key : table.keys()) {
            out.append("  ").append(key.name()).append(" id ").append(key.number());
            out.append(" type ")
                    .append(key.type())
                    .append(' ')
                    .append(key.match())
                    .append('\n');
        }
        out.append(" actions\n");
        for (TableSchema.Action action : table.actions()) {
            out.append("  ").append(action.path());
            switch (action.scope()) {
                case TABLE_ONLY -> out.append(" tableonly");
                case DEFAULT_ONLY -> out.append(" defaultonly");
                case TABLE_AND_DEFAULT -> {}
            }
            out.append('\n');
            for (TableSchema.Parameter parameter : action.parameters()) {
                out.append("   param ").append(parameter.name());
                out.append(" type ").append(parameter.type()).append('\n');
            }
        }
        return out.toString();
    }

    String cell(CellSchema cell) {
        StringBuilder out = new StringBuilder();
        out.append("extern ").append(cell.kind()).append('/').append(cell.name());
        out.append(" cells ").append(cell.resource().size()).append('\n');
        for (TableSchema.Parameter parameter : cell.parameters()) {
            out.append("  param ").append(parameter.name());
            out.append(" type ").append(parameter.type()).append('\n');
        }
        return out.toString();
    }
}
