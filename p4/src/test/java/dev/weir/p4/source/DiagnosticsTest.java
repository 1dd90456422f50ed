package dev.weir.p4.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DiagnosticsTest {
    private final Diagnostics diagnostics = new Diagnostics();

    private static Span at(SourceFile file, String text) {
        int begin = file.text().indexOf(text);
        return new Span(file, begin, begin + text.length());
    }

    @Test
    void render_underlinesTheStretch() {
        SourceFile file = SourceFile.of("edge.p4", "header h_t {\n\tbit<8> range;\n}\n");
        diagnostics.error(at(file, "range"), "some-code", "what is wrong", "what to do");
        assertThat(diagnostics.render()).isEqualTo("""
                edge.p4:2:9: error[some-code]: what is wrong
                \tbit<8> range;
                \t       ^^^^^
                  help: what to do
                """);
    }

    @Test
    void render_tellsWhereTextCameFrom() {
        SourceFile main = SourceFile.of("main.p4", "// first\n#include \"inner.p4\"\n");
        SourceFile inner = SourceFile.of("inner.p4", "#define W 8\nbit<W> x;\n").includedFrom(at(main, "\"inner.p4\""));
        diagnostics.warning(at(inner, "W>").expandingTo(at(inner, "8")), "some-code", "what is odd", null);
        assertThat(diagnostics.render()).isEqualTo("""
                inner.p4:2:5: warning[some-code]: what is odd
                bit<W> x;
                    ^^
                  note: expanded from inner.p4:1:11
                  note: included from main.p4:2:10
                """);
    }

    @Test
    void render_longLine_showsWhatIsAroundThePlace() {
        SourceFile file = SourceFile.of("long.p4", "a".repeat(5000) + "here" + "b".repeat(5000));
        diagnostics.error(at(file, "here"), "some-code", "wrong", null);
        assertThat(diagnostics.render().lines())
                .allMatch(line -> line.length() < 200)
                .anyMatch(l -> l.contains("here"));
    }

    @Test
    void render_controlCharacters_doNotReachTheTerminal() {
        SourceFile file = SourceFile.of("bad\u001b.p4", "a \u001b[31m \u202e b");
        diagnostics.error(at(file, "["), "some-code", "found '\u0007'", null);
        assertThat(diagnostics.render().chars())
                .allMatch(c -> c == '\n' || !Character.isISOControl(c))
                .doesNotContain(0x202e);
    }

    @Test
    void sorted_includedFileComesWhereItIsIncluded() {
        SourceFile main = SourceFile.of("main.p4", "one\n#include <x>\ntwo\n");
        SourceFile inner = SourceFile.of("x", "three\n").includedFrom(at(main, "<x>"));
        diagnostics.error(at(main, "two"), "c", "3", null);
        diagnostics.error(at(inner, "three"), "c", "2", null);
        diagnostics.error(at(main, "one"), "c", "1", null);
        assertThat(diagnostics.sorted()).extracting(Diagnostic::message).containsExactly("1", "2", "3");
    }

    @Test
    void error_beyondTheLimit_isCounted() {
        SourceFile file = SourceFile.of("x", " ".repeat(1000));
        for (int i = 0; i < 150; i++) {
            diagnostics.error(new Span(file, i, i + 1), "c", "m", null);
        }
        assertThat(diagnostics.sorted()).hasSize(Diagnostics.LIMIT);
        assertThat(diagnostics.dropped()).isEqualTo(50);
        assertThat(diagnostics.render()).endsWith("\nand 50 more\n");
    }

    @Test
    void error_sameTwice_isToldOnce() {
        SourceFile file = SourceFile.of("x", "text");
        diagnostics.error(at(file, "text"), "c", "m", null);
        diagnostics.error(at(file, "text"), "c", "m", null);
        assertThat(diagnostics.errors()).isEqualTo(1);
    }

    @Test
    void position_afterRenumbering_isThatOfTheOtherFile() {
        SourceFile file = SourceFile.of("x", "a\nb\nc\nd\n");
        file.renumber(2, 40, "other.p4");
        assertThat(file.position(0)).hasToString("x:1:1");
        assertThat(file.position(4)).hasToString("other.p4:40:1");
        assertThat(file.position(6)).hasToString("other.p4:41:1");
    }
}
