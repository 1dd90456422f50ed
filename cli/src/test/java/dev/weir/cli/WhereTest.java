package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code weir track --where} over the samples: which records are written, what is counted, and how a wrong expression is told. */
class WhereTest {
    private static final Path SAMPLES = Path.of("..", "samples");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            web.pcap     | proto == tcp                                   | ,tcp,6,
            web.pcap     | dst_port == 443 && packets > 4                 | ,443,
            web.pcap     | src in 192.0.2.0/24                            | ,192.0.2.10,
            web.pcap     | host in 2001:db8:a::/48                        | 2001:db8:a::10,
            mixed.pcapng | state == RST                                   | ,RST,
            mixed.pcapng | proto in {icmp, ipv6-icmp}                     | icmp,
            mixed.pcapng | fwd_tcp_flags == S && rev_tcp_flags has RA     | ,S,RA,
            tunnel.pcap  | protocol_number == 17 && dst_port == 4789      | ,4789,
            """)
    void where_writesTheRecordsThatMatch_asTheyAreWrittenWithoutIt(String sample, String expression, String column) {
        List<String> all = track(sample);
        List<String> matching = track(sample, "--where", expression);
        List<String> others = track(sample, "--where", "!(" + expression + ")");
        assertThat(matching.getFirst()).isEqualTo(all.getFirst());
        assertThat(matching).hasSizeGreaterThan(1).isSubsetOf(all);
        assertThat(matching.stream().skip(1)).allMatch(line -> line.contains(column));
        assertThat(others.stream().skip(1)).doesNotContainAnyElementsOf(matching.subList(1, matching.size()));
        assertThat(matching.size() + others.size()).isEqualTo(all.size() + 1);
    }

    @Test
    void where_true_changesNothing() {
        assertThat(track("mixed.pcapng", "--where", "true")).isEqualTo(track("mixed.pcapng"));
    }

    @Test
    void where_withTop_ranksWhatMatches() {
        List<String> all = track("web.pcap", "--where", "proto == tcp", "--top", "1000");
        assertThat(track("web.pcap", "--where", "proto == tcp", "--top", "2")).isEqualTo(all.subList(0, 3));
    }

    @Test
    void where_withEvents_chooses_amongEvents() {
        List<String> created = track("web.pcap", "--events", "--where", "event == created && proto == tcp");
        assertThat(created).hasSizeGreaterThan(1);
        assertThat(created.stream().skip(1))
                .allMatch(line -> line.contains(",created,data-path,") && line.contains(",tcp,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv", "none"})
    void stats_sayHowManyWereLeftOut(String format) {
        int all = track("web.pcap").size() - 1;
        int tcp = track("web.pcap", "--where", "proto == tcp").size() - 1;
        track("web.pcap", "--where", "proto == tcp", "--stats", "--format", format);
        assertThat(err()).anyMatch(line -> line.matches("left out by --where +" + (all - tcp)));
    }

    @Test
    void stats_withoutIt_doNotSpeakOfIt() {
        track("web.pcap", "--stats");
        assertThat(err()).noneMatch(line -> line.contains("--where"));
    }

    @Test
    void wrongExpression_isToldWithItsPlace_andStatus2_beforeAnythingIsOpened() {
        assertThat(weir("track", "--where", "proto == 10.0.0.1 && byts > 5", "none.pcap", "-w", "/dev/full"))
                .isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("""
                weir: --where: column 10: '10.0.0.1' does not compare with protocol; write a protocol's name, such as tcp, or its number, as in proto == tcp
                  proto == 10.0.0.1 && byts > 5
                           ^^^^^^^^
                weir: --where: column 22: 'byts' is no column; did you mean bytes?
                  proto == 10.0.0.1 && byts > 5
                                       ^^^^
                """);
        assertThat(out.size()).isZero();
    }

    private List<String> track(String sample, String... options) {
        List<String> args =
                new ArrayList<>(List.of("track", SAMPLES.resolve(sample).toString()));
        args.addAll(List.of(options));
        assertThat(weir(args.toArray(new String[0])))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private List<String> err() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private int weir(String... args) {
        out.reset();
        err.reset();
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        return Main.run(List.of(args), new Streams(out, errors, Terminal.NONE, new Interruption()));
    }
}
