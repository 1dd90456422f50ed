package dev.weir.p4.stf;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.p4.compile.P4Compiler;
import dev.weir.p4.ir.Pipeline;
import dev.weir.p4.jvm.CompiledProgram;
import dev.weir.p4.jvm.ProgramCompiler;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.run.Rules;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Any text is a test that runs, on both devices alike, or has faults that are told. {@code ./fuzz 60 StfFuzzTest} searches. */
class StfFuzzTest {
    private static final Pipeline CHOICES = choices();
    private static final CompiledProgram PROGRAM = ProgramCompiler.compile(CHOICES);
    private static final String[] PIECES = {
        "\n",
        "\n",
        "\n",
        " ",
        " ",
        "packet 0 ",
        "expect ",
        "no_packet",
        "check_flow offloaded",
        "wait 31s",
        "remove all",
        "add ways ",
        "add marks 3 ",
        "setdefault marks ",
        "table_add ways ",
        "table_add marks ",
        "table_set_default marks ",
        " => ",
        "->",
        "&&&",
        "value_add types ",
        "value_add pairs ",
        "member_add as ",
        "member_add ap ",
        "group_add as ",
        "check_size ways == ",
        "check_counter ",
        "register_read ",
        "register_write ",
        "mirroring_add ",
        "repeat 3 ",
        "dst:",
        "src:",
        "hdr.ethernet.dst:",
        "a:",
        "b:",
        "value:",
        "member ",
        "group ",
        "to(port:",
        "mark(type:",
        "none()",
        "NoAction()",
        ")",
        "0",
        "1",
        "2",
        "7",
        "0x0*",
        "0x1234",
        "0b1*",
        "10.0.0.0/8",
        "/8",
        "/999",
        "0xffffffffffffffffffff",
        "-1",
        "99999999999",
        "$",
        "= 1",
        "#",
        "*",
        "000000000002 000000000001 0800",
        "000000000001 00000000000a 1234 01 0007 aa"
    };

    private static Pipeline choices() {
        try (InputStream in = Objects.requireNonNull(StfFuzzTest.class.getResourceAsStream("choices.p4"))) {
            SourceFile file = SourceFile.of("choices.p4", new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return Objects.requireNonNull(P4Compiler.compile(
                            "choices", file, new IncludePath(List.of()), Map.of(), new Diagnostics()))
                    .pipeline();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FuzzTest
    void test_ofAnyText_saysTheSameOfBothDevices(FuzzedDataProvider data) {
        StringBuilder text = new StringBuilder();
        int pieces = data.consumeInt(0, 60);
        for (int i = 0; i < pieces; i++) {
            if (data.consumeInt(0, 9) == 0) {
                text.append(data.consumeString(4));
            } else {
                text.append(data.pickValue(PIECES));
            }
        }
        SourceFile file = SourceFile.of("fuzz.stf", text.toString());
        Diagnostics diagnostics = new Diagnostics();
        StfTest test = StfTest.read(file, diagnostics);
        diagnostics.render();
        StfReport interpreted = StfRunner.run(test, CHOICES, new InterpretedDevice(CHOICES, Rules.P4TC, 1), Rules.P4TC);
        try (CompiledDevice device = new CompiledDevice(PROGRAM, Rules.P4TC, 1)) {
            StfReport compiled = StfRunner.run(test, CHOICES, device, Rules.P4TC);
            if (!rendered(compiled).equals(rendered(interpreted))) {
                throw new AssertionError(text + "\n" + rendered(compiled) + "\n---\n" + rendered(interpreted));
            }
        }
        StfEntries.into(CHOICES, file, diagnostics);
        diagnostics.render();
    }

    private static String rendered(StfReport report) {
        return report.packets() + " " + report.expected() + " "
                + report.failures().stream().map(StfReport.Failure::render).toList();
    }
}
