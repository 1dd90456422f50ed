package dev.weir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts for shells, asked by the shells themselves where they are installed. */
class CompletionTest {
    @TempDir
    private Path folder = Path.of("");

    private String script(String shell) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
        Streams streams = new Streams(out, new PrintStream(err, true, UTF_8), Terminal.NONE, new Interruption());
        assertThat(Main.run(List.of("completion", shell), streams)).isZero();
        assertThat(err.toString(UTF_8)).isEmpty();
        return out.toString(UTF_8);
    }

    private String ask(String shell, String... command) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin", shell)), shell + " is not installed");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return said;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            weir ''          | ctl
            weir ctl ''      | monitor
            weir ctl show '' | interfaces
            weir p4 ''       | create
            weir ctl flows --so | --sort
            """)
    void bash_completesVerbsAndOptions(String line, String candidate) throws Exception {
        Path file = Files.writeString(folder.resolve("weir.bash"), script("bash"));
        String words = "COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE=\"${COMP_WORDS[*]}\""
                .formatted(line);
        String ask = "source '" + file + "'; " + words + "; _complete_weir; printf '%s\\n' \"${COMPREPLY[@]}\"";
        assertThat(ask("bash", "bash", "-c", ask).lines()).contains(candidate);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            weir ct             | ctl
            weir ctl mon        | monitor
            weir ctl show inter | interfaces
            weir ctl flows --so | --sort
            weir track --form   | --format
            """)
    void fish_completesVerbsAndOptions(String line, String candidate) throws Exception {
        Path file = Files.writeString(folder.resolve("weir.fish"), script("fish"));
        String said = ask("fish", "fish", "-N", "-c", "source '" + file + "'; complete -C '" + line + "'");
        assertThat(said.lines()).anyMatch(each -> each.startsWith(candidate));
    }

    @Test
    void zsh_readsItsScript() throws Exception {
        Path file = Files.writeString(folder.resolve("weir.zsh"), script("zsh"));
        String said =
                ask("zsh", "zsh", "-fc", "autoload -Uz compinit; compinit -D; source '" + file + "' && echo read");
        assertThat(said.lines()).contains("read");
    }
}
