package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.typed.Architecture;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.typed.Walk;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the Portable NIC Architecture asks of a program beyond its language: where packets are sent from, which tables entries are added to,
 * whose timers are set, which tables own counters and meters. Where P4TC asks less or more, programs that include {@code tc/pna.p4} are held
 * to that.
 */
final class NicRules {
    private static final Set<String> FORWARDING =
            Set.of("send_to_port", "drop_packet", "mirror_packet", "recirculate", "set_flow_offloaded", "recall_flows");
    private static final Set<String> TIMERS =
            Set.of("set_entry_expire_time", "set_entry_expire_time_if", "restart_expire_timer", "update_expire_info");
    private static final String PRE_CONTROL = "the control before the parser";
    private static final Set<String> DIRECT = Set.of("DirectCounter", "DirectMeter", "DirectRegister");

    private final TypedProgram program;
    private final Diagnostics diagnostics;
    private final AddEntryRules additions;
    private final ProfileRules profiles;
    private final CacheRules caches;

    private NicRules(TypedProgram program, Diagnostics diagnostics) {
        this.program = program;
        this.diagnostics = diagnostics;
        this.profiles = new ProfileRules(diagnostics);
        this.caches = new CacheRules(diagnostics);
        this.additions = new AddEntryRules(program.architecture(), diagnostics);
    }

    static void check(TypedProgram program, Diagnostics diagnostics) {
        if (program.architecture() == Architecture.OTHER) return;
        NicRules rules = new NicRules(program, diagnostics);
        program.all(Definition.Parser.class).forEach(rules::parser);
        program.all(Definition.Control.class).forEach(rules::control);
        if (program.architecture() == Architecture.TC) TcRules.check(program, diagnostics);
    }

    private void parser(Definition.Parser parser) {
        for (Definition.State state : parser.states()) {
            for (Stmt statement : state.statements()) {
                calls(statement, call -> onlyInMainControl(call, "a parser"));
            }
        }
    }

    private void control(Definition.Control control) {
        String barred = barred(control);
        calls(control.apply(), call -> {
            if (barred != null) onlyInMainControl(call, barred);
            outsideOfActions(call);
        });
        for (Definition.Action action : control.actions()) {
            calls(action.body(), call -> {
                if (barred != null) onlyInMainControl(call, barred);
            });
        }
        control.tables().forEach(this::table);
    }

    /** What a control is where packets are not forwarded from; null where they can be. */
    private @Nullable String barred(Definition.Control control) {
        boolean deparser = control.parameters().stream()
                .anyMatch(p ->
                        p.type() instanceof Type.Extern e && e.shape().name().equals("packet_out"));
        return deparser ? "a deparser" : isPreControl(control) ? PRE_CONTROL : null;
    }

    private boolean isPreControl(Definition.Control control) {
        Definition.Instance main = program.main();
        if (main == null) return false;
        List<dev.weir.p4.types.Param> params =
                main.made().constructor().signature().parameters();
        for (int i = 0; i < params.size(); i++) {
            Expr argument = main.made().arguments().get(i);
            if (params.get(i).name().equals("pre_control")
                    && argument != null
                    && argument.type() instanceof Type.Block b
                    && b.shape() == control.shape()) {
                return true;
            }
        }
        return false;
    }

    private void onlyInMainControl(Expr.Call call, String where) {
        String name = function(call);
        if (name == null || !FORWARDING.contains(name)) return;
        if (where.equals(PRE_CONTROL) && !name.equals("mirror_packet")) return;
        diagnostics.error(call.span(), "misplaced", "'" + name + "' is for the main control, this is " + where, null);
    }

    private void outsideOfActions(Expr.Call call) {
        String name = function(call);
        if (name != null && (TIMERS.contains(name) || AddEntryRules.isAddition(name))) {
            diagnostics.error(call.span(), "misplaced", "'" + name + "' is for actions of tables", null);
        }
        if (name != null && name.equals("mirror_packet")) session(call);
        Definition owned = direct(call);
        if (owned != null) {
            String message = "'" + owned.name() + "' belongs to entries: it is used in actions of its table";
            diagnostics.error(call.span(), "misplaced", message, null);
        }
    }

    private void session(Expr.Call call) {
        if (call.arguments().getLast() instanceof Expr.Numeral n && n.value().signum() == 0) {
            diagnostics.error(n.span(), "reserved", "mirror session 0 is kept for copies to the control plane", null);
        }
    }

    /** The extern function that is called, null where it is something else. */
    static @Nullable String function(Expr.Call call) {
        return call.callee() instanceof Callee.OfExternFunction f ? f.function().name() : null;
    }

    /** The counter, meter or register of entries whose method is called, null where it is none. */
    private static @Nullable Definition direct(Expr.Call call) {
        return call.callee() instanceof Callee.Method m
                        && m.receiver() instanceof Expr.Named named
                        && named.type() instanceof Type.Extern e
                        && DIRECT.contains(e.shape().name())
                ? named.definition()
                : null;
    }

    private void table(Definition.Table table) {
        List<Definition> owned = new ArrayList<>();
        owned(table, "pna_direct_counter", "DirectCounter", owned);
        owned(table, "pna_direct_meter", "DirectMeter", owned);
        owned(table, "weir_direct_register", "DirectRegister", owned);
        profiles.table(table, owned);
        caches.table(table);
        for (Definition.ActionRef ref : table.actions()) {
            calls(ref.action().body(), call -> {
                ownedCall(table, owned, call);
                timer(table, call);
                additions.check(table, ref, call);
                if ("mirror_packet".equals(function(call))) session(call);
            });
        }
    }

    private void owned(Definition.Table table, String property, String kind, List<Definition> owned) {
        Definition.Property found = table.property(property);
        if (found == null) return;
        List<Expr> values = found.value() instanceof Expr.Aggregate a ? a.elements() : List.of(found.value());
        for (Expr value : values) {
            if (value instanceof Expr.Named named
                    && named.type() instanceof Type.Extern e
                    && e.shape().name().equals(kind)) {
                owned.add(named.definition());
            } else if (!(value instanceof Expr.Faulty)) {
                String message = "'" + property + "' is an instance of " + kind + ", this is " + value.type();
                diagnostics.error(value.span(), "type-mismatch", message, null);
            }
        }
    }

    private void ownedCall(Definition.Table table, List<Definition> owned, Expr.Call call) {
        Definition direct = direct(call);
        if (direct == null || owned.contains(direct)) return;
        String message = "table '" + table.name() + "' has this action, but does not own '" + direct.name() + "'";
        diagnostics.error(call.span(), "not-owned", message, "name it in a property of the table");
    }

    private void timer(Definition.Table table, Expr.Call call) {
        String name = function(call);
        if (name == null || !TIMERS.contains(name) || program.architecture() == Architecture.TC || ages(table)) return;
        String message = "entries of table '" + table.name() + "' have no timer for '" + name + "'";
        diagnostics.error(call.span(), "no-timer", message, "give the table the property pna_idle_timeout");
    }

    private static boolean ages(Definition.Table table) {
        Definition.Property idle = table.property("pna_idle_timeout");
        if (idle != null)
            return !(idle.value() instanceof Expr.Member m && m.name().equals("NO_TIMEOUT"));
        Definition.Property draft = table.property("idle_timeout_with_auto_delete");
        return draft != null && draft.value() instanceof Expr.Bool b && b.value();
    }

    /** Calls inside of a statement and of whatever it calls. */
    static void calls(Stmt statement, Consumer<Expr.Call> visit) {
        calls(statement, visit, new HashSet<>());
    }

    /** @param seen what was gone through already: what is called often is looked at once */
    private static void calls(Stmt statement, Consumer<Expr.Call> visit, Set<Definition> seen) {
        Walk.calls(statement, call -> {
            visit.accept(call);
            switch (call.callee()) {
                case Callee.OfAction a
                when seen.add(a.action()) -> calls(a.action().body(), visit, seen);
                case Callee.OfFunction f
                when seen.add(f.function()) -> calls(f.function().body(), visit, seen);
                default -> {}
            }
        });
    }
}
