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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sessions of {@code docs/p4.md}: blocks that begin with {@code $ weir p4}. All of them run, one behind the other, against one daemon with ports of the page's names, whose clock stands
 * still; what each command prints is what stands below it. {@code -Dweir.update=true} writes the page anew.
 */
@Timeout(120)
class DocumentedSessionsTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/p4.md");
    private static final String FENCE = "```", PROMPT = "$ ", COMMAND = "$ weir p4 ";

    /** What the page checks in its first session. */
    private static final String TTL = """
        #include <core.p4>

        header ipv4_t { bit<8> ttl; bit<8> protocol; }

        struct headers_t { ipv4_t ipv4; }

        control Hop(inout headers_t hdr) {
            apply {
                hdr.ipv4.ttl = hdr.ipv4.tll - 1;
            }
        }
        """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void sessions_printWhatThePageSays() throws IOException {
        String page = Files.readString(PAGE);
        Files.writeString(folder.resolve("ttl.p4"), TTL);
        StringBuilder seen = new StringBuilder();
        int sessions = 0;
        try (DaemonRig rig = new DaemonRig(folder, "left", "right")) {
            List<String> lines = page.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                seen.append(lines.get(i)).append('\n');
                boolean session = lines.get(i).equals(FENCE)
                        && i + 1 < lines.size()
                        && lines.get(i + 1).startsWith(COMMAND);
                if (!session) continue;
                sessions++;
                while (!lines.get(++i).equals(FENCE)) {
                    if (!lines.get(i).startsWith(PROMPT)) continue;
                    seen.append(lines.get(i)).append('\n');
                    seen.append(printed(lines.get(i), rig));
                }
                seen.append(FENCE).append('\n');
            }
        }
        assertThat(sessions).as("sessions of the page").isGreaterThanOrEqualTo(5);
        if (Boolean.getBoolean("weir.update")) Files.writeString(PAGE, seen);
        assertThat(seen.toString()).isEqualTo(page);
    }

    /** What a command prints on both outputs; into a file where it says so. */
    private String printed(String line, DaemonRig rig) throws IOException {
        assertThat(line).startsWith(COMMAND);
        List<String> words = words(line.substring(PROMPT.length() + "weir ".length()));
        Path into = null;
        int redirected = words.indexOf(">");
        if (redirected > 0) {
            into = folder.resolve(words.get(redirected + 1));
            words = words.subList(0, redirected);
        }
        List<String> arguments = new ArrayList<>(words.stream().map(this::file).toList());
        if (!List.of("check", "compile", "test").contains(arguments.get(1))) {
            arguments.addAll(2, List.of("--server", rig.place()));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(), err = into == null ? out : new ByteArrayOutputStream();
        PrintStream told = new PrintStream(err, true, StandardCharsets.UTF_8);
        var _ = Main.run(arguments, new Streams(out, told, Terminal.NONE, new Interruption()));
        if (into != null) Files.write(into, out.toByteArray());
        return (into == null ? out : err)
                .toString(StandardCharsets.UTF_8)
                .replace(folder + "/", "")
                .replace(ROOT + "/", "");
    }

    /** As a shell divides them, quoted ones too. */
    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        String[] parts = command.split("'", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 1) {
                words.add(parts[i]);
            } else {
                for (String word : parts[i].strip().split(" +", -1)) if (!word.isEmpty()) words.add(word);
            }
        }
        return words;
    }

    /** Files are the project's, or those of this session. */
    private String file(String word) {
        if (Files.isRegularFile(folder.resolve(word)))
            return folder.resolve(word).toString();
        return word.startsWith("examples/") ? ROOT.resolve(word).toString() : word;
    }
}
