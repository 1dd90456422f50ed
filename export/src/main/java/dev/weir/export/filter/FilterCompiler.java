package dev.weir.export.filter;

import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_boolean;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;

import dev.weir.table.FlowRecord;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a hidden class of an expression. Its method {@code test} is straight-line code with jumps, and calls others of its class for
 * the parts of a long expression, because HotSpot compiles no method of more than 8000 bytes.
 */
final class FilterCompiler {
    private static final ClassDesc FILTER = FlowFilter.class.describeConstable().orElseThrow();
    static final ClassDesc RECORD = FlowRecord.class.describeConstable().orElseThrow();
    static final ClassDesc GENERATED = ClassDesc.of(FlowFilter.class.getPackageName(), "CompiledFilter");
    static final MethodTypeDesc TEST = MethodTypeDesc.of(CD_boolean, RECORD);
    private static final MethodTypeDesc INIT = MethodTypeDesc.of(CD_void, CD_String);

    /** Which expression is tested by which part; the same one by the same. */
    private final Map<Expression, String> parts = new LinkedHashMap<>();

    private FilterCompiler() {}

    static FlowFilter compile(Expression expression) {
        byte[] generated = new FilterCompiler().generate(expression);
        try {
            return (FlowFilter) MethodHandles.lookup()
                    .defineHiddenClass(generated, true)
                    .lookupClass()
                    .getDeclaredConstructor(String.class)
                    .newInstance(NormalForm.of(expression));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The class file. */
    static byte[] classFile(Expression expression) {
        return new FilterCompiler().generate(expression);
    }

    private byte[] generate(Expression expression) {
        return ClassFile.of().build(GENERATED, type -> {
            type.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER).withSuperclass(FILTER);
            type.withMethodBody(
                    INIT_NAME,
                    INIT,
                    0,
                    body -> body.aload(0)
                            .aload(1)
                            .invokespecial(FILTER, INIT_NAME, INIT)
                            .return_());
            type.withMethodBody(
                    "test",
                    TEST,
                    ClassFile.ACC_PUBLIC,
                    body -> new FilterMethod(body, 1, this::part).write(expression));
            List<Expression> written = new ArrayList<>();
            while (written.size() < parts.size()) {
                Expression next = List.copyOf(parts.keySet()).get(written.size());
                written.add(next);
                type.withMethodBody(
                        parts.getOrDefault(next, ""),
                        TEST,
                        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC,
                        body -> new FilterMethod(body, 0, this::part).write(next));
            }
        });
    }

    private String part(Expression expression) {
        return parts.computeIfAbsent(expression, _ -> "part" + parts.size());
    }
}
