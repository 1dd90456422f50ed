package dev.weir.p4.preprocess;

import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Included files from folders, and after those from the headers that come with the compiler: {@code core.p4} and those of the
 * architectures. A quoted name is looked for in the folder of the file that includes it first. Files are named as they were found.
 */
public final class IncludePath implements Includes {
    /** The most that is read of a program's file, in octets. */
    public static final int MAX_FILE = 16 << 20;

    private static final String OURS = "<weir>/";
    private static final String RESOURCES = "/dev/weir/p4/include/";

    private final List<Path> folders;

    /** @param folders in the order in which they are looked through */
    public IncludePath(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /**
     * Reads the program itself.
     *
     * @throws IOException when it cannot be read, or is no file, or is larger than {@link #MAX_FILE}
     */
    public static SourceFile read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) throw new IOException("no file: " + path);
        try (InputStream in = Files.newInputStream(path)) {
            return SourceFile.of(path.toString(), limited(in, path.toString()));
        }
    }

    /** Whether a file that was found comes with the compiler. */
    public static boolean isOurs(SourceFile file) {
        return file.name().startsWith(OURS);
    }

    @Override
    public @Nullable SourceFile find(String name, boolean quoted, SourceFile from) throws IOException {
        try {
            if (quoted && !from.name().startsWith(OURS)) {
                Path beside = Path.of(from.name()).resolveSibling(name);
                if (Files.isRegularFile(beside)) return read(beside);
            }
            for (Path folder : folders) {
                Path path = folder.resolve(name);
                if (Files.isRegularFile(path)) return read(path);
            }
        } catch (InvalidPathException e) {
            return null;
        }
        return ours(quoted ? siblingOfOurs(name, from) : name);
    }

    private static String siblingOfOurs(String name, SourceFile from) {
        if (!from.name().startsWith(OURS)) return name;
        String folder = from.name().substring(OURS.length(), from.name().lastIndexOf('/') + 1);
        return IncludePath.class.getResource(RESOURCES + folder + name) == null ? name : folder + name;
    }

    /** A name that climbs out of our headers finds nothing. */
    private static @Nullable SourceFile ours(String name) throws IOException {
        if (!name.endsWith(".p4") || name.contains("..") || name.startsWith("/")) return null;
        try (InputStream in = IncludePath.class.getResourceAsStream(RESOURCES + name)) {
            return in == null ? null : SourceFile.of(OURS + name, limited(in, name));
        }
    }

    private static byte[] limited(InputStream in, String name) throws IOException {
        byte[] octets = in.readNBytes(MAX_FILE + 1);
        if (octets.length > MAX_FILE) throw new IOException(name + " is larger than " + MAX_FILE + " octets");
        return octets;
    }
}
