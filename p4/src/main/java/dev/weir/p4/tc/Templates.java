package dev.weir.p4.tc;

import dev.weir.p4.tc.TcPipeline.Action;
import dev.weir.p4.tc.TcPipeline.Default;
import dev.weir.p4.tc.TcPipeline.Extern;
import dev.weir.p4.tc.TcPipeline.Kind;
import dev.weir.p4.tc.TcPipeline.Parameter;
import dev.weir.p4.tc.TcPipeline.Scope;
import dev.weir.p4.tc.TcPipeline.Table;
import dev.weir.p4.tc.TcPipeline.Use;
import java.math.BigInteger;

/** The scripts that P4TC's compiler makes of a program: the one that makes its objects, and the one that takes them away. */
public final class Templates {
    private static final String HEAD = "#!/bin/bash -x\n\nset -e\n\n: \"${TC:=\"tc\"}\"\n";
    private static final int PREFIX_MASKS = 8;
    private static final String CREATE = "$TC p4template create ", UPDATE = "$TC p4template update ";

    private final TcPipeline pipeline;
    private final StringBuilder out = new StringBuilder(HEAD);

    private Templates(TcPipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** The script of {@code p4template} commands, from the pipeline to its being ready. */
    public static String template(TcPipeline pipeline) {
        return new Templates(pipeline).template();
    }

    /** The script that unloads it. */
    public static String purge(TcPipeline pipeline) {
        return HEAD + "$TC p4template del pipeline/" + pipeline.name() + "\n";
    }

    private String template() {
        out.append(CREATE).append("pipeline/").append(pipeline.name());
        out.append(" numtables ").append(pipeline.tables().size()).append('\n');
        pipeline.actions().forEach(this::action);
        externs();
        pipeline.tables().forEach(this::table);
        out.append(UPDATE).append("pipeline/").append(pipeline.name()).append(" state ready\n");
        return out.toString();
    }

    private String path(String kind, String path) {
        return kind + "/" + pipeline.name() + "/" + path;
    }

    private String path(Action action) {
        return action.number() == 0 ? action.path() : pipeline.name() + "/" + action.path();
    }

    private void action(Action action) {
        out.append('\n')
                .append(CREATE)
                .append(path("action", action.path()))
                .append(" actid ")
                .append(action.number());
        for (Parameter parameter : action.parameters()) {
            out.append(" \\\n\tparam ")
                    .append(parameter.name())
                    .append(" type ")
                    .append(parameter.type());
        }
        out.append('\n').append(UPDATE).append(path("action", action.path())).append(" state active\n");
    }

    private void externs() {
        for (Kind kind : Kind.values()) {
            var instances = pipeline.externs().stream()
                    .filter(each -> each.kind() == kind)
                    .toList();
            if (instances.isEmpty()) continue;
            out.append('\n')
                    .append(CREATE)
                    .append("extern/root/")
                    .append(kind)
                    .append(" extid ")
                    .append(kind.id);
            out.append(" numinstances ")
                    .append(instances.size())
                    .append(" tc_acl ")
                    .append(kind.permissions().hex());
            out.append(kind.executes ? " has_exec_method\n" : "\n");
            instances.forEach(this::instance);
        }
    }

    private void instance(Extern extern) {
        String path = path("extern_inst", extern.kind() + "/" + extern.name());
        out.append('\n').append(CREATE).append(path).append(" instid ").append(extern.number());
        out.append(" \\\ntc_numel ").append(extern.cells());
        if (extern.kind().isDirect()) out.append(" \\\ntbl_bindable");
        if (extern.unit() != null)
            out.append(" \\\nconstructor param type ptype bit32 ").append(extern.unit());
        out.append(" \\\ncontrol_path tc_key index ptype bit32 id 1");
        int id = 2;
        for (Parameter parameter : extern.parameters()) {
            out.append(" param ").append(parameter.name()).append(" ptype ").append(parameter.type());
            out.append(" id ").append(id++);
        }
        out.append('\n');
    }

    private void table(Table table) {
        String path = path("table", table.path());
        out.append('\n').append(CREATE).append(path).append(" \\\n\ttblid ").append(table.number());
        out.append(" \\\n\ttype ").append(table.match()).append(" \\\n\tkeysz ").append(table.keyBits());
        out.append(" permissions ")
                .append(table.permissions().hex())
                .append(" tentries ")
                .append(table.size());
        out.append(" nummasks ").append(masks(table));
        for (String direct : table.direct()) out.append(" \\\n\t").append(direct);
        String before = " \\\n\ttable_acts act name ";
        for (Use use : table.actions()) {
            out.append(before).append(path(use.action()));
            if (use.scope() != Scope.TABLE_AND_DEFAULT) {
                out.append(" flags ").append(use.scope() == Scope.TABLE_ONLY ? "tableonly" : "defaultonly");
            }
            before = " \\\n\tact name ";
        }
        out.append('\n');
        if (table.hit() != null) update(path, "default_hit_action", table.hit());
        if (table.miss() != null) update(path, "default_miss_action", table.miss());
        for (TcPipeline.Entry entry : table.entries()) entry(path, table, entry);
    }

    private static int masks(Table table) {
        return switch (table.match()) {
            case EXACT -> 1;
            case LPM -> PREFIX_MASKS;
            default -> table.masks();
        };
    }

    private void update(String path, String which, Default action) {
        out.append(UPDATE).append(path).append(' ').append(which);
        if (action.constant()) out.append(" permissions ").append(Permissions.CONSTANT.hex());
        out.append(" action ").append(path(action.action()));
        for (int i = 0; i < action.arguments().size(); i++) {
            BigInteger value = action.arguments().get(i);
            out.append(" param ").append(action.action().parameters().get(i).name());
            out.append(value == null ? " flags runtime" : " " + number(value));
        }
        out.append('\n');
    }

    private void entry(String path, Table table, TcPipeline.Entry entry) {
        out.append(CREATE).append(path).append(" entry");
        for (int i = 0; i < entry.values().size(); i++) {
            out.append(' ')
                    .append(table.keys().get(i).name())
                    .append(' ')
                    .append(entry.values().get(i));
        }
        out.append(" permissions ")
                .append(Permissions.CONSTANT.hex())
                .append(" action ")
                .append(path(entry.action()));
        for (int i = 0; i < entry.arguments().size(); i++) {
            out.append(" param ").append(entry.action().parameters().get(i).name());
            out.append(' ').append(number(entry.arguments().get(i)));
        }
        out.append('\n');
    }

    /** Long ones in hexadecimal, as addresses are. */
    private static String number(BigInteger value) {
        return value.bitLength() > Integer.SIZE ? "0x" + value.toString(16) : value.toString();
    }
}
