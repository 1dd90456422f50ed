package dev.weir.p4.typed;

import dev.weir.p4.source.Span;
import dev.weir.p4.types.Param;
import dev.weir.p4.types.Type;
import java.util.List;

/** What has a name and a value that may change: a variable, a parameter, what a loop counts with. Equal only to itself. */
public final class Variable implements Symbol {
    public enum Kind {
        LOCAL,
        /** Of an action, function, parser or control when it is applied. */
        PARAMETER,
        /** Of a parser, control or package when it is made. */
        CONSTRUCTOR_PARAMETER,
        /** Of a loop: it is set anew each time and cannot be assigned. */
        LOOP
    }

    private final Span span;
    private final String name;
    private final Type type;
    private final Kind kind;
    private final Param.Direction direction;
    private final List<Note> notes;

    public Variable(Span span, String name, Type type, Kind kind, Param.Direction direction, List<Note> notes) {
        this.span = span;
        this.name = name;
        this.type = type;
        this.kind = kind;
        this.direction = direction;
        this.notes = List.copyOf(notes);
    }

    @Override
    public Span span() {
        return span;
    }

    @Override
    public String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    public Kind kind() {
        return kind;
    }

    /** {@link Param.Direction#NONE} of what is no parameter. */
    public Param.Direction direction() {
        return direction;
    }

    public List<Note> notes() {
        return notes;
    }

    /** Whether a statement may change it. */
    public boolean isAssignable() {
        return kind == Kind.LOCAL || (kind == Kind.PARAMETER && direction.writes());
    }

    @Override
    public String toString() {
        return name;
    }
}
