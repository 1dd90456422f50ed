package dev.weir.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What editors and people read about the file is what is read of it. With {@code -Dweir.update=true} these tests write the
 * schema and the tables instead of comparing them.
 */
class ReferenceTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path PAGE = DOCS.resolve("configuration.md");
    private static final Path JOB_PAGE = DOCS.resolve("cluster.md");
    private static final Path SCHEMA = DOCS.resolve("configuration.schema.json");
    private static final Pattern TABLE = Pattern.compile("(?s)<!-- options: ([a-z0-9-]+) -->\\n.*?<!-- end -->");

    @Test
    void schemaFile_isCurrent() throws IOException {
        expect(SCHEMA, ConfigurationFile.jsonSchema());
    }

    @Test
    void referencePage_isCurrent() throws IOException {
        Map<String, String> tables = ConfigurationFile.tables();
        String page = Files.readString(PAGE);
        expect(PAGE, TABLE.matcher(page).replaceAll(table -> Matcher.quoteReplacement(block(table, tables))));
    }

    @Test
    void jobPage_isCurrentAndHasATableOfEverySection() throws IOException {
        Map<String, String> tables = ClusterJobFile.tables();
        String page = Files.readString(JOB_PAGE);
        expect(JOB_PAGE, TABLE.matcher(page).replaceAll(table -> Matcher.quoteReplacement(block(table, tables))));
        assertThat(TABLE.matcher(page).results().map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(tables.keySet());
    }

    @Test
    void referencePage_hasATableOfEverySection() throws IOException {
        assertThat(TABLE.matcher(Files.readString(PAGE)).results().map(found -> found.group(1)))
                .containsExactlyInAnyOrderElementsOf(ConfigurationFile.tables().keySet());
    }

    private static String block(MatchResult found, Map<String, String> tables) {
        return "<!-- options: " + found.group(1) + " -->\n\n" + tables.get(found.group(1)) + "\n<!-- end -->";
    }

    private static void expect(Path file, String content) throws IOException {
        if (Boolean.getBoolean("weir.update")) {
            Files.writeString(file, content);
        }
        assertThat(Files.readString(file))
                .as(
                        "%s; write it anew: mvn -pl server -am test -Dtest=ReferenceTest -Dweir.update=true "
                                + "-Dsurefire.failIfNoSpecifiedTests=false",
                        file)
                .isEqualTo(content);
    }
}
