package dev.weir.export.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people read about the language is what is read of it. With {@code -Dweir.update=true} the tables are written instead of
 * compared.
 */
class FilterReferenceTest {
    private static final Path PAGE = Path.of("..", "docs", "filters.md");
    private static final Path FORMATS = Path.of("..", "docs", "formats.md");
    private static final Pattern TABLE = Pattern.compile("(?s)<!-- (columns|words) -->\\n.*?<!-- end -->");
    private static final Pattern EXAMPLE = Pattern.compile("(?m)^\\| `(.*?)` \\|.*\\|$");

    @Test
    void tables_areCurrent() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(TABLE.matcher(page).results().map(found -> found.group(1))).containsExactly("words", "columns");
        String current = TABLE.matcher(page)
                .replaceAll(found -> Matcher.quoteReplacement("<!-- " + found.group(1) + " -->\n\n"
                        + (found.group(1).equals("columns") ? columns() : words()) + "\n<!-- end -->"));
        if (Boolean.getBoolean("weir.update")) {
            Files.writeString(PAGE, current);
        }
        assertThat(Files.readString(PAGE))
                .as("write it anew: mvn -pl export -am test -Dtest=FilterReferenceTest -Dweir.update=true "
                        + "-Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(current);
    }

    @Test
    void everyColumnOfRecords_hasItsName() throws IOException {
        String page = Files.readString(FORMATS);
        String columns = page.substring(0, page.indexOf("## The largest flows"));
        assertThat(Pattern.compile("(?m)^\\| (`[a-z_`, ]+`) \\| (number|text|boolean) \\|")
                        .matcher(columns)
                        .results()
                        .flatMap(row ->
                                Arrays.stream(row.group(1).replace("`", "").split(", ", -1))))
                .hasSize(26)
                .allMatch(name -> {
                    Field field = Field.byName(name);
                    return field != null && field.label.equals(name);
                });
    }

    static Stream<String> examples() throws IOException {
        String page = Files.readString(PAGE);
        String examples = page.substring(page.indexOf("## Examples"), page.indexOf("## Grammar"));
        return EXAMPLE.matcher(examples).results().map(found -> found.group(1).replace("\\|", "|"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void examples_areFilters(String example) throws FilterException {
        assertThat(FlowFilter.compile(example)).isNotNull();
    }

    @Test
    void faultOfThePage_isWhatIsSaid() throws IOException {
        String page = Files.readString(PAGE);
        String source = "proto == 10.0.0.1 && byts > 5";
        try {
            FlowFilter.compile(source);
        } catch (FilterException e) {
            assertThat(page)
                    .contains(e.faults().stream()
                            .map(fault -> "weir: --where: " + fault.render(source))
                            .collect(Collectors.joining("\n")));
            return;
        }
        throw new AssertionError("a filter");
    }

    private static String columns() {
        StringBuilder table = new StringBuilder("| name | also | values | meaning |\n|---|---|---|---|\n");
        for (Field field : Field.values()) {
            String also = field.aliases.stream().map(alias -> "`" + alias + "`").collect(Collectors.joining(", "));
            String values = field.type == Type.NUMBER && field.max != Long.MAX_VALUE
                    ? "number to " + field.max
                    : field.type.label();
            table.append("| `%s` | %s | %s | %s |\n".formatted(field.label, also, values, field.meaning));
        }
        return table.toString();
    }

    private static String words() {
        StringBuilder table = new StringBuilder("| values | words |\n|---|---|\n");
        for (Type type : Type.values()) {
            if (!type.words.isEmpty() && type != Type.BOOLEAN) {
                String words = type.words.keySet().stream()
                        .map(word -> "`" + word + "`")
                        .collect(Collectors.joining(" "));
                table.append("| %s | %s |\n".formatted(type.label(), words));
            }
        }
        return table.toString();
    }
}
