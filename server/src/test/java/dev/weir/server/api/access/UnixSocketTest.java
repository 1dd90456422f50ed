package dev.weir.server.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.util.DomainSocketAddress;
import dev.weir.api.v1.DaemonGrpc;
import dev.weir.api.v1.GetVersionRequest;
import dev.weir.server.DaemonLog;
import dev.weir.server.config.ApiSettings;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Unix socket appears complete, is this user's alone, and goes when the server does. */
class UnixSocketTest {
    @TempDir
    Path folder;

    private Path path() {
        return folder.resolve("run").resolve("weir.sock");
    }

    private ApiServer start() throws IOException {
        return ApiServer.start(
                ApiSettings.at(path()), ApiContent.of(List.of(new EchoDaemon())), new DaemonLog(System.err));
    }

    private String version() {
        return GrpcClients.builder(
                        "gproto+http://" + DomainSocketAddress.of(path()).authority())
                .build(DaemonGrpc.DaemonBlockingStub.class)
                .getVersion(GetVersionRequest.getDefaultInstance())
                .getVersion();
    }

    @Test
    void start_publishesASocketOfTheOwnerAlone() throws IOException {
        try (ApiServer server = start()) {
            assertThat(server.addresses()).containsExactly("unix:" + path());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("run"))))
                    .isEqualTo("rwx------");
            try (Stream<Path> files = Files.list(folder.resolve("run"))) {
                assertThat(files).containsExactly(path());
            }
            assertThat(version()).isEqualTo(EchoDaemon.VERSION);
        }
        assertThat(path()).doesNotExist();
    }

    @Test
    void start_overASocketThatNobodyListensTo_replacesIt() throws IOException {
        Files.createDirectories(folder.resolve("run"));
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path()));
        }
        assertThat(path()).exists();
        try (ApiServer _ = start()) {
            assertThat(version()).isEqualTo(EchoDaemon.VERSION);
        }
    }

    @Test
    void start_overALiveOne_namesIt() throws IOException {
        try (ApiServer _ = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(IOException.class)
                    .hasMessage("api.socket: " + path()
                            + ": another daemon answers there; stop it, or give this one another socket, such as "
                            + path() + "2");
            assertThat(version()).isEqualTo(EchoDaemon.VERSION);
        }
    }

    @Test
    void start_overAnotherFile_leavesItAlone() throws IOException {
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(path(), "precious");
        assertThatThrownBy(this::start).hasMessageContaining("there is a file that is no socket; remove it");
        assertThat(path()).hasContent("precious");
    }

    @Test
    void start_withTooLongAPath_saysSo() {
        Path longOne = folder.resolve("x".repeat(100)).resolve("weir.sock");
        assertThatThrownBy(() ->
                        ApiServer.start(ApiSettings.at(longOne), ApiContent.of(List.of()), new DaemonLog(System.err)))
                .hasMessageContaining("the path is too long");
        assertThat(longOne.getParent()).isEmptyDirectory();
    }

    @Test
    void close_leavesTheSocketOfASuccessor() throws IOException {
        ApiServer first = start();
        Files.delete(path());
        try (ApiServer _ = start()) {
            first.close();
            assertThat(version()).isEqualTo(EchoDaemon.VERSION);
        }
    }
}
