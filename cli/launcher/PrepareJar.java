import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar with its class files as the JVM starts with them sooner: {@code java -cp JARS PrepareJar.java IN OUT}.
 *
 * <ul>
 *   <li>Those of versions before 50 get a newer one, code unchanged. The JVM archives none that is older (JVMS 4.10.2: they are verified
 *       by type inference), so a library compiled for Java 5 would be loaded and verified from scratch at every start.
 *   <li>A {@code switch} over types asks a method of the class, made here, which of them it is. As javac leaves it, the JVM makes a class for
 *       each such switch when it comes to it the first time, a millisecond or so, and the archive does not keep them.
 * </ul>
 *
 * Stack maps, which newer versions must have, are generated.
 */
final class PrepareJar {
    private static final int OLDEST_WITH_STACK_MAPS = ClassFile.JAVA_7_VERSION, WANTED = ClassFile.JAVA_8_VERSION;
    private static final ClassDesc SWITCHES = ClassDesc.of("java.lang.runtime.SwitchBootstraps");
    private static final MethodTypeDesc WHICH = MethodTypeDesc.of(CD_int, CD_Object, CD_int);

    private PrepareJar() {}

    public static void main(String[] args) throws IOException {
        Map<String, byte[]> entries = read(Path.of(args[0]));
        ClassFile context = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(
                        ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> stream(entries, type))
                                .orElse(ClassHierarchyResolver.defaultResolver())));
        try (OutputStream out = Files.newOutputStream(Path.of(args[1]));
                ZipOutputStream to = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                String name = entry.getKey();
                ZipEntry copy = new ZipEntry(name);
                copy.setTime(0);
                to.putNextEntry(copy);
                boolean isClass = name.endsWith(".class") && !name.endsWith("module-info.class");
                to.write(isClass ? prepared(context, entry.getValue()) : entry.getValue());
                to.closeEntry();
            }
        }
    }

    private static Map<String, byte[]> read(Path jar) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (InputStream in = Files.newInputStream(jar);
                ZipInputStream from = new ZipInputStream(in)) {
            for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
                entries.put(entry.getName(), from.readAllBytes());
            }
        }
        return entries;
    }

    private static InputStream stream(Map<String, byte[]> entries, ClassDesc type) {
        String descriptor = type.descriptorString();
        byte[] bytes = entries.get(descriptor.substring(1, descriptor.length() - 1) + ".class");
        return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    private static byte[] prepared(ClassFile context, byte[] bytes) {
        ClassModel model = context.parse(bytes);
        try {
            if (model.majorVersion() < OLDEST_WITH_STACK_MAPS) {
                return context.build(model.thisClass().asSymbol(), builder -> {
                    model.forEach(builder);
                    builder.withVersion(WANTED, 0);
                });
            }
            boolean switches = model.methods().stream()
                    .flatMap(method -> method.code().stream())
                    .flatMap(code -> code.elementStream())
                    .anyMatch(PrepareJar::isTypeSwitch);
            return switches ? context.transformClass(model, new PlainSwitches(model).transform()) : bytes;
        } catch (IllegalArgumentException e) {
            return bytes; // extends a class of a library that is not there, so it is not used either
        }
    }

    /** Whether it is a switch over classes only, of a class or interface: not over constants or numbers too. */
    private static boolean isTypeSwitch(CodeElement element) {
        return element instanceof InvokeDynamicInstruction i
                && i.name().equalsString("typeSwitch")
                && i.bootstrapMethod().owner().equals(SWITCHES)
                && i.bootstrapArgs().stream().allMatch(ClassDesc.class::isInstance)
                && !i.typeSymbol().parameterType(0).isPrimitive();
    }

    /** Has each switch of a class call a method that is added. */
    private static final class PlainSwitches {
        private final ClassDesc self;
        private final boolean isInterface;
        private final List<List<ClassDesc>> labels = new ArrayList<>();

        PlainSwitches(ClassModel model) {
            self = model.thisClass().asSymbol();
            isInterface = (model.flags().flagsMask() & ClassFile.ACC_INTERFACE) != 0;
        }

        ClassTransform transform() {
            return ClassTransform.transformingMethodBodies(this::call).andThen(ClassTransform.endHandler(this::methods));
        }

        private void call(CodeBuilder code, CodeElement element) {
            if (element instanceof InvokeDynamicInstruction i && isTypeSwitch(i)) {
                code.invokestatic(self, add(i), WHICH, isInterface);
            } else {
                code.with(element);
            }
        }

        private String add(InvokeDynamicInstruction i) {
            labels.add(i.bootstrapArgs().stream().map(ClassDesc.class::cast).toList());
            return name(labels.size() - 1);
        }

        private static String name(int number) {
            return "which$" + number;
        }

        private void methods(ClassBuilder builder) {
            int flags = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC;
            for (int i = 0; i < labels.size(); i++) {
                List<ClassDesc> classes = labels.get(i);
                builder.withMethodBody(name(i), WHICH, flags, code -> which(code, classes));
            }
        }

        /** The number of the first class from the second parameter on that the first is an instance of; -1 for null, else how many there are. */
        private static void which(CodeBuilder code, List<ClassDesc> classes) {
            Label there = code.newLabel();
            code.aload(0).ifnonnull(there).iconst_m1().ireturn().labelBinding(there);
            for (int i = 0; i < classes.size(); i++) {
                Label next = code.newLabel();
                code.loadConstant(i).iload(1).if_icmplt(next);
                code.aload(0).instanceOf(classes.get(i)).ifeq(next);
                code.loadConstant(i).ireturn().labelBinding(next);
            }
            code.loadConstant(classes.size()).ireturn();
        }
    }
}
