package dev.weir.p4.preprocess;

import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what others find, and notes the texts of files that do not come with the compiler, by the names under which they were found. One thread. */
public final class NotedIncludes implements Includes {
    private final Includes from;
    private final Map<String, String> found = new LinkedHashMap<>();

    public NotedIncludes(Includes from) {
        this.from = from;
    }

    @Override
    public @Nullable SourceFile find(String name, boolean quoted, SourceFile including) throws IOException {
        SourceFile file = from.find(name, quoted, including);
        if (file != null && !IncludePath.isOurs(file)) found.put(file.name(), file.text());
        return file;
    }

    /** What was found so far. */
    public Map<String, String> found() {
        return Map.copyOf(found);
    }
}
