import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar with its class files written in a newer version of the format, code unchanged: {@code java RaiseClassFiles.java IN OUT}.
 * The JVM archives no class older than version 50 (JVMS 4.10.2: those are verified by type inference), so a library compiled for Java
 * 5 would be loaded and verified from scratch at every start. Stack maps, which newer versions must have, are generated.
 */
final class RaiseClassFiles {
    private static final int OLDEST_WITH_STACK_MAPS = ClassFile.JAVA_7_VERSION, WANTED = ClassFile.JAVA_8_VERSION;

    private RaiseClassFiles() {}

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
                boolean raises = name.endsWith(".class") && !name.endsWith("module-info.class");
                to.write(raises ? raise(context, entry.getValue()) : entry.getValue());
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

    private static byte[] raise(ClassFile context, byte[] bytes) {
        ClassModel model = context.parse(bytes);
        if (model.majorVersion() >= OLDEST_WITH_STACK_MAPS) {
            return bytes;
        }
        try {
            return context.build(model.thisClass().asSymbol(), builder -> {
                model.forEach(builder);
                builder.withVersion(WANTED, 0);
            });
        } catch (IllegalArgumentException e) {
            return bytes; // extends a class of a library that is not there, so it is not used either
        }
    }
}
