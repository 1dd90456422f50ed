package dev.weir.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the project's folder is: the nearest one, from the current folder or from this class's place upwards, that has the {@code weir} command;
 * the current folder where there is none. Any thread.
 */
public final class ProjectRoot {
    private ProjectRoot() {}

    /** Looks for it. */
    public static Path find() {
        Path current = Path.of("").toAbsolutePath();
        Path found = upwards(current);
        if (found == null) found = upwards(codeLocation());
        return found == null ? current : found;
    }

    private static @org.jspecify.annotations.Nullable Path upwards(Path from) {
        for (Path folder = from; folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("weir")) && Files.exists(folder.resolve("pom.xml"))) return folder;
        }
        return null;
    }

    private static Path codeLocation() {
        try {
            return Path.of(ProjectRoot.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath();
        } catch (java.net.URISyntaxException e) {
            return Path.of("").toAbsolutePath();
        }
    }
}
