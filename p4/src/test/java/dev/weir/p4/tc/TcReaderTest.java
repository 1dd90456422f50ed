package dev.weir.p4.tc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.check.Checker;
import dev.weir.p4.preprocess.IncludePath;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.syntax.P4Parser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What tools are told of the program {@code shop.p4}, as they read it. */
class TcReaderTest {
    private static String text(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(TcReaderTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void forms_areTheGoldenOnes() throws IOException {
        Diagnostics diagnostics = new Diagnostics();
        var program = P4Parser.parse(
                SourceFile.of("shop.p4", text("shop.p4")), new IncludePath(List.of()), Map.of(), diagnostics);
        var typed = Checker.check(program, diagnostics);
        assertThat(diagnostics.render()).isEmpty();
        TcPipeline pipeline = TcReader.read(typed, "shop");
        assertThat(Introspection.of(pipeline)).isEqualTo(text("shop.json"));
        assertThat(Templates.template(pipeline)).isEqualTo(text("shop.template"));
        assertThat(Templates.purge(pipeline)).isEqualTo(text("shop.purge"));
    }
}
