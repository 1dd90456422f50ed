package dev.weir.server.programs;

import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.preprocess.Includes;
import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Included files that came with a program, and those that come with the compiler: nothing is read of this machine's files, whatever a program names.
 * A quoted name is looked for beside the file that includes it, then as it is written. Immutable.
 */
public final class SentFiles implements Includes {
    /** What the names of our headers begin with; no file that was sent is called so. */
    private static final String OURS = "<";

    private final Map<String, String> texts;
    private final IncludePath ours = new IncludePath(List.of());

    /** @param texts by name */
    public SentFiles(Map<String, String> texts) {
        this.texts = Map.copyOf(texts);
    }

    /** Whether a file can be called so. */
    public static boolean canBeCalled(String name) {
        return !name.startsWith(OURS);
    }

    @Override
    public @Nullable SourceFile find(String name, boolean quoted, SourceFile from) throws IOException {
        if (IncludePath.isOurs(from)) return ours.find(name, quoted, from);
        SourceFile sent = quoted ? sent(beside(name, from)) : null;
        if (sent == null) sent = sent(name);
        return sent != null ? sent : ours.find(name, false, from);
    }

    private @Nullable SourceFile sent(@Nullable String name) {
        String text = name == null ? null : texts.get(name);
        return name == null || text == null ? null : SourceFile.of(name, text);
    }

    /** The name of the file beside another, as who sends it has it; nothing is looked for. */
    public static @Nullable String beside(String name, SourceFile from) {
        try {
            return Path.of(from.name()).resolveSibling(name).toString();
        } catch (InvalidPathException e) {
            return null;
        }
    }
}
