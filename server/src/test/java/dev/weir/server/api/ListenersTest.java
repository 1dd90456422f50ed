package dev.weir.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import dev.weir.server.api.RawCaller.Answer;
import io.grpc.Status.Code;
import java.io.IOException;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon listens where its configuration says so and nowhere else, as the kernel tells. */
@Timeout(60)
class ListenersTest {
    private static final String LISTENS = "0A", ACCEPTS = "00010000", MAPPED = "0000000000000000FFFF0000";

    @TempDir
    static Path folder = Path.of("");

    private static Listeners listeners;

    @BeforeAll
    static void make() throws Exception {
        listeners = new Listeners(folder);
        new ApiRig(1).close(); // with what its clients open once for all, to ask for names
    }

    @Test
    void sockets_areThoseConfigured_andGoWithTheDaemon() throws Exception {
        Set<String> before = sockets();
        try (var rig = new ApiRig(1, 1 << 12, listeners::settings)) {
            Set<String> ours = sockets();
            ours.removeAll(before);
            assertThat(ours.stream().filter(socket -> !socket.startsWith("unix")))
                    .containsExactlyInAnyOrder(
                            listening("0100007F", Listeners.tls(rig)),
                            listening("0200007F", Listeners.plain(rig)),
                            listening("0300007F", Listeners.metrics(rig)));
            assertThat(ours.stream().filter(socket -> socket.startsWith("unix")))
                    .hasSize(1);
        }
        assertThat(sockets()).isEqualTo(before);
    }

    @Test
    void sockets_whereNothingIsConfiguredButTheUnixSocket_areThatOne() throws Exception {
        Set<String> before = sockets();
        try (var _ = new ApiRig(1)) {
            Set<String> ours = sockets();
            ours.removeAll(before);
            assertThat(ours).hasSize(1).allMatch(socket -> socket.startsWith("unix"));
        }
    }

    @Test
    void metricsListener_hasTheMetrics_andNothingElse() throws Exception {
        try (var rig = new ApiRig(1, 1 << 12, listeners::settings)) {
            String address = Listeners.metrics(rig);
            assertThat(WebClient.of(address).get("/metrics").aggregate().join().contentUtf8())
                    .contains("weir_flows{worker=\"0\"} 0.0");
            assertThat(WebClient.of(address)
                            .get("/")
                            .aggregate()
                            .join()
                            .status()
                            .code())
                    .isEqualTo(404);
            RawCaller caller = RawCaller.at(address, ClientFactory.ofDefault());
            for (ApiCall call : ApiCall.ALL) {
                assertThat(caller.grpc(call, new byte[0]).code()).isEqualTo(Code.NOT_FOUND);
                for (ApiCall.Route route : call.routes()) {
                    Answer answer = caller.http(route, new byte[0]);
                    assertThat(answer.code()).as(answer.text()).isEqualTo(Code.NOT_FOUND);
                    assertThat(answer.http()).isEqualTo(404);
                }
            }
        }
    }

    /** As /proc/net/tcp6 writes an address of IPv4, in words of this machine's order. */
    private static String listening(String address, String url) {
        return "tcp6 " + MAPPED + address + ":"
                + String.format("%04X", URI.create(url).getPort());
    }

    /** Where this process listens and, by UDP, receives, as the kernel tells: proc_pid_net(5). */
    private static Set<String> sockets() throws IOException {
        Set<String> own = own();
        Set<String> all = new TreeSet<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6")) {
            for (String line : lines(table)) {
                String[] words = line.strip().split("\\s+", -1);
                if (own.contains("socket:[" + words[9] + "]")
                        && (!table.startsWith("tcp") || words[3].equals(LISTENS))) {
                    all.add(table.equals("tcp") ? "tcp6 " + MAPPED + words[1] : table + " " + words[1]);
                }
            }
        }
        for (String line : lines("unix")) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[3].equals(ACCEPTS) && own.contains("socket:[" + words[6] + "]")) {
                all.add("unix " + words[6]);
            }
        }
        return all;
    }

    private static List<String> lines(String table) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/net", table));
        return lines.subList(1, lines.size());
    }

    private static Set<String> own() throws IOException {
        Set<String> own = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    own.add(Files.readSymbolicLink(descriptor).toString());
                } catch (NoSuchFileException _) {
                    // closed meanwhile
                }
            }
        }
        return own;
    }
}
