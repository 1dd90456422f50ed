package dev.weir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands that other modules bring; this test is such a module. */
class SubcommandTest {
    /** Says back what it was called with. */
    public static final class Echo implements Subcommand {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public String summary() {
            return "Says it back, 100 %";
        }

        @Override
        public int run(List<String> args, PrintStream out, PrintStream err) {
            out.print(args);
            return args.size();
        }
    }

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void run_getsTheWordsAfterItsName_andGivesTheStatus() {
        assertThat(weir("echo", "--help", "@x", "-v")).isEqualTo(3);
        assertThat(out.toString(UTF_8)).isEqualTo("[--help, @x, -v]");
    }

    @Test
    void help_listsIt() {
        assertThat(weir("--help")).isZero();
        assertThat(out.toString(UTF_8)).containsPattern("echo +Says it back, 100 %");
    }

    @Test
    void mistyped_isSuggested() {
        assertThat(weir("echoo")).isEqualTo(2);
        assertThat(err.toString(UTF_8).strip()).isEqualTo("weir: echoo: no such command; did you mean echo?");
    }

    private int weir(String... args) {
        return Main.run(
                List.of(args), new Streams(out, new PrintStream(err, true, UTF_8), Terminal.NONE, new Interruption()));
    }
}
