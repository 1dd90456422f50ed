package dev.weir.p4.stf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.ir.Samples;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a test says of a program in the interpreter, which is what it says of the compiled one. */
class StfRunnerTest {
    private static final String ETHERNET = "020000000002 020000000001 0800 ";
    private static final String FROM_2_TO_10 = ETHERNET + "4500 0014 0000 0000 40 11 0000 0a000002 0a000101 ";
    private static final String ROUTED = ETHERNET + "4500 0014 0000 0000 3f 11 0000 0a000002 0a000101 ";

    private static String text(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(StfRunnerTest.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Pipeline router() throws IOException {
        return IrVerifier.requireValid(IrReader.read(text("router.ir")));
    }

    private static StfReport run(Pipeline pipeline, String text) {
        Diagnostics diagnostics = new Diagnostics();
        StfTest test = StfTest.read(SourceFile.of("test.stf", text), diagnostics);
        assertThat(diagnostics.render()).isEmpty();
        StfReport interpreted =
                StfRunner.run(test, pipeline, new InterpretedDevice(pipeline, Rules.P4TC, 1), Rules.P4TC);
        try (CompiledDevice device = new CompiledDevice(ProgramCompiler.compile(pipeline), Rules.P4TC, 1)) {
            StfReport compiled = StfRunner.run(test, pipeline, device, Rules.P4TC);
            assertThat(failures(compiled)).isEqualTo(failures(interpreted));
            assertThat(compiled.expected()).isEqualTo(interpreted.expected());
        }
        return interpreted;
    }

    private static String failures(StfReport report) {
        return report.failures().stream().map(StfReport.Failure::render).collect(Collectors.joining("\n"));
    }

    private static void passes(String text) throws IOException {
        StfReport report = run(router(), text);
        assertThat(failures(report)).isEmpty();
        assertThat(report.passed()).isTrue();
    }

    /** Value sets, an action profile and a selector; what the kernel's packet buffer would have. */
    @ParameterizedTest
    @ValueSource(strings = {"choices", "buffer"})
    void sample_doesWhatItsTestSays(String name) throws IOException {
        Diagnostics diagnostics = new Diagnostics();
        P4Compiler.Compiled compiled = P4Compiler.compile(
                name,
                SourceFile.of(name + ".p4", text(name + ".p4")),
                new IncludePath(List.of()),
                Map.of(),
                diagnostics);
        assertThat(diagnostics.render()).isEmpty();
        StfReport report = run(Objects.requireNonNull(compiled).pipeline(), text(name + ".stf"));
        assertThat(failures(report)).isEmpty();
        assertThat(report.passed()).isTrue();
    }

    @Test
    void route_longestPrefixWins() throws IOException {
        passes("add routes dst:0x0a000000/8 route(port:1)\n"
                + "add Main.routes ipv4.dst:0x0a0001** Main.route(port:2)\n"
                + "packet 0 " + FROM_2_TO_10 + "cafe\n"
                + "expect 2 " + ROUTED + "cafe$\n"
                + "check_counter seen(2) packets == 1\n"
                + "check_counter Main.seen(2) bytes == 36\n"
                + "check_counter seen(1) == 0\n"
                + "register_read last 2 0x0a000002\n");
    }

    @Test
    void rules_largerPriorityWins_andEarlierOnesWithoutOne() throws IOException {
        String route = "add routes dst:0x0/0 route(port:1)\n";
        String packet = "packet 0 " + FROM_2_TO_10 + "\n";
        passes(route + "add rules 1 ipv4.src:0x0a****** stop()\nadd rules 2 ipv4.src:0x0a000002 protocol:17 allow()\n"
                + packet + "expect 1\n");
        passes(route + "add rules 3 ipv4.src:0x0a****** stop()\nadd rules 2 ipv4.src:0x0a000002 protocol:17 allow()\n"
                + packet + "no_packet\n");
        passes(route + "add rules ipv4.src:0x0a000002 allow()\nadd rules ipv4.src:0x0a****** stop()\n" + packet
                + "expect 1\n");
    }

    @Test
    void setdefault_removeAll_andRegisters_areObeyed() throws IOException {
        passes("setdefault routes route(port:3)\npacket 0 " + FROM_2_TO_10 + "\nexpect 3\n"
                + "add rules ipv4.src:0x0a****** stop()\npacket 0 " + FROM_2_TO_10
                + "\nno_packet\ncheck_size rules == 1\n"
                + "remove all\ncheck_size rules == 0\npacket 0 " + FROM_2_TO_10 + "\nexpect 3\n"
                + "register_write last 1 0x01020304\nregister_read last 1 16909060\n");
    }

    @Test
    void difference_isShownByHeaderAndField() throws IOException {
        StfReport report = run(
                router(),
                "add routes dst:0x0/0 route(port:1)\n"
                        + "packet 0 " + FROM_2_TO_10 + "beef\n"
                        + "expect 1 " + FROM_2_TO_10 + "be*e\n");
        assertThat(failures(report)).isEqualTo("""
                test.stf:3:1: error[stf-failed]: packet 1 at port 1 (from line 2) is not as expected
                expect 1 020000000002 020000000001 0800 4500 0014 0000 0000 40 11 0000 0a000002 0a000101 be*e
                ^^^^^^
                  hdr.ethernet, octets 0 to 13: as expected
                  hdr.ipv4, octets 14 to 33
                    expected 4500 0014 0000 0000 4011 0000 0a00 0002 0a00 0101
                    sent     4500 0014 0000 0000 3f11 0000 0a00 0002 0a00 0101
                                                 ^^
                    ttl: expected 64 (0x40), sent 63 (0x3f)
                  payload, octets 34 to 35
                    expected be*e
                    sent     beef
                                ^
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "expect 4 | test.stf:1:1: error[stf-failed]: no such packet left by port 4",
                "check_counter seen(2) == 1 | Main.seen(2) packets: it is 0, not == 1",
                "check_counter seen(9) == 1 | 'Main.seen' has 4 cells",
                "check_size routes == 1 | Main.routes entries: it is 0, not == 1",
                "register_read last 1 5 | Main.last(1): it is 0, not 5",
                "register_write last 1 0x1ffffffff | the value has more than 32 bits",
                "add route dst:1 route(port:1) | no table 'route'",
                "add routes src:1 route(port:1) | no key 'src'",
                "add routes route(port:1) | the key 'hdr.ipv4.dst' is not given",
                "add routes dst:0x1ffffffff route(port:1) | the value has more than 32 bits",
                "add routes dst:0x0a**0000 route(port:1) | an lpm key is a prefix",
                "add routes dst:1/33 route(port:1) | a prefix of 33 bits is longer than the key's 32",
                "check_flow offloaded | what was said of the packet's flow: unsaid, not offloaded",
                "add routes dst:1 go(port:1) | no action 'go'",
                "add routes dst:1 route(port:512) | the value has more than 9 bits",
                "add routes dst:1 route() | the parameter 'port' is not given",
                "add routes dst:1 route(port:0x*) | '*' can stand in keys only",
                "add rules protocol:0x1* stop() | the key 'protocol' has to be given whole",
            })
    void failure_isTold(String line, String message) throws IOException {
        assertThat(failures(run(router(), line))).contains(message);
    }

    @Test
    void packetThatNobodyExpects_isAFailureOfItsLine() throws IOException {
        StfReport report = run(router(), "setdefault routes route(port:3)\npacket 0 " + FROM_2_TO_10 + "\n");
        assertThat(failures(report))
                .startsWith("test.stf:2:1: error[stf-failed]: it gave a packet at port 3 that is not expected")
                .contains("hdr.ipv4, octets 14 to 33");
    }

    /** What the data path adds is there for the next packet, and gone when its time is over. */
    @Test
    void flowtracker_entriesComeAndGo() {
        String tcp = ETHERNET + "4500 0028 0000 0000 40 06 0000 0a000001 0a000002 1000 0050 00000000";
        StfReport report = run(
                Samples.pipeline("flowtracker"),
                "packet 1 " + tcp + "\ncheck_size flows == 1\npacket 1 " + tcp + "\ncheck_size flows == 1\n"
                        + "packet 2 " + tcp + "\ncheck_size flows == 2\nwait 29s\npacket 1 " + tcp
                        + "\ncheck_size flows == 2\nwait 2s\ncheck_size flows == 1\nwait 30s\ncheck_size flows == 0\n");
        assertThat(failures(report)).isEmpty();
    }

    @Test
    void mirroredPackets_leaveAsTheirSessionsSay() {
        Pipeline pipeline = IrVerifier.requireValid(IrReader.read("""
                program mirrors
                header one_t {
                    a 8
                    b 8
                }
                headers {
                    one one_t
                }
                parser {
                    state start {
                        extract one
                        goto accept
                    }
                }
                control {
                    one.b = 8w0xff
                    mirror(8w0, 16w1)
                    mirror(8w1, 16w2)
                    mirror(8w2, 16w3)
                    drop
                }
                deparser {
                    emit one
                }
                """));
        StfReport report = run(pipeline, """
                mirroring_add 1 7
                mirroring_add 2 8 post_modify truncate 3
                mirroring_add 3 9 sample 2
                packet 0 01020304
                packet 0 05060708
                expect 7 01020304 $
                expect 7 05060708 $
                expect 8 01ff03 $
                expect 8 05ff07 $
                expect 9 01020304 $
                """);
        assertThat(failures(report)).isEmpty();
    }
}
