package dev.weir.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where a daemon's Unix socket is, unless somebody says otherwise. Any thread. */
public final class SocketPath {
    private SocketPath() {}

    /**
     * For this process's user: {@code /run/weir/weir.sock} for root, else {@code $XDG_RUNTIME_DIR/weir.sock}, and where there
     * is no such folder {@code /tmp/weir-UID/weir.sock}.
     */
    public static Path ofThisUser() {
        return of(userId(), System.getenv());
    }

    /** The same for a user and an environment. */
    static Path of(int userId, Map<String, String> environment) {
        if (userId == 0) {
            return Path.of("/run/weir/weir.sock");
        }
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        return runtime.startsWith("/") ? Path.of(runtime, "weir.sock") : Path.of("/tmp", "weir-" + userId, "weir.sock");
    }

    private static int userId() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            return "root".equals(System.getProperty("user.name")) ? 0 : 65534;
        }
    }
}
