package dev.weir.cluster;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * What a running engine's workers need of Weir: the jars of the modules that run there, as they lie on the class path of
 * this process. A folder of classes on it is packed.
 */
final class WorkerJars {
    private static final Pattern JARS = Pattern.compile(
            "(weir-(packet|table|wire|dataplane|api|export|cluster)|zstd-jni|jspecify|flink-connector-(base|kafka)|kafka-clients"
                    + "|protobuf-java|gson)-[0-9].*\\.jar");
    private static final Pattern FOLDERS =
            Pattern.compile(".*/(packet|table|wire|dataplane|api|export|cluster)/target/(launcher/)?classes/?");

    private WorkerJars() {}

    static List<String> ofThisProcess() throws IOException {
        var jars = new ArrayList<String>();
        for (String each : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(each).toAbsolutePath();
            if (JARS.matcher(String.valueOf(path.getFileName())).matches()) {
                jars.add(path.toString());
            } else if (FOLDERS.matcher(path.toString()).matches() && Files.isDirectory(path)) {
                jars.add(pack(path).toString());
            }
        }
        if (jars.isEmpty()) {
            throw new IOException("the jars of Weir are not on the class path of this process");
        }
        return jars;
    }

    private static Path pack(Path folder) throws IOException {
        Path jar = Files.createTempFile("weir-classes-", ".jar");
        jar.toFile().deleteOnExit();
        try (OutputStream file = Files.newOutputStream(jar);
                var out = new JarOutputStream(file);
                Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new ZipEntry(folder.relativize(each).toString().replace(File.separatorChar, '/')));
                Files.copy(each, out);
                out.closeEntry();
            }
        }
        return jar;
    }
}
