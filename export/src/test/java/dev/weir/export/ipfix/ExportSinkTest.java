package dev.weir.export.ipfix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weir.export.ExportStatus;
import dev.weir.table.FlowRecord;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records over sockets to collectors that are there, away, slow, or come back. */
@Timeout(60)
class ExportSinkTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    private void tell(String place, String what) {
        told.add(what);
    }

    /** Reads what arrives at a port, in a thread, until it is closed. */
    private static final class Listener implements AutoCloseable {
        final CollectorServer server;
        final Set<Long> flows = Collections.synchronizedSet(new HashSet<>());
        final MessageReader reader = new MessageReader(record -> flows.add(record.flowId()));
        final InetSocketAddress udp, tcp;
        private final AtomicBoolean goesOn = new AtomicBoolean(true);
        private final Thread thread;

        Listener() throws IOException {
            server = new CollectorServer(reader);
            udp = server.listenUdp(new InetSocketAddress(HERE, 0));
            tcp = server.listenTcp(new InetSocketAddress(HERE, 0));
            thread = Thread.ofPlatform().start(() -> {
                try {
                    while (goesOn.get()) {
                        server.poll(50, goesOn::get);
                    }
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }

        @Override
        public void close() throws IOException {
            goesOn.set(false);
            server.wake();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            server.close();
        }
    }

    private static CollectorAddress at(String scheme, int port, String options) {
        return CollectorAddress.parse(scheme + "://127.0.0.1:" + port + options);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Test
    void collectors_ofEveryKind_getEveryRecord() throws IOException, InterruptedException {
        List<FlowRecord> flows = Flows.random(3, 5_000);
        try (Listener first = new Listener();
                Listener second = new Listener();
                Listener third = new Listener()) {
            ExportSink sink = ExportSink.offline(
                    List.of(
                            at("udp", first.udp.getPort(), "?rate=5000&template-messages=20"),
                            at("udp", second.udp.getPort(), "?version=9&rate=5000&message-size=512"),
                            at("tcp", third.tcp.getPort(), "?buffer=100")),
                    this::tell);
            try (sink) {
                for (FlowRecord each : flows) {
                    sink.accept(each);
                }
            }
            for (Listener each : List.of(first, second, third)) {
                await(() -> each.flows.size() == flows.size());
                assertThat(each.reader.counters().all())
                        .containsEntry("missed-by-sequence", 0L)
                        .containsEntry("sets-waiting-for-template", 0L);
            }
            assertThat(sink.status()).allSatisfy(status -> {
                assertThat(status.records()).isEqualTo(flows.size());
                assertThat(status.lostRecords()).isZero();
            });
            assertThat(told).isEmpty();
        }
    }

    @Test
    void udp_whereNobodyListens_isCountedAsRefused() throws IOException {
        int port;
        try (var socket = new DatagramSocket(0, HERE)) {
            port = socket.getLocalPort();
        }
        List<FlowRecord> flows = Flows.random(4, 500);
        ExportSink sink = ExportSink.offline(List.of(at("udp", port, "?rate=200")), this::tell);
        try (sink) {
            for (FlowRecord each : flows) {
                sink.accept(each);
            }
        }
        assertThat(sink.status().getFirst().lost()).containsEntry("refused", (long) flows.size());
        assertThat(told).containsExactly("nobody listens there; records are lost until somebody does");
    }

    @Test
    void udp_listenerThatComesLate_understandsWhatFollows() throws IOException, InterruptedException {
        int port;
        try (var socket = new DatagramSocket(0, HERE)) {
            port = socket.getLocalPort();
        }
        List<FlowRecord> flows = Flows.random(5, 400);
        ExportSink sink = ExportSink.live(List.of(at("udp", port, "")), this::tell);
        try (sink) {
            for (FlowRecord each : flows.subList(0, 200)) {
                sink.accept(each);
            }
            await(() -> sink.status().getFirst().records() == 200);
            try (var socket = new DatagramSocket(port, HERE)) {
                socket.setSoTimeout(10_000);
                for (FlowRecord each : flows.subList(200, 400)) {
                    sink.accept(each);
                }
                Set<Long> read = new HashSet<>();
                var reader = new MessageReader(record -> read.add(record.flowId()));
                byte[] octets = new byte[65_535];
                while (read.size() < 200) {
                    var datagram = new DatagramPacket(octets, octets.length);
                    socket.receive(datagram);
                    reader.read(octets, 0, datagram.getLength(), "here");
                }
                assertThat(read)
                        .containsAll(flows.subList(200, 400).stream()
                                .map(FlowRecord::flowId)
                                .toList());
            }
        }
    }

    @Test
    void tcp_collectorThatIsAway_getsWhatTheBufferHolds() throws IOException, InterruptedException {
        int port;
        try (var socket = new ServerSocket(0, 1, HERE)) {
            port = socket.getLocalPort();
        }
        List<FlowRecord> flows = Flows.random(6, 300);
        ExportSink sink = ExportSink.live(List.of(at("tcp", port, "?buffer=100")), this::tell);
        try (sink) {
            await(() -> told.size() == 1);
            for (FlowRecord each : flows) {
                sink.accept(each);
            }
            assertThat(sink.status().getFirst().lost()).containsEntry("buffer-full", 200L);
            try (var server = new ServerSocket(port, 1, HERE)) {
                server.setSoTimeout(20_000);
                try (Socket connection = server.accept()) {
                    assertThat(flows(connection, 100)).containsExactlyElementsOf(ids(flows.subList(0, 100)));
                }
            }
        }
        assertThat(told.getFirst()).startsWith("is away: ").endsWith("; it is tried again");
        assertThat(told.get(1)).isEqualTo("is there again; 200 records are lost so far");
    }

    @Test
    void tcp_connectionThatBreaks_isMadeAgainWithTemplates() throws IOException, InterruptedException {
        try (var server = new ServerSocket(0, 1, HERE)) {
            server.setSoTimeout(20_000);
            List<FlowRecord> flows = Flows.random(8, 200);
            ExportSink sink = ExportSink.live(List.of(at("tcp", server.getLocalPort(), "")), this::tell);
            try (sink) {
                try (Socket connection = server.accept()) {
                    accept(sink, flows.subList(0, 100));
                    assertThat(flows(connection, 100)).hasSize(100);
                }
                accept(sink, flows.subList(100, 200));
                try (Socket connection = server.accept()) {
                    assertThat(flows(connection, 100)).containsExactlyElementsOf(ids(flows.subList(100, 200)));
                }
            }
            assertThat(sink.status().getFirst().lost()).doesNotContainValue(1L);
        }
    }

    @Test
    void tcp_collectorThatReadsNothing_doesNotHoldUpALiveSource() throws IOException {
        try (var server = new ServerSocket(0, 1, HERE)) {
            List<FlowRecord> flows = Flows.random(9, 1_000);
            ExportSink sink = ExportSink.live(List.of(at("tcp", server.getLocalPort(), "?buffer=1000")), this::tell);
            long before = System.nanoTime();
            for (int i = 0; i < 200; i++) {
                accept(sink, flows);
            }
            long accepted = System.nanoTime() - before;
            sink.close();
            assertThat(accepted).isLessThan(TimeUnit.SECONDS.toNanos(10));
            ExportStatus status = sink.status().getFirst();
            assertThat(status.records() + status.lostRecords()).isEqualTo(200_000);
            assertThat(status.lostRecords()).isPositive();
        }
    }

    private static void accept(ExportSink sink, List<FlowRecord> flows) {
        for (FlowRecord each : flows) {
            sink.accept(each);
        }
        sink.flush();
    }

    private static List<Long> ids(List<FlowRecord> flows) {
        return flows.stream().map(FlowRecord::flowId).toList();
    }

    /** The first so many flows of a connection. */
    private static List<Long> flows(Socket connection, int count) throws IOException {
        connection.setSoTimeout(20_000);
        List<Long> ids = new ArrayList<>();
        var reader = new MessageReader(record -> ids.add(record.flowId()));
        InputStream in = connection.getInputStream();
        while (ids.size() < count) {
            byte[] head = in.readNBytes(4);
            byte[] message = java.util.Arrays.copyOf(head, Octets.get16(head, 2));
            in.readNBytes(message, 4, message.length - 4);
            reader.read(message, 0, message.length, "here");
        }
        return ids;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    udp://192.0.2.1                     | udp://192.0.2.1:4739
                    udp://192.0.2.1?version=9           | udp://192.0.2.1:2055
                    tcp://[2001:db8::1]:4740            | tcp://[2001:db8::1]:4740
                    UDP://collector.example:9995/       | udp://collector.example:9995
                    """)
    void address_written_isAPlace(String text, String place) {
        assertThat(CollectorAddress.parse(text).place()).isEqualTo(place);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    192.0.2.1:4739                    | no collector
                    http://192.0.2.1                  | no collector
                    udp://192.0.2.1:70000             | port out of range
                    udp://192.0.2.1/path              | no collector
                    udp://192.0.2.1?version=5         | version is neither ipfix nor 9
                    udp://192.0.2.1?mtu=5             | no such option: mtu
                    udp://192.0.2.1?message-size=100  | message size out of range
                    udp://192.0.2.1?buffer=0          | buffer out of range
                    udp://192.0.2.1?rate=-1           | rate is no whole number
                    tcp://192.0.2.1?version=9         | over UDP alone
                    udp://192.0.2.1?version=9&biflow=true | no records of both directions
                    """)
    void address_thatIsNone_isRefusedWithARemedy(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CollectorAddress.parse(text))
                .withMessageContaining(why);
    }
}
