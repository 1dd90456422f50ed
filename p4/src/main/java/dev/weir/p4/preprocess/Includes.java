package dev.weir.p4.preprocess;

import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Finds the files that a program includes. */
@FunctionalInterface
public interface Includes {
    /** No file is to be found. */
    Includes NONE = (name, quoted, from) -> null;

    /**
     * @param quoted whether {@code "name"} was written, which is looked for beside {@code from} first, and not {@code <name>}
     * @return null where there is no such file
     * @throws IOException when there is one, and it cannot be read; the message says why
     */
    @Nullable
    SourceFile find(String name, boolean quoted, SourceFile from) throws IOException;
}
