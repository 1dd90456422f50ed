package dev.weir.p4.control;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The programs of the tests. */
public final class Programs {
    private Programs() {}

    /** {@code octets.p4}: tables of all kinds over packets of three octets. */
    public static ProgramImage octets() {
        return octets(Rules.P4TC);
    }

    public static ProgramImage octets(Rules rules) {
        return compile("octets", text("octets.p4"), rules);
    }

    /** The same, which says of packets that are counted that their flow is offloaded. */
    public static ProgramImage octetsThatMark() {
        String text = text("octets.p4");
        assertThat(text).contains("hits.count();");
        return compile("octets", text.replace("hits.count();", "hits.count(); set_flow_offloaded(true);"), Rules.P4TC);
    }

    /** The same; besides, its flows are a cache of that size, and packets whose second octet is 8 recall what is carried by their entry. */
    public static ProgramImage octetsThatRecall(int size) {
        String text = text("octets.p4");
        assertThat(text).contains("hits.count();", "flows.apply();", "size = 16;");
        return compile(
                "octets",
                text.replace("hits.count();", "hits.count(); set_flow_offloaded(true);")
                        .replace("flows.apply();", "flows.apply(); if (hdr.octets.a == 8) { recall_flows(); }")
                        .replace("size = 16;", "weir_cache_policy = \"lru\"; size = " + size + ";"),
                Rules.P4TC);
    }

    /** {@code ways.p4}: a table whose entries refer to members and groups, an action profile, value sets, mirrored packets. */
    public static ProgramImage ways() {
        return compile("ways", text("ways.p4"), Rules.PNA);
    }

    /** The same, in which something was replaced. */
    public static ProgramImage waysWith(String what, String by) {
        String text = text("ways.p4");
        assertThat(text).contains(what);
        return compile("ways", text.replace(what, by), Rules.PNA);
    }

    private static String text(String resource) {
        try (InputStream in = Objects.requireNonNull(Programs.class.getResourceAsStream(resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code tracker.p4}: the flow table of P4TC's flow tracker, and tables of other kinds. */
    public static ProgramImage tracker() {
        return compile("flowtracker", text("../tc/tracker.p4"), Rules.P4TC);
    }

    public static ProgramImage compile(String name, String text, Rules rules) {
        Diagnostics diagnostics = new Diagnostics();
        ProgramImage image = ProgramImage.compile(
                name, SourceFile.of(name + ".p4", text), new IncludePath(List.of()), Map.of(), rules, diagnostics);
        assertThat(diagnostics.render()).isEmpty();
        return Objects.requireNonNull(image);
    }
}
