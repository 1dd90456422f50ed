package dev.weir.p4.jvm;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Table;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bodies that become methods of their own, because the JIT compiles no method of more than 8000 bytes. A piece gives 0 when it ran to its end, else the number
 * of the label that it leaves. A program that fits one method has none.
 */
final class Pieces {
    /**
     * @param table whose action the body belongs to; {@code null} outside of actions
     * @param rewritten instead of a body, the header whose assigned fields are written where it lies in the packet
     */
    record Piece(
            String name,
            List<Instruction> body,
            @Nullable Table table,
            @Nullable String action,
            @Nullable String rewritten) {}

    private final boolean allowed;
    private final Deque<Piece> waiting = new ArrayDeque<>();
    private final IdentityHashMap<Instruction, Map<String, Piece>> known = new IdentityHashMap<>();
    private final List<String> labels = new ArrayList<>();
    private int rewritings;

    /** @param allowed whether there may be any */
    Pieces(boolean allowed) {
        this.allowed = allowed;
    }

    boolean allowed() {
        return allowed;
    }

    /** The method for a body; the same one when code is made again. */
    String method(List<Instruction> body, @Nullable Table table, @Nullable String action) {
        Map<String, Piece> byContext = known.computeIfAbsent(body.getFirst(), _ -> new HashMap<>());
        String context = (table == null ? "" : table.name() + " " + action) + " " + body.size();
        Piece piece = byContext.get(context);
        if (piece == null) {
            int number = known.values().stream().mapToInt(Map::size).sum();
            piece = new Piece("piece" + number, body, table, action, null);
            byContext.put(context, piece);
            waiting.add(piece);
        }
        return piece.name();
    }

    /** A method that writes what is assigned of a header where it lies in the packet. */
    String rewriting(String header) {
        Piece piece = new Piece("rewrite" + rewritings++, List.of(), null, null, header);
        waiting.add(piece);
        return piece.name();
    }

    /** The next that has to be made. */
    @Nullable
    Piece poll() {
        return waiting.poll();
    }

    /** The number of a label, from 1. */
    int number(String label) {
        int index = labels.indexOf(label);
        if (index >= 0) return index + 1;
        labels.add(label);
        return labels.size();
    }
}
