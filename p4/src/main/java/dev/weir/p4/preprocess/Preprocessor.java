package dev.weir.p4.preprocess;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tokens of one program out of its files: includes, conditionals, macros (P4-16 specification, section 6.2, and what C's
 * preprocessor does besides). Every fault is told and passed over; nothing is thrown whatever the text.
 * <pre>
 * before: #define W 8          after: bit &lt; 8 &gt; x ;     the 8 placed at W, its origin the 8 after #define
 *         bit&lt;W&gt; x;
 * </pre>
 * Post: the last token is {@link TokenKind#END}; no directive and no macro is left.
 */
public final class Preprocessor {
    private static final int MAX_INCLUDE_DEPTH = 64;
    private static final int MAX_INCLUDES = 1024;
    private static final long MAX_TEXT = 64L << 20;

    private final Includes includes;
    private final Diagnostics diagnostics;
    private final Map<String, Macro> macros = new HashMap<>();
    private final Expander expander;
    private final List<Token> out = new ArrayList<>();
    private int included;
    private long textRead;

    /** One {@code #if} and its branches. */
    private static final class Branches {
        final Token opener;
        final boolean outerActive;
        boolean taken;
        boolean active;
        boolean hadElse;

        Branches(Token opener, boolean outerActive, boolean holds) {
            this.opener = opener;
            this.outerActive = outerActive;
            this.taken = holds;
            this.active = outerActive && holds;
        }
    }

    private Preprocessor(Includes includes, Diagnostics diagnostics) {
        this.includes = includes;
        this.diagnostics = diagnostics;
        this.expander = new Expander(macros, diagnostics);
    }

    /** @param defines macros without parameters that are there from the begin: names and their text */
    public static List<Token> run(
            SourceFile main, Includes includes, Map<String, String> defines, Diagnostics diagnostics) {
        Preprocessor preprocessor = new Preprocessor(includes, diagnostics);
        defines.forEach(preprocessor::predefine);
        preprocessor.readFile(main, 0);
        Span end = new Span(main, main.text().length(), main.text().length());
        preprocessor.out.add(new Token(TokenKind.END, "", end, true));
        return preprocessor.out;
    }

    private void predefine(String name, String text) {
        List<Token> line = new ArrayList<>(Lexer.read(SourceFile.of("(defined outside)", name + " " + text)));
        define(line);
    }

    private void readFile(SourceFile file, int depth) {
        List<Token> tokens = Lexer.read(file);
        Deque<Branches> open = new ArrayDeque<>();
        List<Token> run = new ArrayList<>();
        int at = 0;
        while (at < tokens.size() && !expander.exhausted()) {
            Token token = tokens.get(at);
            if (!token.is(TokenKind.HASH) || !token.startsLine()) {
                if (isActive(open)) run.add(token);
                at++;
                continue;
            }
            out.addAll(expander.expand(run));
            run.clear();
            int end = lineEnd(tokens, at + 1);
            directive(token, tokens.subList(at + 1, end), open, depth);
            at = end;
        }
        out.addAll(expander.expand(run));
        for (Branches branches : open) {
            String message = "'#" + branches.opener.text() + "' without an end";
            diagnostics.error(branches.opener.span(), "unbalanced-condition", message, "end it with #endif");
        }
    }

    private static boolean isActive(Deque<Branches> open) {
        return open.isEmpty() || open.peek().active;
    }

    private static int lineEnd(List<Token> tokens, int from) {
        int end = from;
        while (end < tokens.size() && !tokens.get(end).startsLine()) {
            end++;
        }
        return end;
    }

    private void directive(Token hash, List<Token> line, Deque<Branches> open, int depth) {
        if (line.isEmpty()) return;
        Token name = line.getFirst();
        List<Token> rest = line.subList(1, line.size());
        switch (name.text()) {
            case "if" -> open.push(new Branches(name, isActive(open), isActive(open) && holds(name, rest)));
            case "ifdef" -> open.push(new Branches(name, isActive(open), isActive(open) && isDefined(name, rest)));
            case "ifndef" -> open.push(new Branches(name, isActive(open), isActive(open) && !isDefined(name, rest)));
            case "elif" -> elseIf(name, rest, open);
            case "else" -> otherwise(name, open);
            case "endif" -> {
                if (open.poll() == null) unopened(name);
            }
            default -> {
                if (isActive(open)) command(hash, name, rest, depth);
            }
        }
    }

    private void elseIf(Token name, List<Token> rest, Deque<Branches> open) {
        Branches branches = open.peek();
        if (branches == null || branches.hadElse) {
            unopened(name);
            return;
        }
        branches.active = branches.outerActive && !branches.taken && holds(name, rest);
        branches.taken |= branches.active;
    }

    private void otherwise(Token name, Deque<Branches> open) {
        Branches branches = open.peek();
        if (branches == null || branches.hadElse) {
            unopened(name);
            return;
        }
        branches.hadElse = true;
        branches.active = branches.outerActive && !branches.taken;
        branches.taken = true;
    }

    private void unopened(Token name) {
        String message = "'#" + name.text() + "' without an #if before it";
        diagnostics.error(name.span(), "unbalanced-condition", message, "leave it out, or begin with #if");
    }

    private boolean isDefined(Token directive, List<Token> rest) {
        if (rest.isEmpty() || !rest.getFirst().isWord()) {
            diagnostics.error(
                    directive.span(), "bad-directive", "'#" + directive.text() + "' needs the name of a macro", null);
            return false;
        }
        return macros.containsKey(rest.getFirst().text());
    }

    private boolean holds(Token directive, List<Token> rest) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < rest.size(); i++) {
            boolean bracketed = i + 3 < rest.size() && rest.get(i + 1).is(TokenKind.OPEN);
            int name = bracketed ? i + 2 : i + 1;
            if (rest.get(i).text().equals("defined")
                    && name < rest.size()
                    && rest.get(name).isWord()) {
                String value = macros.containsKey(rest.get(name).text()) ? "1" : "0";
                tokens.add(new Token(TokenKind.INTEGER, value, rest.get(i).span(), false));
                i = bracketed ? name + 1 : name;
            } else {
                tokens.add(rest.get(i));
            }
        }
        return Condition.holds(expander.expand(tokens), directive.span(), diagnostics);
    }

    private void command(Token hash, Token name, List<Token> rest, int depth) {
        switch (name.text()) {
            case "define" -> define(rest);
            case "undef" -> {
                if (!rest.isEmpty()) macros.remove(rest.getFirst().text());
            }
            case "include" -> include(name, rest, depth);
            case "error" -> diagnostics.error(hash.span(), "error-directive", words(rest), null);
            case "warning" -> diagnostics.warning(hash.span(), "warning-directive", words(rest), null);
            case "line" -> renumber(name, rest);
            case "pragma" -> {}
            default -> {
                if (name.is(TokenKind.INTEGER)) {
                    renumber(name, line(name, rest));
                } else {
                    String help =
                            "there are #include, #define, #undef, #if, #ifdef, #ifndef, #elif, #else, #endif, #error, #line";
                    diagnostics.error(name.span(), "bad-directive", "'#" + name.text() + "' is no directive", help);
                }
            }
        }
    }

    private static List<Token> line(Token number, List<Token> rest) {
        List<Token> line = new ArrayList<>(rest);
        line.addFirst(number);
        return line;
    }

    /** The text of the line from the first token to the last. */
    private static String words(List<Token> rest) {
        if (rest.isEmpty()) return "(no text)";
        Span first = rest.getFirst().span();
        return new Span(first.file(), first.begin(), rest.getLast().span().end()).text();
    }

    private void define(List<Token> rest) {
        if (rest.isEmpty()) return;
        Token name = rest.getFirst();
        if (!name.isWord() || name.text().equals("defined")) {
            diagnostics.error(
                    name.span(), "bad-directive", "'" + name.text() + "' cannot be the name of a macro", null);
            return;
        }
        int body = 1;
        List<String> parameters = null;
        if (rest.size() > 1
                && rest.get(1).is(TokenKind.OPEN)
                && name.span().touches(rest.get(1).span())) {
            body = 2;
            while (body < rest.size() && !rest.get(body).is(TokenKind.CLOSE)) {
                body++;
            }
            parameters = parameters(name, rest.subList(2, body));
            if (parameters == null) return;
            body++;
        }
        List<Token> tokens = body < rest.size() ? List.copyOf(rest.subList(body, rest.size())) : List.of();
        Macro macro = new Macro(name, parameters, tokens);
        Macro before = macros.put(name.text(), macro);
        if (before != null && !before.means(macro)) {
            String help = "the other definition is at " + before.name().span() + "; #undef it first";
            diagnostics.warning(
                    name.span(), "macro-redefined", "macro '" + name.text() + "' is defined otherwise already", help);
        }
    }

    private @Nullable List<String> parameters(Token name, List<Token> list) {
        List<String> parameters = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            Token token = list.get(i);
            boolean wanted = i % 2 == 0 ? token.isWord() : token.is(TokenKind.COMMA) && i + 1 < list.size();
            if (!wanted) {
                diagnostics.error(
                        token.span(),
                        "bad-directive",
                        "parameters of macro '" + name.text() + "' are not names with commas between them",
                        null);
                return null;
            }
            if (i % 2 == 0) parameters.add(token.text());
        }
        return parameters;
    }

    private void renumber(Token name, List<Token> rest) {
        List<Token> line = expander.expand(rest);
        boolean number = !line.isEmpty() && line.getFirst().text().matches("[0-9]{1,9}");
        boolean named = line.size() > 1 && line.get(1).is(TokenKind.STRING);
        if (!number || (line.size() > 1 && !named)) {
            diagnostics.error(
                    name.span(), "bad-directive", "'#line' takes a number and perhaps a file in quotes", null);
            return;
        }
        SourceFile file = name.span().file();
        String newName = named ? unquoted(line.get(1)) : name.span().position().file();
        file.renumber(name.span().begin(), Integer.parseInt(line.getFirst().text()), newName);
    }

    private static String unquoted(Token string) {
        return string.text().substring(1, string.text().length() - 1);
    }

    private void include(Token directive, List<Token> rest, int depth) {
        boolean direct = !rest.isEmpty()
                && (rest.getFirst().is(TokenKind.LESS) || rest.getFirst().is(TokenKind.STRING));
        List<Token> line = direct ? rest : expander.expand(rest);
        boolean quoted = !line.isEmpty() && line.getFirst().is(TokenKind.STRING);
        String name = quoted ? unquoted(line.getFirst()) : angled(line);
        if (name == null || name.isEmpty()) {
            diagnostics.error(directive.span(), "bad-directive", "'#include' takes \"file\" or <file>", null);
            return;
        }
        Span place = line.getFirst().span();
        if (depth >= MAX_INCLUDE_DEPTH || ++included > MAX_INCLUDES) {
            String help = "a file that includes itself needs an #ifndef around it";
            diagnostics.error(place, "include-depth", "includes within includes, without an end", help);
            return;
        }
        SourceFile file = find(name, quoted, place);
        if (file == null) return;
        textRead += file.text().length();
        if (textRead > MAX_TEXT) {
            diagnostics.error(place, "too-much-text", "more than " + MAX_TEXT + " characters are included", null);
            return;
        }
        readFile(file.includedFrom(place), depth + 1);
    }

    private @Nullable SourceFile find(String name, boolean quoted, Span place) {
        try {
            SourceFile file = includes.find(name, quoted, place.file());
            if (file == null) {
                String help = "give the folder it is in with -I";
                diagnostics.error(place, "include-not-found", "there is no file '" + name + "'", help);
            }
            return file;
        } catch (IOException e) {
            String why = Objects.requireNonNullElse(e.getMessage(), e.toString());
            diagnostics.error(place, "include-not-read", "'" + name + "' cannot be read: " + why, null);
            return null;
        }
    }

    /** What stands between the angles, as written. */
    private static @Nullable String angled(List<Token> line) {
        if (line.size() < 3 || !line.getFirst().is(TokenKind.LESS)) return null;
        StringBuilder name = new StringBuilder();
        for (Token token : line.subList(1, line.size())) {
            if (token.is(TokenKind.GREATER)) return name.toString();
            name.append(token.text());
        }
        return null;
    }
}
