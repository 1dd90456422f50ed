package dev.weir.p4.lower;

import dev.weir.p4.ir.Table;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.typed.Note;
import dev.weir.table.cache.CachePolicy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What properties and annotations of a table say, by the rules of PNA or of P4TC. */
final class TableProperties {
    private final Code code;
    private final Expressions expressions;
    private final Calls calls;
    private boolean tc;

    TableProperties(Code code, Expressions expressions, Calls calls) {
        this.code = code;
        this.expressions = expressions;
        this.calls = calls;
    }

    /** Has tables follow the rules of P4TC. */
    void followTc() {
        tc = true;
    }

    int size(Definition.Table table, Thing.Block block) {
        Definition.Property size = table.property("size");
        BigInteger number = size == null ? null : expressions.integer(size.value(), block.frame);
        if (number == null || number.signum() <= 0)
            return Math.max(Table.DEFAULT_SIZE, table.entries().size());
        return number.min(BigInteger.valueOf(1 << 26)).intValue();
    }

    static boolean isTrue(Definition.Table table, String property) {
        Definition.Property found = table.property(property);
        return found != null && found.value() instanceof Expr.Bool b && b.value();
    }

    /** P4TC deletes what it added and what is idle, whatever the program says. */
    Table.Idle idle(Definition.Table table, boolean adds) {
        if (tc && adds) return Table.Idle.DELETE;
        if (isTrue(table, "idle_timeout_with_auto_delete")) return Table.Idle.DELETE;
        Definition.Property idle = table.property("pna_idle_timeout");
        String name = idle != null && idle.value() instanceof Expr.Member m ? m.name() : "NO_TIMEOUT";
        return switch (name) {
            case "NOTIFY_CONTROL" -> Table.Idle.NOTIFY;
            case "AUTO_DELETE" -> Table.Idle.DELETE;
            default -> Table.Idle.NONE;
        };
    }

    /** Of {@code @tc_acl("CRUDPS:CRXP")}, the control path's letters before the data path's. */
    int permissions(Definition.Table table, boolean adds) {
        Note note = Note.find(table.notes(), "tc_acl");
        if (note == null) return tc ? acl(adds ? "CRUDPS:CRXP" : "CRUDPS:RX") : Table.NO_PERMISSIONS;
        return acl(note.text());
    }

    private static int acl(String text) {
        int colon = text.indexOf(':');
        String control = colon < 0 ? text : text.substring(0, colon);
        String data = colon < 0 ? "" : text.substring(colon + 1);
        return (letters(control) << 7) | letters(data);
    }

    private static int letters(String text) {
        int bits = 0;
        for (char letter : text.toUpperCase(Locale.ROOT).toCharArray()) {
            int at = "CRUDXPS".indexOf(letter);
            if (at >= 0) bits |= 1 << (6 - at);
        }
        return bits;
    }

    /** What the checker let pass. {@code null} for a table that is no cache. */
    Table.@Nullable Cache cache(Definition.Table table, Thing.Block block) {
        String policy = text(table, "weir_cache_policy");
        if (policy == null) return null;
        Definition.Property quota = table.property("weir_cache_quota");
        BigInteger most = quota == null ? null : expressions.integer(quota.value(), block.frame);
        return new Table.Cache(
                CachePolicy.valueOf(policy.toUpperCase(Locale.ROOT)),
                "bytes".equals(text(table, "weir_cache_by")),
                text(table, "weir_cache_tenant"),
                most == null ? 0 : most.min(BigInteger.valueOf(1 << 26)).intValue());
    }

    private static @Nullable String text(Definition.Table table, String property) {
        Definition.Property found = table.property(property);
        return found != null && found.value() instanceof Expr.Text t ? t.value() : null;
    }

    List<String> direct(Definition.Table table, Thing.Block block) {
        List<String> direct = new ArrayList<>();
        for (String name : List.of("pna_direct_counter", "pna_direct_meter", "weir_direct_register")) {
            Definition.Property property = table.property(name);
            if (property == null) continue;
            List<Expr> values = property.value() instanceof Expr.Aggregate a ? a.elements() : List.of(property.value());
            for (Expr value : values) {
                if (calls.instances().thing(value, block.frame) instanceof Thing.Extern o && isDirect(o.name())) {
                    direct.add(o.name());
                }
            }
        }
        return direct;
    }

    private boolean isDirect(String name) {
        return code.output().parts.resources.stream().anyMatch(r -> r.name().equals(name) && r.direct());
    }
}
