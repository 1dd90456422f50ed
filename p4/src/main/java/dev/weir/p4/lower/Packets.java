package dev.weir.p4.lower;

import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Value;
import dev.weir.p4.typed.Callee;
import dev.weir.p4.typed.Expr;
import dev.weir.p4.types.Type;
import java.util.ArrayList;
import java.util.List;

/** Makes what reads packets and what writes them. */
final class Packets {
    private static final Data NOTHING = Data.parts(List.of());

    private final Code code;
    private final Expressions expressions;
    private final Places places;

    Packets(Code code, Expressions expressions, Places places) {
        this.code = code;
        this.expressions = expressions;
        this.places = places;
    }

    Data method(Expr.Call call, Callee.Method method, Frame frame) {
        Expr first = call.arguments().isEmpty() ? null : call.arguments().getFirst();
        switch (method.signature().name()) {
            case "extract" -> {
                if (first != null) extract(call, first, frame);
            }
            case "lookahead" -> {
                return lookahead(frame.type(call.type()));
            }
            case "advance" -> {
                if (first != null) code.add(new Instruction.Advance(expressions.value(first, frame)));
            }
            case "length" -> {
                return new Data.Scalar(code.output().role(Pipeline.Role.LENGTH, "packet_length", 32));
            }
            default -> {
                if (first != null) emit(first, frame);
            }
        }
        return NOTHING;
    }

    private void extract(Expr.Call call, Expr header, Frame frame) {
        Expr length = call.arguments().size() > 1 ? call.arguments().get(1) : null;
        Value bits = length == null ? null : Values.resize(expressions.value(length, frame), 32, false);
        if (header instanceof Expr.Anything) {
            int width = Instances.bits(frame.type(header.type()));
            code.add(new Instruction.Advance(Value.constant(width, 32)));
            return;
        }
        places.with(header, frame, slot -> {
            Slot.Header h = (Slot.Header) slot;
            code.add(new Instruction.Extract(h.header().name(), bits));
            for (Value.Place rival : h.rivals()) {
                code.assign(rival, Values.FALSE);
            }
        });
    }

    private Data lookahead(Type type) {
        int width = Instances.bits(type);
        if (width == 0) return code.layout().zero(type);
        Value.Place ahead = code.output().variable("ahead", width);
        code.add(new Instruction.Lookahead(ahead));
        return split(type, ahead);
    }

    /** The parts of a value, from its first bits on, as they would lie in a packet. */
    Data split(Type type, Value whole) {
        return split(type, whole, new int[] {whole.width()});
    }

    private Data split(Type type, Value whole, int[] end) {
        return switch (type) {
            case Type.Struct s -> {
                List<Data> fields = new ArrayList<>();
                s.fields().forEach(f -> fields.add(split(f.type(), whole, end)));
                yield s.isHeader() ? new Data.Header(Values.TRUE, fields) : Data.parts(fields);
            }
            case Type.Stack s -> {
                List<Data> parts = new ArrayList<>();
                for (int i = 0; i < s.size(); i++) {
                    parts.add(split(s.element(), whole, end));
                }
                yield Data.parts(parts);
            }
            case Type.Tuple t -> {
                List<Data> parts = new ArrayList<>();
                t.elements().forEach(e -> parts.add(split(e, whole, end)));
                yield Data.parts(parts);
            }
            default -> {
                int width = Math.max(1, Layout.width(type));
                end[0] -= width;
                yield new Data.Scalar(Values.slice(whole, end[0] + width - 1, end[0]));
            }
        };
    }

    private void emit(Expr e, Frame frame) {
        if (e instanceof Expr.Aggregate a && !(frame.type(a.type()) instanceof Type.Struct s && s.isHeader())) {
            a.elements().forEach(element -> emit(element, frame));
            return;
        }
        Slot slot = places.slot(e, frame);
        if (slot == null) {
            slot = code.temporary(frame.type(e.type()), "emitted", e.span());
            code.store(slot, expressions.data(e, frame));
        }
        emit(slot);
    }

    private void emit(Slot slot) {
        if (slot instanceof Slot.Header h) {
            code.add(new Instruction.Emit(h.header().name()));
        } else {
            Places.partsOf(slot).forEach(this::emit);
        }
    }
}
