package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code weir track --web}, with captures as sources. */
@Timeout(60)
class WebRunTest {
    private static final Path SAMPLE = Path.of("..", "samples", "web.pcap");
    /** What {@code weir track} says of the sample: packets that have a key, and flows that they make. */
    private static final int PACKETS = 213, FLOWS = 17;

    @TempDir
    private Path folder = Path.of("");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Interruption interruption = new Interruption();

    private int weir(List<String> arguments) {
        var streams = new Streams(
                out, new PrintStream(err, true, StandardCharsets.UTF_8), new Terminal(false, false), interruption);
        return Main.run(arguments, streams);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** The command in a thread of its own, which does not hold up the end of the tests. */
    private CompletableFuture<Integer> started(List<String> arguments) {
        var status = new CompletableFuture<Integer>();
        Thread.ofPlatform().daemon().name("weir-track-web").start(() -> {
            try {
                status.complete(weir(arguments));
            } catch (Throwable e) {
                status.completeExceptionally(e);
            }
        });
        return status;
    }

    @ParameterizedTest(name = "{0} captures")
    @CsvSource({"1", "2"})
    void captures_areTrackedToTheirEnd_andStayOnThePage(int copies) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("track", "--web", "--web-port", Integer.toString(freePort())));
        String page = "http://127.0.0.1:" + arguments.getLast() + "/";
        for (int i = 0; i < copies; i++) {
            // a name that YAML would read as something else, if it were not quoted
            arguments.add(Files.copy(SAMPLE, folder.resolve("a: \"b\" # {" + i + ".pcap"))
                    .toString());
        }
        CompletableFuture<Integer> run = started(arguments);
        try {
            while (!err().contains("all packets have been read; the page stays") && !run.isDone()) {
                Thread.sleep(20);
            }
            assertThat(run).as(err()).isNotDone();
            assertThat(err()).contains("open " + page);
            assertThat(get(page)).contains("/web/page.js");
            JsonObject counted = JsonParser.parseString(get(page + "v1/counters"))
                    .getAsJsonObject()
                    .getAsJsonObject("flowTable");
            assertThat(counted.get("THRU").getAsInt()).isEqualTo(copies * PACKETS);
            // of two ports packets of one flow come in no order: a flow may be over for one and begin for the other
            assertThat(counted.get("CREATED").getAsInt()).isBetween(FLOWS, copies * FLOWS);
            assertThat(get(page + "v1/caller").strip()).isEqualTo("{\"name\":\"anybody\",\"role\":\"READ\"}");
            assertThat(run).isNotDone();
        } finally {
            interruption.request();
        }
        assertThat(run.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--web --where true, '--where: does not go with --web'",
        "--web -w x.csv, '--output: does not go with --web'",
        "--web --web-port 0, '--web-port: out of range: 0; give 1 to 65535'",
        "--web-port 8081, '--web-port: says where --web shows its page; add --web'",
    })
    void options_thatDoNotFit_areRefused(String options, String why) {
        List<String> arguments = new ArrayList<>(List.of("track", SAMPLE.toString()));
        arguments.addAll(List.of(options.split(" ", -1)));
        assertThat(weir(arguments)).isEqualTo(CommandException.USAGE);
        assertThat(err()).startsWith("weir: " + why);
    }

    /** In a thread of its own, too: which it gives its rights up for. */
    @Test
    void port_thatIsTaken_isNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            var run = started(List.of("track", "--web", "--web-port", port, SAMPLE.toString()));
            assertThat(run.get(30, TimeUnit.SECONDS)).isEqualTo(CommandException.FAILED);
            assertThat(err()).contains("api: cannot listen");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static String get(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
