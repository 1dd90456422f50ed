package dev.weir.server.api.access;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The name of a Unix domain socket on its way into the file system. The socket is bound at {@link #hidden}, in a folder
 * beside its place that only this user can enter, gets mode 0600, and is then renamed to its place: nobody else can
 * connect at any moment, and whoever finds the name finds a socket that answers. One control thread.
 */
final class UnixSocket {
    /** Of {@code sun_path}, the closing zero included (unix(7)). */
    private static final int MAX_PATH_BYTES = 108;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> ENTER_OWNER = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> ENTER_ALL = PosixFilePermissions.fromString("rwxr-xr-x");

    private final Path path;
    private final Path folder;
    private final Path hidden;
    /** Tells our socket from one that another daemon has put in its place. */
    private @Nullable Object identity;

    private UnixSocket(Path path, Path folder) {
        this.path = path;
        this.folder = folder;
        this.hidden = folder.resolve("s");
    }

    /**
     * Makes what the socket is bound in.
     *
     * @throws IOException when the place is taken by a daemon that runs, by another file, or cannot be written: what, why,
     *     what to do
     */
    static UnixSocket prepare(Path path) throws IOException {
        Path place = path.toAbsolutePath().normalize();
        Path parent = Objects.requireNonNullElse(place.getParent(), place);
        try {
            makeFolder(parent);
            checkPlace(place);
            Path folder =
                    Files.createTempDirectory(parent, ".weir-", PosixFilePermissions.asFileAttribute(ENTER_OWNER));
            UnixSocket socket = new UnixSocket(place, folder);
            if (socket.hidden.toString().getBytes(StandardCharsets.UTF_8).length >= MAX_PATH_BYTES) {
                socket.removeHidden();
                throw new IOException("api.socket: " + place + ": the path is too long; give one of at most 80 octets");
            }
            return socket;
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "api.socket: " + place + ": permission denied; give a path in a folder of yours, or none", e);
        }
    }

    /** {@code /run/weir} is for all to look into, since the socket itself says who may connect; others are their owner's. */
    private static void makeFolder(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            Files.createDirectories(parent);
            Files.setPosixFilePermissions(parent, parent.startsWith("/run") ? ENTER_ALL : ENTER_OWNER);
        }
    }

    private static void checkPlace(Path place) throws IOException {
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(
                    "api.socket: " + place + ": there is a file that is no socket; remove it, or give another path");
        }
        try (SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.connect(UnixDomainSocketAddress.of(place));
        } catch (IOException e) {
            return; // nobody listens: left over by a daemon that is dead
        }
        throw new IOException("api.socket: " + place
                + ": another daemon answers there; stop it, or give this one another socket, such as " + place + "2");
    }

    /** Where to bind. */
    Path hidden() {
        return hidden;
    }

    Path path() {
        return path;
    }

    /** Puts the bound socket in its place; what a dead daemon left there goes. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(hidden, OWNER_ONLY);
        Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        identity = key(path);
        removeHidden();
    }

    /** Takes the socket away, unless it is another's meanwhile. */
    void remove() throws IOException {
        removeHidden();
        if (identity != null && identity.equals(key(path))) {
            identity = null;
            Files.deleteIfExists(path);
        }
    }

    private void removeHidden() throws IOException {
        Files.deleteIfExists(hidden);
        Files.deleteIfExists(folder);
    }

    /** The device and inode of what is there. */
    private static @Nullable Object key(Path path) throws IOException {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .fileKey()
                : null;
    }
}
