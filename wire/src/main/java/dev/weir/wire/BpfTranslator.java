package dev.weir.wire;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.List;

/**
 * Translates classic BPF to a hidden class. A load outside the captured octets and a division by zero reject the packet,
 * as bpf(4) says. Conditional jumps go forward; a plain jump may go back, as libpcap's {@code protochain} has it. Its
 * loops end because each round looks further into the packet; any other loop does because a packet with which a program
 * jumps back more than {@link BpfMethod#MAX_ROUNDS} times is rejected.
 *
 * <p>A long program is cut into several methods, because HotSpot compiles none of more than 8000 bytes. Each takes the
 * number of the instruction to begin at and returns that of the next, or -1 with the result in the registers.
 */
final class BpfTranslator {
    /** Instructions a method at most; one takes at most 40 bytes. */
    static final int CHUNK = 180;

    static final ClassDesc PROGRAM = BpfProgram.class.describeConstable().orElseThrow();
    static final ClassDesc INTS = CD_int.arrayType();

    private static final ClassDesc SEGMENT =
            MemorySegment.class.describeConstable().orElseThrow();
    private static final ClassDesc GENERATED = ClassDesc.of(BpfProgram.class.getPackageName(), "BpfFilter");
    private static final ClassDesc ARRAYS = ClassDesc.of("java.util.Arrays");
    private static final MethodTypeDesc FILL = MethodTypeDesc.of(CD_void, INTS, CD_int);
    private static final MethodTypeDesc MATCH = MethodTypeDesc.of(CD_int, SEGMENT, CD_long, CD_int, CD_int);
    private static final MethodTypeDesc PART = MethodTypeDesc.of(CD_int, SEGMENT, CD_long, CD_int, CD_int, CD_int);

    private BpfTranslator() {}

    /** @throws IllegalArgumentException when this is no valid program */
    static BpfProgram translate(List<BpfInstruction> code) {
        return translate(code, CHUNK);
    }

    static BpfProgram translate(List<BpfInstruction> code, int chunk) {
        BpfInstruction.check(code);
        byte[] generated = ClassFile.of().build(GENERATED, type -> {
            type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER).withSuperclass(PROGRAM);
            type.withMethodBody(
                    INIT_NAME,
                    MTD_void,
                    0,
                    body -> body.aload(0)
                            .invokespecial(PROGRAM, INIT_NAME, MTD_void)
                            .return_());
            if (code.size() <= chunk) {
                type.withMethodBody("match", MATCH, 0, body -> new BpfMethod(code, 0, code.size(), body).write());
                return;
            }
            for (int from = 0; from < code.size(); from += chunk) {
                int begin = from;
                int end = Math.min(code.size(), from + chunk);
                type.withMethodBody("part" + begin, PART, 0, body -> new BpfMethod(code, begin, end, body).write());
            }
            type.withMethodBody("match", MATCH, 0, body -> callParts(body, code.size(), chunk));
        });
        try {
            return (BpfProgram) MethodHandles.lookup()
                    .defineHiddenClass(generated, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void callParts(CodeBuilder body, int size, int chunk) {
        Label done = body.newLabel();
        int next = BpfMethod.ENTRY;
        Label again = body.newLabel();
        body.aload(0).getfield(PROGRAM, "registers", INTS).iconst_0().invokestatic(ARRAYS, "fill", FILL);
        body.iconst_0().istore(next).labelBinding(again);
        for (int begin = 0; begin < size; begin += chunk) {
            Label elsewhere = body.newLabel();
            body.iload(next).loadConstant(begin).if_icmplt(elsewhere);
            body.iload(next).loadConstant(begin + chunk).if_icmpge(elsewhere);
            body.aload(0)
                    .aload(BpfMethod.DATA)
                    .lload(BpfMethod.AT)
                    .iload(BpfMethod.CAPTURED)
                    .iload(BpfMethod.LENGTH);
            body.iload(next).invokevirtual(GENERATED, "part" + begin, PART).istore(next);
            body.iload(next).iflt(done);
            body.labelBinding(elsewhere);
        }
        body.goto_(again);
        body.labelBinding(done);
        body.aload(0).getfield(PROGRAM, "registers", INTS);
        body.loadConstant(BpfMethod.RESULT).iaload().ireturn();
    }
}
