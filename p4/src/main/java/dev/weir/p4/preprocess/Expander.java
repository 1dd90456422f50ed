package dev.weir.p4.preprocess;

import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces macros by what they stand for (C17, section 6.10.3). A macro's own name inside what it stands for is left alone, so nothing
 * expands for ever; what expands for too long is cut off after {@value #MAX_STEPS} tokens made by macros.
 */
final class Expander {
    private static final int MAX_STEPS = 250_000;
    private static final int MAX_DEPTH = 200;

    private final Map<String, Macro> macros;
    private final Diagnostics diagnostics;
    /** Names met inside their own macro: they stay names for good. */
    private final Set<Token> painted = Collections.newSetFromMap(new IdentityHashMap<>());

    private int steps;
    private int depth;

    /** Tokens to come: a list, or what a macro stands for. The macro is not expanded again before its tokens are used up. */
    private static final class Frame {
        final List<Token> tokens;
        final @Nullable Macro macro;
        int at;

        Frame(List<Token> tokens, @Nullable Macro macro) {
            this.tokens = tokens;
            this.macro = macro;
        }
    }

    Expander(Map<String, Macro> macros, Diagnostics diagnostics) {
        this.macros = macros;
        this.diagnostics = diagnostics;
    }

    /** Whether there was too much of it. */
    boolean exhausted() {
        return steps >= MAX_STEPS;
    }

    /** Expands all there is; arguments of a macro that the tokens end in are a fault. */
    List<Token> expand(List<Token> tokens) {
        List<Token> out = new ArrayList<>(tokens.size());
        Deque<Frame> frames = new ArrayDeque<>();
        frames.push(new Frame(tokens, null));
        for (Token token = next(frames); token != null && (frames.size() == 1 || step(token)); token = next(frames)) {
            Macro macro = token.isWord() ? macros.get(token.text()) : null;
            if (macro == null || painted.contains(token)) {
                out.add(builtIn(token));
            } else if (isActive(macro, frames)) {
                painted.add(token);
                out.add(token);
            } else {
                replace(token, macro, frames, out);
            }
        }
        return out;
    }

    private boolean step(Token token) {
        if (++steps < MAX_STEPS) return true;
        diagnostics.error(
                token.span(), "too-much-text", "macros make more than " + MAX_STEPS + " tokens of this program", null);
        return false;
    }

    private static @Nullable Token next(Deque<Frame> frames) {
        while (!frames.isEmpty()) {
            Frame top = frames.peek();
            if (top.at < top.tokens.size()) return top.tokens.get(top.at++);
            frames.pop();
        }
        return null;
    }

    private static boolean isActive(Macro macro, Deque<Frame> frames) {
        for (Frame frame : frames) {
            if (frame.macro != null && frame.macro.name().equals(macro.name())) return true;
        }
        return false;
    }

    private static Token builtIn(Token token) {
        return switch (token.text()) {
            case "__LINE__" ->
                new Token(
                        TokenKind.INTEGER,
                        Integer.toString(token.span().position().line()),
                        token.span(),
                        token.startsLine());
            case "__FILE__" ->
                new Token(TokenKind.STRING, quote(token.span().position().file()), token.span(), token.startsLine());
            default -> token;
        };
    }

    private void replace(Token use, Macro macro, Deque<Frame> frames, List<Token> out) {
        if (macro.parameters() == null) {
            frames.push(new Frame(substitute(use, macro, List.of()), macro));
            return;
        }
        if (!opensNext(frames)) {
            out.add(use);
            return;
        }
        List<List<Token>> arguments = arguments(use, frames);
        if (arguments == null) return;
        int wanted = macro.parameters().size();
        if (wanted == 0 && arguments.size() == 1 && arguments.getFirst().isEmpty()) arguments = List.of();
        if (arguments.size() == wanted) {
            frames.push(new Frame(substitute(use, macro, arguments), macro));
        } else {
            String message =
                    "macro '" + use.text() + "' takes " + wanted + " arguments, here it is given " + arguments.size();
            diagnostics.error(
                    use.span(),
                    "macro-arguments",
                    message,
                    "it is defined at " + macro.name().span());
        }
    }

    /** Whether an open parenthesis is next; frames that are used up before it are left. */
    private static boolean opensNext(Deque<Frame> frames) {
        for (Frame frame : frames) {
            if (frame.at < frame.tokens.size())
                return frame.tokens.get(frame.at).is(TokenKind.OPEN);
        }
        return false;
    }

    private @Nullable List<List<Token>> arguments(Token use, Deque<Frame> frames) {
        List<List<Token>> arguments = new ArrayList<>();
        List<Token> argument = new ArrayList<>();
        int open = 0;
        for (Token token = next(frames); token != null && step(token); token = next(frames)) {
            if (token.is(TokenKind.CLOSE) && --open == 0) {
                arguments.add(argument);
                return arguments;
            }
            if (token.is(TokenKind.COMMA) && open == 1) {
                arguments.add(argument);
                argument = new ArrayList<>();
            } else if (!token.is(TokenKind.OPEN) || ++open > 1) {
                argument.add(token);
            }
        }
        String message = "the arguments of macro '" + use.text() + "' do not end";
        diagnostics.error(use.span(), "macro-arguments", message, "close them with ')' before the next directive");
        return null;
    }

    /** The body with arguments in the parameters' places, all of it placed where the macro is used. */
    private List<Token> substitute(Token use, Macro macro, List<List<Token>> arguments) {
        List<Token> body = macro.body();
        List<Token> out = new ArrayList<>();
        int last = 0; // where what the token before stands for begins
        for (int i = 0; i < body.size(); i++) {
            Token token = body.get(i);
            boolean pasted = i + 1 < body.size() && body.get(i + 1).is(TokenKind.PASTE);
            boolean joins = token.is(TokenKind.PASTE) && i + 1 < body.size() && i > 0;
            if (joins) token = body.get(++i);
            List<Token> piece;
            int parameter = macro.parameter(token);
            if (token.is(TokenKind.HASH) && i + 1 < body.size() && macro.parameter(body.get(i + 1)) >= 0) {
                piece = List.of(stringOf(token, arguments.get(macro.parameter(body.get(++i))), use));
            } else if (parameter >= 0) {
                piece = joins || pasted ? arguments.get(parameter) : argument(arguments.get(parameter));
            } else {
                piece = List.of(placed(token, use));
            }
            if (joins && last < out.size()) {
                paste(out, piece, use);
            } else {
                last = out.size();
                out.addAll(piece);
            }
        }
        if (!out.isEmpty()) out.set(0, out.getFirst().at(out.getFirst().span(), use.startsLine()));
        return out;
    }

    private static Token placed(Token token, Token use) {
        return token.at(use.span().expandingTo(token.span()), false);
    }

    private List<Token> argument(List<Token> tokens) {
        if (++depth > MAX_DEPTH) {
            if (!tokens.isEmpty()) {
                diagnostics.error(
                        tokens.getFirst().span(), "too-deep", "macros within arguments of macros, too deep", null);
            }
            depth--;
            return List.of();
        }
        List<Token> expanded = expand(tokens);
        depth--;
        return expanded;
    }

    private static Token stringOf(Token hash, List<Token> argument, Token use) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < argument.size(); i++) {
            if (i > 0 && !argument.get(i - 1).span().touches(argument.get(i).span())) text.append(' ');
            text.append(argument.get(i).text());
        }
        return new Token(TokenKind.STRING, quote(text.toString()), use.span().expandingTo(hash.span()), false);
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private void paste(List<Token> out, List<Token> piece, Token use) {
        if (piece.isEmpty()) return;
        Token left = out.removeLast();
        Token right = piece.getFirst();
        List<Token> joined = Lexer.read(SourceFile.of("(joined)", left.text() + right.text()));
        if (joined.size() == 1) {
            out.add(joined.getFirst().at(left.span(), left.startsLine()));
        } else {
            Span place = use.span();
            String message = "'" + left.text() + "' and '" + right.text() + "' joined are no token";
            diagnostics.error(place, "bad-paste", message, null);
            out.add(left);
            out.add(right);
        }
        out.addAll(piece.subList(1, piece.size()));
    }
}
