package dev.weir.p4.preprocess;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessorTest {
    private final Diagnostics diagnostics = new Diagnostics();

    private List<Token> tokens(String text, Includes includes) {
        return Preprocessor.run(SourceFile.of("main.p4", text), includes, Map.of("GIVEN", "7"), diagnostics);
    }

    /** What is left of lines with ~ between them. */
    private String run(String text) {
        return runText(text.replace("~", "\n"));
    }

    private String runText(String text) {
        List<Token> tokens = tokens(text, Includes.NONE);
        return tokens.stream().limit(tokens.size() - 1).map(Token::text).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `#define W 8~bit<W> x`                               | bit < 8 > x
            `#define F(a,b) b a~F(1, (2,3)) F`                   | ( 2 , 3 ) 1 F
            `#define N() n~N() N( )`                             | n n
            `#define A B~#define B A~A B`                        | A B
            `#define F(x) x F(x)~F(F(1))`                        | 1 F ( 1 ) F ( 1 F ( 1 ) )
            `#define S(x) #x~S(a + "b")`                         | "a + \\"b\\""
            `#define J(a,b) a##b~J(x,1) J(,y)`                   | x1 y
            `#define J(a,b) z a##b~J(,y) J(x,)`                  | z y z x
            `#define E~a E b`                                    | a b
            `#define OBJ (1)~OBJ`                                | ( 1 )
            `#define G f~#define f(x) [x]~G(2)`                  | [ 2 ]
            `#define W 8~#undef W~W`                             | W
            `#define L a \\~ b~L`                                | a b
            GIVEN __LINE__ __FILE__                              | 7 1 "main.p4"
            `#ifdef GIVEN~a~#else~b~#endif~c`                    | a c
            `#ifndef GIVEN~a~#else~b~#endif`                     | b
            `#if 0~a~#elif 1~b~#elif 1~c~#else~d~#endif`         | b
            `#if 0~#if 1~a~#else~b~#endif~#else~c~#endif`        | c
            `#if 0~it's 12x $~#error no~#endif~a`                | a
            `#if defined(GIVEN) && !defined OTHER~a~#endif`      | a
            `#pragma once~#~a`                                   | a
            """)
    void run_givesTheTokens(String text, String expected) {
        assertThat(run(text)).isEqualTo(expected);
        assertThat(diagnostics.render()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            1 + 2 * 3 == 7                      => true
            (1 + 2) * 3 == 7                    => false
            GIVEN > 6 && GIVEN <= 7             => true
            unknown                             => false
            0 && 1 / 0                          => false
            1 || 1 / 0                          => true
            1 ? 2 : 1 / 0                       => true
            -1 < 0 && ~0 == -1                  => true
            1 << 4 == 0x10                      => true
            256 >> 4 == 0b10000                 => true
            5 % 3 - 2                           => false
            10 - 2 - 3 == 5                     => true
            !0 && !!1                           => true
            (6 & 3) == 2 && (6 ^ 3 | 8) == 13   => true
            """)
    void condition_isEvaluated(String condition, boolean holds) {
        assertThat(runText("#if " + condition + "\na\n#else\nb\n#endif")).isEqualTo(holds ? "a" : "b");
        assertThat(diagnostics.render()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            `#if~#endif`                  | 1:2 bad-condition
            `#if 1 +~#endif`              | 1:2 bad-condition
            `#if 1 / 0~#endif`            | 1:2 bad-condition
            `#if 1 2~#endif`              | 1:7 bad-condition
            a~#if 1                       | 2:2 unbalanced-condition
            `#else`                       | 1:2 unbalanced-condition
            `#if 1~#else~#else~#endif`    | 3:2 unbalanced-condition
            `#endif`                      | 1:2 unbalanced-condition
            `#frob`                       | 1:2 bad-directive
            `#define 1`                   | 1:9 bad-directive
            `#define F(a b) a`            | 1:13 bad-directive
            `#include`                    | 1:2 bad-directive
            `#include <core.p4x>`         | 1:10 include-not-found
            `#line x`                     | 1:2 bad-directive
            `#error this is why`          | 1:1 error-directive
            `#warning this is why`        | 1:1 warning-directive
            `#define F(a) a~F(1, 2)`      | 2:1 macro-arguments
            `#define F(a) a~F(1`          | 2:1 macro-arguments
            `#define W 8~#define W 9`     | 2:9 macro-redefined
            `#define J(a,b) a##b~J(+,x)`  | 2:1 bad-paste
            `#ifdef~#endif`               | 1:2 bad-directive
            """)
    void run_tellsFaults(String text, String expected) {
        run(text);
        assertThat(diagnostics.sorted())
                .extracting(d ->
                        d.span().position().line() + ":" + d.span().position().column() + " " + d.code())
                .containsExactly(expected);
    }

    @Test
    void run_lineDirective_renumbersWhatFollows() {
        List<Token> tokens = tokens("a\n#line 40 \"other.p4\"\nb\n# 7 \"third.p4\" 2\nc", Includes.NONE);
        assertThat(tokens.stream().limit(3))
                .extracting(t -> t.span().toString())
                .containsExactly("main.p4:1:1", "other.p4:40:1", "third.p4:7:1");
    }

    @Test
    void run_macrosThatDoubleForEver_areCutOff() {
        StringBuilder text = new StringBuilder("#define M0 x x\n");
        for (int i = 1; i < 60; i++) {
            text.append("#define M")
                    .append(i)
                    .append(" M")
                    .append(i - 1)
                    .append(" M")
                    .append(i - 1)
                    .append('\n');
        }
        tokens(text + "M59", Includes.NONE);
        assertThat(diagnostics.sorted()).extracting(Diagnostic::code).containsExactly("too-much-text");
    }

    @Test
    void run_fileThatIncludesItself_isToldOnce() {
        SourceFile self = SourceFile.of("self.p4", "#include \"self.p4\"\n#include \"self.p4\"\n");
        tokens("#include <self.p4>\n", (name, quoted, from) -> self);
        assertThat(diagnostics.sorted())
                .extracting(Diagnostic::code)
                .contains("include-depth")
                .containsOnly("include-depth");
    }

    @Test
    void run_includes_quotedBesideTheFile_angledInFolders(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("lib/deep"));
        Files.writeString(folder.resolve("main.p4"), "#include \"near.p4\"\n#include <deep/far.p4>\nmain\n");
        Files.writeString(folder.resolve("near.p4"), "near\n");
        Files.writeString(folder.resolve("lib/deep/far.p4"), "#include \"beside.p4\"\n");
        Files.writeString(folder.resolve("lib/deep/beside.p4"), "beside\n");
        SourceFile main = IncludePath.read(folder.resolve("main.p4"));
        IncludePath path = new IncludePath(List.of(folder.resolve("lib")));
        List<Token> tokens = Preprocessor.run(main, path, Map.of(), diagnostics);
        assertThat(tokens).extracting(Token::text).containsExactly("near", "beside", "main", "");
        assertThat(diagnostics.render()).isEmpty();
    }

    @Test
    void run_includeThatClimbsOutOfOurHeaders_isNotFound() {
        tokens("#include <../../../x.p4>\n", new IncludePath(List.of()));
        assertThat(diagnostics.sorted()).extracting(Diagnostic::code).containsExactly("include-not-found");
    }
}
