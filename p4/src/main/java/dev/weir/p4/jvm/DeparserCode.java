package dev.weir.p4.jvm;

import dev.weir.p4.ir.HeaderType;
import dev.weir.p4.ir.Instruction;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Value;
import dev.weir.p4.run.Bits;
import dev.weir.p4.run.ProgramState;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Makes code of the deparser. Where its last instructions emit headers and all that is valid lies in the packet as it would be emitted, only the fields that
 * the program assigns are written. Otherwise the front of the packet is put together apart: headers that were extracted are copied from
 * the packet and written over, others are written whole; then it is put before the payload.
 */
final class DeparserCode {
    private static final MethodTypeDesc COPY = MethodTypeDesc.of(
            ConstantDescs.CD_void,
            Code.SEGMENT,
            ConstantDescs.CD_long,
            Code.SEGMENT,
            ConstantDescs.CD_long,
            ConstantDescs.CD_long);

    /** Octets of a header that are copied word by word. */
    private static final int SHORT = 64;

    private final Code code;
    private final CodeBuilder c;
    private final MemoryCode memory;
    private final Names names;
    private final Uses uses;
    private final InstructionCode around;
    private final FieldCode fields;

    DeparserCode(InstructionCode around, Uses uses) {
        this.around = around;
        this.uses = uses;
        code = around.code;
        c = code.c;
        memory = new MemoryCode(code);
        names = around.names;
        fields = new FieldCode(code, around.values);
    }

    InstructionCode around() {
        return around;
    }

    /** How many bytes the emits of a body can put together. */
    static int frontBytes(List<Instruction> body, Names names) {
        long bytes = 0;
        for (Instruction instruction : body) {
            bytes += switch (instruction) {
                case Instruction.Emit i -> names.header(i.header()).type().mostBits() / 8;
                case Instruction.If i -> frontBytes(i.then(), names) + frontBytes(i.otherwise(), names);
                case Instruction.Switch i -> {
                    long sum = frontBytes(i.otherwise(), names);
                    for (Instruction.Case arm : i.cases()) sum += frontBytes(arm.body(), names);
                    yield sum;
                }
                case Instruction.Block i -> frontBytes(i.body(), names);
                case Instruction.Loop i -> (long) i.times() * frontBytes(i.body(), names);
                default -> 0;
            };
        }
        if (bytes > 1 << 16) {
            throw new IllegalArgumentException("deparser: it can emit " + bytes + " bytes; 65536 are the most");
        }
        return (int) bytes;
    }

    void deparser(List<Instruction> body) {
        int tail = body.size();
        while (tail > 0 && body.get(tail - 1) instanceof Instruction.Emit) tail--;
        List<Instruction> before = body.subList(0, tail);
        c.lconst_0();
        code.store(Storage.EMITTED);
        Label exit = code.label();
        Label end = code.label();
        code.name(Pipeline.EXIT, exit);
        around.body(before);
        List<Pipeline.Header> headers = body.subList(tail, body.size()).stream()
                .map(emit -> names.header(((Instruction.Emit) emit).header()))
                .toList();
        if (frontBytes(before, names) == 0) inPlace(headers, end);
        around.body(body.subList(tail, body.size()));
        code.forget(Pipeline.EXIT);
        code.bind(exit);
        replace();
        code.bind(end);
    }

    private void replace() {
        around.state();
        code.push("packets", dev.weir.packet.PacketVector.class);
        code.packet();
        code.load(Storage.AT);
        code.load(Storage.EMITTED);
        code.call(ProgramState.class, "replaceFront");
    }

    private boolean isAssigned(Value.Place place) {
        return uses.assigned.contains(place.name());
    }

    /** Whether the size or the octets of a header's varbit are the program's, so that it cannot be copied. */
    private boolean varbitIsAssigned(Pipeline.Header header) {
        for (HeaderType.Field field : header.type().fields()) {
            if (field.varbit() && (isAssigned(header.field(field)) || isAssigned(header.length(field)))) return true;
        }
        return false;
    }

    private boolean keepsPlace(Pipeline.Header header) {
        return code.storage.variable(Storage.begin(header)) != null && !varbitIsAssigned(header);
    }

    /** Jumps to {@code end} when all headers are where they were and have been written; goes on when they are not. */
    private void inPlace(List<Pipeline.Header> headers, Label end) {
        Label apart = code.label();
        int at = code.newLong();
        code.push("packets", dev.weir.packet.PacketVector.class);
        c.getfield(Code.describe(dev.weir.packet.PacketVector.class), "offset", Code.LONGS);
        code.packet();
        c.laload().lstore(at);
        for (Pipeline.Header header : headers) {
            Label next = code.label();
            around.values.branch(header.valid(), false, next);
            if (keepsPlace(header)) {
                code.load(Storage.begin(header));
                c.lload(at).lcmp().ifne(apart);
                c.lload(at);
                size(header);
                c.ladd().lstore(at);
            } else {
                c.goto_(apart);
            }
            code.bind(next);
        }
        c.lload(at);
        code.load(Storage.AT);
        c.lcmp().ifne(apart);
        for (Pipeline.Header header : headers) {
            if (keepsPlace(header)) rewrite(header);
        }
        c.goto_(end);
        code.bind(apart);
    }

    /** Pushes how many bytes the header has. */
    private void size(Pipeline.Header header) {
        code.constant(Names.fixedBytes(header.type()));
        for (HeaderType.Field field : header.type().fields()) {
            if (!field.varbit()) continue;
            fields.varbitBytes(header, field);
            c.ladd();
        }
    }

    private void rewrite(Pipeline.Header header) {
        if (header.type().fields().stream().noneMatch(field -> isAssigned(header.field(field)))) return;
        if (!around.pieces.allowed()) {
            rewriteHere(header);
            return;
        }
        c.aload(0);
        code.packet();
        c.invokevirtual(code.self, around.pieces.rewriting(header.name()), InstructionCode.PIECE);
        c.pop();
    }

    void rewriteHere(Pipeline.Header header) {
        Label next = code.label();
        around.values.branch(header.valid(), false, next);
        assigned(header, code::data, () -> code.load(Storage.begin(header)), true);
        code.bind(next);
    }

    /** Writes fields: those that are assigned, or all. A varbit keeps its octets when only assigned ones are written. */
    private void assigned(Pipeline.Header header, Runnable segment, Runnable begin, boolean assignedOnly) {
        int bit = 0;
        Runnable position = begin;
        for (HeaderType.Field field : header.type().fields()) {
            int mark = code.storage.mark();
            if (field.varbit()) {
                int before = bit / 8;
                if (!assignedOnly) {
                    fields.storeVarbit(
                            segment,
                            () -> {
                                begin.run();
                                code.constant(before);
                                c.ladd();
                            },
                            () -> fields.varbitBytes(header, field),
                            header.field(field));
                }
                position = () -> {
                    begin.run();
                    fields.varbitBytes(header, field);
                    c.ladd();
                };
            } else {
                if (!assignedOnly || isAssigned(header.field(field))) {
                    fields.store(segment, position, bit, header.field(field));
                }
                bit += field.width();
            }
            code.storage.release(mark);
        }
    }

    private static boolean hasVarbit(Pipeline.Header header) {
        return header.type().fields().stream().anyMatch(HeaderType.Field::varbit);
    }

    /** Copies a header's octets from the packet. */
    private void copy(Pipeline.Header header, Runnable front, Runnable position) {
        Runnable begin = () -> code.load(Storage.begin(header));
        int octets = Names.fixedBytes(header.type());
        if (octets <= SHORT && !hasVarbit(header)) {
            memory.copy(new MemoryCode.Place(code::data, begin, 0), new MemoryCode.Place(front, position, 0), octets);
            return;
        }
        code.data();
        begin.run();
        front.run();
        position.run();
        size(header);
        c.invokestatic(Code.SEGMENT, "copy", COPY, true);
    }

    /** Appends a header to the front. */
    void emit(Pipeline.Header header) {
        Label next = code.label();
        Label whole = code.label();
        Label done = code.label();
        Runnable front = () -> code.push("front", MemorySegment.class);
        Runnable position = () -> code.load(Storage.EMITTED);
        around.values.branch(header.valid(), false, next);
        if (keepsPlace(header)) {
            code.load(Storage.begin(header));
            c.lconst_0().lcmp().iflt(whole);
            copy(header, front, position);
            assigned(header, front, position, true);
            c.goto_(done);
        }
        code.bind(whole);
        if (hasVarbit(header)) {
            front.run();
            position.run();
            size(header);
            code.call(Bits.class, "clear");
            assigned(header, front, position, false);
        } else {
            int mark = code.storage.mark();
            fields.storeAll(front, position, header);
            code.storage.release(mark);
        }
        code.bind(done);
        position.run();
        size(header);
        c.ladd();
        code.store(Storage.EMITTED);
        code.bind(next);
    }
}
