package dev.weir.p4.syntax;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.p4.preprocess.Includes;
import dev.weir.p4.source.Diagnostic;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import java.util.Map;

/**
 * Any octets are a program or faults that say where: nothing is thrown. A program that parses is printed, and what is printed parses to
 * the same tree. {@code ./fuzz 60 P4ParserFuzzTest} searches.
 */
class P4ParserFuzzTest {
    private static final String[] PIECES = {
        "#define M(a) a##1 #a M(a)\n",
        "#define W 8\n",
        "\n#if W > 1\n",
        "\n#else\n",
        "\n#endif\n",
        "M(",
        "W",
        "\n#include \"self\"\n",
        "typedef bit<8> T;",
        "header h_t {",
        "struct S<T> {",
        "enum bit<8> E {",
        "error {",
        "extern X<U> {",
        "parser P(",
        "control C(",
        "state s {",
        "transition select(",
        "transition a;",
        "action a(",
        "table t {",
        "key = {",
        "actions = {",
        "entries = {",
        "apply {",
        "const T x = ",
        "if (",
        "else ",
        "for (",
        "switch (",
        "return ",
        "value_set<",
        "@name(\"x\") ",
        "@pragma x ",
        "in ",
        "T ",
        "bit<8> ",
        "f<T>(",
        "(T)",
        "a",
        "b",
        "8w0xF",
        "1",
        "\"s\"",
        "+",
        "-",
        "|+|",
        ">>",
        "<",
        ">",
        "&&&",
        "..",
        "...",
        "? ",
        ":",
        "=",
        "+=",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        ".",
        "_",
        "default",
        "{#}",
        "/*",
        "*/",
        "//",
        "\n",
        " "
    };

    @FuzzTest
    void parse_anyText_givesATreeOrFaults(FuzzedDataProvider data) {
        String text = data.consumeBoolean() ? data.consumeRemainingAsString() : pieces(data);
        SourceFile file = SourceFile.of("fuzz.p4", text);
        Includes itself = (name, quoted, from) -> text.length() < 1000 ? SourceFile.of(name, text) : null;
        Diagnostics diagnostics = new Diagnostics();
        Program program = P4Parser.parse(file, itself, Map.of(), diagnostics);
        check(!diagnostics.render().isEmpty() == !diagnostics.sorted().isEmpty(), "diagnostics without text");
        for (Diagnostic diagnostic : diagnostics.sorted()) {
            check(diagnostic.span().begin() <= diagnostic.span().file().text().length(), "nowhere");
            check(diagnostic.render().lines().count() >= 3, "not three lines");
        }
        if (diagnostics.hasErrors()) return;
        String printed = Printer.print(program);
        Program again = P4Parser.parse(SourceFile.of("printed.p4", printed), Includes.NONE, Map.of(), diagnostics);
        check(!diagnostics.hasErrors(), "printed is no program: " + printed + diagnostics.render());
        check(Trees.same(program, again), "printed is another program: " + printed);
    }

    private static String pieces(FuzzedDataProvider data) {
        StringBuilder text = new StringBuilder();
        while (data.remainingBytes() > 0) {
            text.append(data.consumeInt(0, 9) == 0 ? data.consumeString(3) : data.pickValue(PIECES));
        }
        return text.toString();
    }

    private static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }
}
