package dev.weir.p4.jvm;

import dev.weir.p4.run.TableRun;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/**
 * Makes a program's loops over the packets of a vector. They are its own, since HotSpot has one profile for a loop of a class that all programs share, and
 * compiles what it calls there for the first two of them only.
 */
final class VectorLoops {
    private static final ClassDesc TABLE = Code.describe(TableRun.class), INTS = ConstantDescs.CD_int.arrayType();
    private static final ClassDesc VOID = ConstantDescs.CD_void, INT = ConstantDescs.CD_int;
    private static final MethodTypeDesc PACKET = MethodTypeDesc.of(VOID, INT);

    private final ClassDesc self;

    VectorLoops(ClassDesc self) {
        this.self = self;
    }

    void all(ClassBuilder builder) {
        builder.withMethodBody("runAll", MethodTypeDesc.of(VOID, INTS, INT), ClassFile.ACC_PROTECTED, c -> {
            loop(c, 2, 3, () -> {
                pick(c, 1, 3);
                c.invokevirtual(self, "begin", PACKET);
                pick(c, 1, 3);
                c.invokevirtual(self, "packet", PACKET);
            });
        });
    }

    void ahead(ClassBuilder builder) {
        MethodTypeDesc loop = MethodTypeDesc.of(VOID, TABLE, INTS, INT);
        MethodTypeDesc each = MethodTypeDesc.of(VOID, TABLE, INT, INT);
        builder.withMethodBody("runAhead", loop, ClassFile.ACC_PROTECTED, c -> {
            loop(c, 3, 4, () -> {
                c.aload(0).aload(1).iload(4).aload(2).iload(4).iaload();
                c.invokevirtual(self, "begin", each);
                pick(c, 2, 4);
                c.invokevirtual(self, "packet", PACKET);
            });
        });
        builder.withMethodBody("scoutAll", loop, ClassFile.ACC_PROTECTED, c -> {
            loop(c, 3, 4, () -> {
                c.aload(1).getfield(TABLE, "scouted", INT).istore(5);
                pick(c, 2, 4);
                c.invokevirtual(self, "scout", PACKET);
                c.aload(0).aload(1).iload(4).iload(5);
                c.invokevirtual(self, "scouted", each);
            });
        });
    }

    /** Runs the body with the local {@code k} from 0 to before the local {@code n}. */
    private static void loop(CodeBuilder c, int n, int k, Runnable body) {
        Label begin = c.newLabel(), end = c.newLabel();
        c.iconst_0().istore(k);
        c.labelBinding(begin).iload(k).iload(n).if_icmpge(end);
        body.run();
        c.iinc(k, 1).goto_(begin);
        c.labelBinding(end).return_();
    }

    /** Pushes the program and the pick. */
    private static void pick(CodeBuilder c, int picks, int k) {
        c.aload(0).aload(picks).iload(k).iaload();
    }
}
