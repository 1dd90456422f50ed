package dev.weir.p4.lower;

import dev.weir.p4.typed.Symbol;
import dev.weir.p4.types.Substitution;
import dev.weir.p4.types.Type;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What names stand for in one block, action or function, where it is put; names of what is around it are found, too. */
final class Frame {
    private final @Nullable Frame outer;
    private final String path;
    private final Substitution types;
    private final Map<Symbol, Bound> bound = new HashMap<>();

    /** The parser or control that this is in, null outside of them. */
    Thing.@Nullable Block block;

    /** Where a {@code return} goes, null where that ends everything. */
    @Nullable
    String returnLabel;

    /** Where a {@code return} leaves its value. */
    @Nullable
    Slot result;

    /** Where {@code break} and {@code continue} go. */
    @Nullable
    String breakLabel;

    @Nullable
    String continueLabel;

    /** @param path the block's name for the control plane, with those around it */
    Frame(@Nullable Frame outer, String path, Substitution types) {
        this.outer = outer;
        this.path = path;
        this.types = types;
    }

    /** For what is called from here: names of {@code lexical} are known there, and this parser or control. */
    Frame inner(Frame lexical, Substitution itsTypes) {
        Frame inner = new Frame(lexical, lexical.path, itsTypes);
        inner.block = lexical.block;
        return inner;
    }

    String path() {
        return path;
    }

    /** A name in this block, for the control plane; one that begins with a dot is that of the whole program. */
    String name(String label) {
        if (label.startsWith(".")) return label.substring(1);
        return path.isEmpty() ? label : path + "." + label;
    }

    void bind(Symbol symbol, Bound what) {
        bound.put(symbol, what);
    }

    @Nullable
    Bound find(Symbol symbol) {
        for (Frame frame = this; frame != null; frame = frame.outer) {
            Bound found = frame.bound.get(symbol);
            if (found != null) return found;
        }
        return null;
    }

    /** The type with what type parameters stand for here. */
    Type type(Type type) {
        Type here = types.in(type);
        return outer == null ? here : outer.type(here);
    }
}
