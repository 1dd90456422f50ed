package dev.weir.p4.check;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.typed.Definition;
import dev.weir.p4.typed.Note;
import dev.weir.p4.typed.Stmt;
import dev.weir.p4.typed.TypedProgram;
import dev.weir.p4.types.Type;
import java.util.List;
import java.util.Set;

/** Annotations of P4TC, and where it has its checksums. */
final class TcRules {
    private static final Set<String> KINDS = Set.of("dev", "macaddr", "ipv4", "ipv6", "be16", "be32", "be64");
    private static final List<List<String>> EXCLUSIVE = List.of(
            List.of("tableonly", "defaultonly"),
            List.of("tableonly", "default_hit"),
            List.of("tableonly", "default_hit_const"),
            List.of("default_hit", "default_hit_const"));

    private final Diagnostics diagnostics;

    private TcRules(Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
    }

    static void check(TypedProgram program, Diagnostics diagnostics) {
        TcRules rules = new TcRules(diagnostics);
        for (Definition.Control control : program.all(Definition.Control.class)) {
            rules.checksums(control);
            control.actions().forEach(a -> a.parameters().forEach(p -> rules.kind(p.notes())));
            control.tables().forEach(rules::table);
        }
    }

    private void checksums(Definition.Control control) {
        boolean deparser = control.parameters().stream()
                .anyMatch(p ->
                        p.type() instanceof Type.Extern e && e.shape().name().equals("packet_out"));
        if (deparser) return;
        for (Stmt local : control.locals()) {
            if (local instanceof Stmt.Make make
                    && make.instance().type() instanceof Type.Extern e
                    && e.shape().name().equals("InternetChecksum")) {
                String message = "an InternetChecksum is for parsers and deparsers, this is a control";
                diagnostics.error(make.instance().span(), "misplaced", message, "make it in the deparser");
            }
        }
    }

    private void table(Definition.Table table) {
        for (Note note : table.notes()) {
            if (note.name().equals("nummask") && !note.text().matches("[0-9]{1,9}")) {
                diagnostics.error(note.span(), "annotation", "@nummask is a number, not '" + note.text() + "'", null);
            }
        }
        table.keys().forEach(key -> kind(key.notes()));
        boolean hit = false;
        for (Definition.ActionRef ref : table.actions()) {
            exclusive(ref);
            boolean another = Note.has(ref.notes(), "default_hit") || Note.has(ref.notes(), "default_hit_const");
            if (another && hit) {
                String message = "table '" + table.name() + "' has more than one default action of hits";
                diagnostics.error(ref.span(), "annotation", message, "keep one @default_hit or @default_hit_const");
            }
            hit |= another;
        }
    }

    private void exclusive(Definition.ActionRef ref) {
        for (List<String> pair : EXCLUSIVE) {
            if (!pair.stream().allMatch(name -> Note.has(ref.notes(), name))) continue;
            String message = "'" + ref.action().name() + "' is both @" + pair.getFirst() + " and @" + pair.getLast();
            diagnostics.error(ref.span(), "annotation", message, "keep one of them");
            return;
        }
    }

    private void kind(List<Note> notes) {
        Note kind = Note.find(notes, "tc_type");
        if (kind == null || KINDS.contains(kind.text())) return;
        String message = "@tc_type cannot be '" + kind.text() + "'";
        diagnostics.error(
                kind.span(), "annotation", message, "it is one of dev, macaddr, ipv4, ipv6, be16, be32, be64");
    }
}
