package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Value;
import dev.weir.p4.types.Shape;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Instructions of one piece of a program, in the order in which they are made. */
final class Code {
    /** Which piece it is, as not all instructions are for all of them. */
    enum Piece {
        PARSER,
        CONTROL,
        DEPARSER,
        ACTION
    }

    private final Output output;
    private final Layout layout;
    /** The most instructions that a program becomes: functions that call others twice double with each. */
    static final int MOST = 1 << 18;

    private int made;
    private List<Instruction> list = new ArrayList<>();
    private Piece piece = Piece.CONTROL;

    Code(Output output, Layout layout) {
        this.output = output;
        this.layout = layout;
    }

    Output output() {
        return output;
    }

    Layout layout() {
        return layout;
    }

    Piece piece() {
        return piece;
    }

    /** What is made of a whole piece. */
    List<Instruction> piece(Piece which, Runnable make) {
        Piece before = piece;
        piece = which;
        List<Instruction> made = inside(make);
        piece = before;
        return made;
    }

    /** What is made while this runs, instead of being added here. */
    List<Instruction> inside(Runnable make) {
        List<Instruction> before = list;
        list = new ArrayList<>();
        make.run();
        List<Instruction> made = list;
        list = before;
        return made;
    }

    /** Adds an instruction; a program that becomes too large is left by {@link TooLarge}. */
    void add(Instruction instruction) {
        if (++made > MOST) throw new TooLarge();
        list.add(instruction);
    }

    void addAll(List<Instruction> several) {
        list.addAll(several);
    }

    int size() {
        return list.size();
    }

    void assign(Value.Place to, Value value) {
        if (!to.equals(value)) add(new Instruction.Assign(to, value));
    }

    void fail(String error) {
        add(new Instruction.Fail(error));
    }

    void when(Value condition, Runnable then) {
        List<Instruction> made = inside(then);
        if (Values.is(condition, 1)) {
            addAll(made);
        } else if (!made.isEmpty() && !Values.is(condition, 0)) {
            add(new Instruction.If(condition, made, List.of()));
        }
    }

    /** A place that holds the value from here on. */
    Value save(Value value) {
        if (Values.isConstant(value) || value instanceof Value.Argument) return value;
        Value.Place place = output.variable("tmp", value.width());
        assign(place, value);
        return place;
    }

    Data save(Data data) {
        return data.map(this::save);
    }

    /** Saves what was computed before instructions that could change it; they begin at {@code mark}. */
    Data saveBefore(int mark, Data data) {
        List<Instruction> later = new ArrayList<>(list.subList(mark, list.size()));
        list.subList(mark, list.size()).clear();
        Data saved = save(data);
        list.addAll(later);
        return saved;
    }

    Slot temporary(Type type, String name, dev.weir.p4.source.Span span) {
        return layout.slot(name, type, span);
    }

    private record Move(Value.Place to, Value value) {}

    /** Has a slot hold data. What is moved from place to place is read before it is overwritten. */
    void store(Slot slot, Data data) {
        List<Move> moves = new ArrayList<>();
        collect(slot, data, true, moves);
        for (int i = 0; i < moves.size(); i++) {
            Move move = moves.get(i);
            for (int j = i + 1; j < moves.size(); j++) {
                Move later = moves.get(j);
                if (reads(later.value).contains(move.to.name()) && !later.value.equals(later.to)) {
                    moves.set(j, new Move(later.to, save(later.value)));
                }
            }
        }
        for (Move move : moves) {
            assign(move.to, move.value);
        }
    }

    private void collect(Slot slot, Data data, boolean rivals, List<Move> moves) {
        switch (slot) {
            case Slot.Scalar s when data instanceof Data.Scalar d -> moves.add(new Move(s.place(), d.value()));
            case Slot.Varbit v
            when data instanceof Data.Varbit d -> {
                moves.add(new Move(v.bits(), d.bits()));
                moves.add(new Move(v.length(), d.length()));
            }
            case Slot.Header h when data instanceof Data.Header d -> header(h, d, rivals, moves);
            case Slot.Parts p
            when data instanceof Data.Parts d -> {
                boolean union = p.type() instanceof Type.Struct s && s.kind() == Shape.Kind.UNION;
                for (int i = 0; i < Math.min(p.parts().size(), d.parts().size()); i++) {
                    collect(p.parts().get(i), d.parts().get(i), rivals && !union, moves);
                }
            }
            case Slot.Elements e
            when data instanceof Data.Parts d -> {
                for (int i = 0; i < Math.min(e.parts().size(), d.parts().size()); i++) {
                    collect(e.parts().get(i), d.parts().get(i), rivals, moves);
                }
                if (e.next() != null && d.next() != null) moves.add(new Move(e.next(), d.next()));
            }
            default -> {}
        }
    }

    private static boolean same(Slot.Header slot, Data.Header data) {
        return slot.header().valid().equals(data.valid());
    }

    private void header(Slot.Header slot, Data.Header data, boolean rivals, List<Move> moves) {
        if (same(slot, data)) return;
        if (!Values.is(data.valid(), 0)) {
            for (int i = 0; i < slot.fields().size(); i++) {
                collect(slot.fields().get(i), data.fields().get(i), rivals, moves);
            }
        }
        moves.add(new Move(slot.header().valid(), data.valid()));
        for (Value.Place rival : rivals ? slot.rivals() : List.<Value.Place>of()) {
            moves.add(new Move(rival, Values.and(rival, Values.not(data.valid()))));
        }
    }

    /** Says whether a header is there; then no other member of its union is. */
    void setValid(Slot.Header header, boolean there) {
        assign(header.header().valid(), Value.bit(there));
        for (Value.Place rival : there ? header.rivals() : List.<Value.Place>of()) {
            assign(rival, Values.FALSE);
        }
    }

    /** The names of the places that a value reads. */
    static Set<String> reads(Value value) {
        Set<String> names = new HashSet<>();
        reads(value, names);
        return names;
    }

    static void reads(Value value, Set<String> names) {
        switch (value) {
            case Value.Constant _, Value.Argument _ -> {}
            case Value.Place p -> names.add(p.name());
            case Value.Unary u -> reads(u.operand(), names);
            case Value.Binary b -> {
                reads(b.left(), names);
                reads(b.right(), names);
            }
            case Value.Concat c -> {
                reads(c.high(), names);
                reads(c.low(), names);
            }
            case Value.Slice s -> reads(s.of(), names);
            case Value.Extend e -> reads(e.of(), names);
            case Value.Choose c -> {
                reads(c.condition(), names);
                reads(c.then(), names);
                reads(c.otherwise(), names);
            }
            case Value.Hash h -> {
                reads(h.from(), names);
                reads(h.data(), names);
            }
        }
    }

    /** The error that a parser raises for an element of a stack that is not there. */
    void outOfBounds() {
        if (piece == Piece.PARSER) fail("StackOutOfBounds");
    }

    static String exit() {
        return Pipeline.EXIT;
    }
}
