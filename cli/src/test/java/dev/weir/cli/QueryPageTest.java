package dev.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sessions of {@code docs/query.md}: blocks that begin with {@code $ weir}. All run, one behind the other; what each command prints on a terminal
 * is what stands below it. {@code -Dweir.update=true} writes the page anew.
 */
@Timeout(120)
class QueryPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/query.md");
    private static final String FENCE = "```", PROMPT = "$ weir ";
    /** A word of a shell: in double quotes, in single ones, or without. */
    private static final Pattern WORD = Pattern.compile("\"([^\"$`\\\\]*)\"|'([^']*)'|([^\\s\"']+)");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void sessions_printWhatThePageSays() throws IOException {
        String page = Files.readString(PAGE);
        StringBuilder seen = new StringBuilder();
        int commands = 0;
        List<String> lines = page.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            seen.append(lines.get(i)).append('\n');
            if (!lines.get(i).equals(FENCE)
                    || i + 1 == lines.size()
                    || !lines.get(i + 1).startsWith(PROMPT)) continue;
            while (!lines.get(++i).equals(FENCE)) {
                if (!lines.get(i).startsWith(PROMPT)) continue;
                StringBuilder command = new StringBuilder(lines.get(i));
                while (command.chars().filter(c -> c == '"').count() % 2 == 1)
                    command.append('\n').append(lines.get(++i));
                seen.append(command).append('\n').append(printed(command.substring(PROMPT.length())));
                commands++;
            }
            seen.append(FENCE).append('\n');
        }
        assertThat(commands).as("commands of the page").isGreaterThanOrEqualTo(10);
        if (Boolean.getBoolean("weir.update")) Files.writeString(PAGE, seen);
        assertThat(seen.toString()).isEqualTo(page);
    }

    private String printed(String command) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(command);
        while (word.find()) {
            words.add(
                    word.group(1) != null
                            ? word.group(1)
                            : word.group(2) != null ? word.group(2) : file(word.group(3)));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream err = new PrintStream(out, true, StandardCharsets.UTF_8);
        var _ = Main.run(words, new Streams(out, err, new Terminal(true, false), new Interruption()));
        return out.toString(StandardCharsets.UTF_8).replace(folder + "/", "").replace(ROOT + "/", "");
    }

    private String file(String word) {
        if (word.startsWith("samples/")) return ROOT.resolve(word).toString();
        return word.endsWith(".parquet") ? folder.resolve(word).toString() : word;
    }
}
