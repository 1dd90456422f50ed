package dev.weir.wire;

import static dev.weir.wire.BpfInstruction.*;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Writes the body of one method of a translated program: all of it, or some instructions of a long one. A, X, the
 * scratch memory and the number of jumps back live in local variables; between the methods of a long program in {@link BpfProgram#registers}.
 */
final class BpfMethod {
    static final int THIS = 0, DATA = 1, AT = 2, CAPTURED = 4, LENGTH = 5, ENTRY = 6;
    static final int REGISTERS = 4 + MEMORY, RESULT = 2;
    /** Jumps back that one packet is worth: as many as several protochains take over the longest IP packet. */
    static final int MAX_ROUNDS = 1 << 16;

    private static final int INDEX = 7, LOCAL_A = 9, LOCAL_X = 10, LOCAL_M = 11, ROUNDS = LOCAL_M + MEMORY;
    private static final int REGISTER_M = 3;
    private static final int DONE = -1;

    private static final ClassDesc SEGMENT =
            MemorySegment.class.describeConstable().orElseThrow();
    private static final ClassDesc INTEGER = ClassDesc.of("java.lang.Integer");
    private static final MethodTypeDesc LOAD = MethodTypeDesc.of(CD_int, SEGMENT, CD_long);
    private static final MethodTypeDesc INDEXED = MethodTypeDesc.of(CD_long, CD_int, CD_int);
    private static final MethodTypeDesc BINARY = MethodTypeDesc.of(CD_int, CD_int, CD_int);

    private final List<BpfInstruction> code;
    private final int begin;
    private final int end;
    private final boolean whole;
    private final CodeBuilder out;
    private final Label[] labels;
    private final Label reject;
    private final TreeMap<Integer, Label> exits = new TreeMap<>();
    private boolean rejects;

    BpfMethod(List<BpfInstruction> code, int begin, int end, CodeBuilder out) {
        this.code = code;
        this.begin = begin;
        this.end = end;
        this.whole = end - begin == code.size();
        this.out = out;
        labels = new Label[end - begin];
        for (int i = 0; i < labels.length; i++) labels[i] = out.newLabel();
        reject = out.newLabel();
    }

    void write() {
        loadRegisters();
        if (!whole) jumpToEntry();
        for (int i = begin; i < end; i++) {
            out.labelBinding(labels[i - begin]);
            write(i, code.get(i));
        }
        BpfInstruction last = code.get(end - 1);
        if (last.kind() != RET && last.kind() != JMP) out.goto_(label(end));
        if (!exits.isEmpty()) writeExits();
        if (rejects) {
            out.labelBinding(reject);
            out.iconst_0();
            writeReturn();
        }
    }

    private void write(int i, BpfInstruction it) {
        switch (it.kind()) {
            case LD -> load(it);
            case LDX -> loadX(it);
            case ST -> out.iload(LOCAL_A).istore(LOCAL_M + it.k());
            case STX -> out.iload(LOCAL_X).istore(LOCAL_M + it.k());
            case ALU -> compute(it);
            case JMP -> jump(i, it);
            case RET -> {
                if ((it.code() & 0x18) == A) out.iload(LOCAL_A);
                else out.loadConstant(it.k());
                writeReturn();
            }
            default -> {
                if (it.operation() == TXA) out.iload(LOCAL_X).istore(LOCAL_A);
                else out.iload(LOCAL_A).istore(LOCAL_X);
            }
        }
    }

    private void load(BpfInstruction it) {
        switch (it.mode()) {
            case ABS -> absolute(it.size(), it.k());
            case IND -> indexed(it.size(), it.k());
            default -> value(it);
        }
        out.istore(LOCAL_A);
    }

    private void loadX(BpfInstruction it) {
        if (it.mode() == MSH) {
            absolute(B, it.k());
            out.bipush(0x0F).iand().iconst_2().ishl();
        } else {
            value(it);
        }
        out.istore(LOCAL_X);
    }

    private void value(BpfInstruction it) {
        switch (it.mode()) {
            case LEN -> out.iload(LENGTH);
            case MEM -> out.iload(LOCAL_M + it.k());
            default -> out.loadConstant(it.k());
        }
    }

    private void absolute(int size, int k) {
        int octets = octets(size);
        boolean beyond = k < 0 || k > Integer.MAX_VALUE - octets;
        rejects = true;
        out.iload(CAPTURED)
                .loadConstant(beyond ? Integer.MAX_VALUE : k + octets)
                .if_icmplt(reject);
        out.aload(DATA).lload(AT).loadConstant(beyond ? 0L : (long) k).ladd();
        fetch(size);
    }

    private void indexed(int size, int k) {
        rejects = true;
        out.iload(LOCAL_X).loadConstant(k).invokestatic(BpfTranslator.PROGRAM, "indexed", INDEXED);
        out.lstore(INDEX).lload(INDEX);
        out.iload(CAPTURED).loadConstant(octets(size)).isub().i2l().lcmp().ifgt(reject);
        out.aload(DATA).lload(AT).lload(INDEX).ladd();
        fetch(size);
    }

    private static int octets(int size) {
        return switch (size) {
            case W -> 4;
            case H -> 2;
            default -> 1;
        };
    }

    private void fetch(int size) {
        String how = switch (size) {
            case W -> "word";
            case H -> "half";
            default -> "octet";
        };
        out.invokestatic(BpfTranslator.PROGRAM, how, LOAD);
    }

    private void operand(BpfInstruction it) {
        if (it.fromX()) out.iload(LOCAL_X);
        else out.loadConstant(it.k());
    }

    private void compute(BpfInstruction it) {
        int operation = it.operation();
        if (operation == DIV || operation == MOD) {
            operand(it);
            rejects = true;
            out.ifeq(reject);
        }
        out.iload(LOCAL_A);
        if (operation != NEG) operand(it);
        switch (operation) {
            case NEG -> out.ineg();
            case ADD -> out.iadd();
            case SUB -> out.isub();
            case MUL -> out.imul();
            case OR -> out.ior();
            case AND -> out.iand();
            case XOR -> out.ixor();
            case LSH -> out.invokestatic(BpfTranslator.PROGRAM, "shiftLeft", BINARY);
            case RSH -> out.invokestatic(BpfTranslator.PROGRAM, "shiftRight", BINARY);
            case DIV -> out.invokestatic(INTEGER, "divideUnsigned", BINARY);
            default -> out.invokestatic(INTEGER, "remainderUnsigned", BINARY);
        }
        out.istore(LOCAL_A);
    }

    private void jump(int i, BpfInstruction it) {
        if (it.operation() == JA) {
            if (it.k() < 0) countRound();
            out.goto_(label(i + 1 + it.k()));
            return;
        }
        Label yes = label(i + 1 + it.jumpTrue());
        out.iload(LOCAL_A);
        operand(it);
        switch (it.operation()) {
            case JEQ -> out.branch(Opcode.IF_ICMPEQ, yes);
            case JSET -> out.iand().ifne(yes);
            case JGT -> out.invokestatic(INTEGER, "compareUnsigned", BINARY).ifgt(yes);
            default -> out.invokestatic(INTEGER, "compareUnsigned", BINARY).ifge(yes);
        }
        out.goto_(label(i + 1 + it.jumpFalse()));
    }

    private void countRound() {
        rejects = true;
        out.iinc(ROUNDS, 1).iload(ROUNDS).loadConstant(MAX_ROUNDS).if_icmpgt(reject);
    }

    /** Where the instruction of that number is, or the way out to another method. */
    private Label label(int instruction) {
        return instruction >= begin && instruction < end
                ? labels[instruction - begin]
                : exits.computeIfAbsent(instruction, _ -> out.newLabel());
    }

    private void loadRegisters() {
        for (int i = 0; i < REGISTERS; i++) {
            if (i == RESULT) continue;
            if (whole) out.iconst_0();
            else registers().loadConstant(i).iaload();
            out.istore(local(i));
        }
    }

    private static int local(int register) {
        return register < RESULT ? LOCAL_A + register : LOCAL_M + register - REGISTER_M;
    }

    private void jumpToEntry() {
        List<SwitchCase> cases = new ArrayList<>();
        for (int i = begin; i < end; i++) cases.add(SwitchCase.of(i, labels[i - begin]));
        out.iload(ENTRY).tableswitch(begin, end - 1, labels[0], cases);
    }

    private void writeExits() {
        Label leave = out.newLabel();
        exits.forEach((instruction, label) ->
                out.labelBinding(label).loadConstant(instruction).istore(ENTRY).goto_(leave));
        out.labelBinding(leave);
        for (int i = 0; i < REGISTERS; i++) {
            if (i != RESULT) registers().loadConstant(i).iload(local(i)).iastore();
        }
        out.iload(ENTRY).ireturn();
    }

    /** Returns what is on the stack as the program's result. */
    private void writeReturn() {
        if (!whole) {
            out.istore(ENTRY);
            registers().loadConstant(RESULT).iload(ENTRY).iastore().loadConstant(DONE);
        }
        out.ireturn();
    }

    private CodeBuilder registers() {
        return out.aload(THIS).getfield(BpfTranslator.PROGRAM, "registers", BpfTranslator.INTS);
    }
}
