package dev.weir.p4.jvm;

import dev.weir.p4.run.PacketCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One method that is being made: the words of the other classes here for bytecode. Local 0 is the program, local 1 the number of the packet, 2 the
 * memory of the vector, 3 the array of wide numbers.
 */
final class Code {
    static final ClassDesc SEGMENT = MemorySegment.class.describeConstable().orElseThrow();
    static final ClassDesc LONGS = long[].class.describeConstable().orElseThrow();
    static final ClassDesc BASE = PacketCode.class.describeConstable().orElseThrow();

    private static final int PACKET = 1, DATA = 2, WIDE = 3, FIRST_VARIABLE = 4;

    final CodeBuilder c;
    final Storage storage;
    final ClassDesc self;

    private final Map<String, Label> labels = new HashMap<>();

    Code(CodeBuilder c, Storage storage, ClassDesc self) {
        this.c = c;
        this.storage = storage;
        this.self = self;
        // parameters are this and the packet; what is below the variables is taken
        c.allocateLocal(TypeKind.REFERENCE);
        c.allocateLocal(TypeKind.REFERENCE);
        inherited("data", SEGMENT).astore(DATA);
        inherited("wide", LONGS).astore(WIDE);
        if (!storage.inFields) storage.variables().forEach((_, _) -> c.allocateLocal(TypeKind.LONG));
    }

    private CodeBuilder inherited(String field, ClassDesc type) {
        return c.aload(0).getfield(BASE, field, type);
    }

    /** Pushes what the superclass has. */
    void push(String field, Class<?> type) {
        inherited(field, describe(type));
    }

    static ClassDesc describe(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    void data() {
        c.aload(DATA);
    }

    void wide() {
        c.aload(WIDE);
    }

    void packet() {
        c.iload(PACKET);
    }

    void constant(long number) {
        c.loadConstant(number);
    }

    void integer(int number) {
        c.loadConstant(number);
    }

    /** Pushes a variable; zero for one that is nowhere. */
    void load(String variable) {
        Integer number = storage.variable(variable);
        if (number == null) {
            c.lconst_0();
        } else if (storage.inFields) {
            c.aload(0).getfield(self, field(number), ConstantDescs.CD_long);
        } else {
            c.lload(FIRST_VARIABLE + 2 * number);
        }
    }

    /** Pops a variable; one that is nowhere is only popped. */
    void store(String variable) {
        Integer number = storage.variable(variable);
        if (number == null) {
            c.pop2();
        } else if (storage.inFields) {
            c.aload(0).dup_x2().pop().putfield(self, field(number), ConstantDescs.CD_long);
        } else {
            c.lstore(FIRST_VARIABLE + 2 * number);
        }
    }

    static String field(int number) {
        return "v" + number;
    }

    int newLong() {
        return c.allocateLocal(TypeKind.LONG);
    }

    /** Pushes a limb of a wide number. */
    void limb(int slot) {
        wide();
        c.loadConstant(slot).laload();
    }

    /** Clears what is beyond the width. */
    void mask(int width) {
        if (width < 64) {
            constant(ones(width));
            c.land();
        }
    }

    static long ones(int width) {
        return -1L >>> -width;
    }

    /** Calls the one public method of that name, its arguments pushed. */
    void call(Class<?> owner, String name) {
        Optional<Method> found = Arrays.stream(owner.getDeclaredMethods())
                .filter(m -> m.getName().equals(name) && Modifier.isPublic(m.getModifiers()))
                .findFirst();
        Method method = found.orElseThrow(() -> new AssertionError(owner + "." + name));
        MethodTypeDesc type = MethodTypeDesc.of(
                describe(method.getReturnType()),
                Arrays.stream(method.getParameterTypes()).map(Code::describe).toList());
        if (Modifier.isStatic(method.getModifiers())) {
            c.invokestatic(describe(owner), name, type);
        } else {
            c.invokevirtual(describe(owner), name, type);
        }
    }

    Label label() {
        return c.newLabel();
    }

    void bind(Label label) {
        c.labelBinding(label);
    }

    /** Has a name stand for a label until {@link #forget}. */
    void name(String name, Label label) {
        labels.put(name, label);
    }

    void forget(String name) {
        labels.remove(name);
    }

    @org.jspecify.annotations.Nullable
    Label named(String name) {
        return labels.get(name);
    }
}
