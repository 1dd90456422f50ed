package dev.weir.p4.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.ir.IrPrinter;
import dev.weir.p4.ir.IrReader;
import dev.weir.p4.ir.IrVerifier;
import dev.weir.p4.ir.Pipeline;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each pass makes of an example: {@code NAME.before.ir} and {@code NAME.after.ir}. {@code -Dweir.goldens=FOLDER} writes the latter anew. */
class PassesTest {
    private static String text(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(PassesTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Pipeline run(String pass, Pipeline pipeline) {
        return switch (pass) {
            case "ConstantFolding" -> ConstantFolding.run(pipeline);
            case "CopyPropagation" -> CopyPropagation.run(pipeline);
            case "DeadStores" -> DeadStores.run(pipeline);
            case "Sinking" -> Sinking.run(pipeline);
            default -> throw new IllegalArgumentException(pass);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"ConstantFolding", "CopyPropagation", "DeadStores", "Sinking"})
    void pass_makesOfItsExample_whatItsGoldenSays(String pass) throws IOException {
        Pipeline before = IrVerifier.requireValid(IrReader.read(text(pass + ".before.ir")));
        Pipeline after = IrVerifier.requireValid(run(pass, before));
        String folder = System.getProperty("weir.goldens");
        if (folder != null) Files.writeString(Path.of(folder, pass + ".after.ir"), IrPrinter.print(after));
        assertThat(IrPrinter.print(after)).isEqualTo(text(pass + ".after.ir"));
    }
}
