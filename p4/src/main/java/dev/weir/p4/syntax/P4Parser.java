package dev.weir.p4.syntax;

import dev.weir.p4.preprocess.Includes;
import dev.weir.p4.preprocess.Preprocessor;
import dev.weir.p4.preprocess.Token;
import dev.weir.p4.preprocess.TokenKind;
import dev.weir.p4.source.Diagnostics;
import dev.weir.p4.source.SourceFile;
import dev.weir.p4.source.Span;
import dev.weir.p4.syntax.Declaration.BlockKind;
import dev.weir.p4.syntax.Declaration.StructKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Parses P4-16 (specification 1.2.5) by recursive descent.
 * <p>
 * Pre: any text. Post: a tree, which is that of the whole program when there are no errors, and of what could be read otherwise. Nothing is
 * thrown whatever the text; how deep it nests is limited. Errors are told all at once: after one, parsing goes on with the next
 * declaration, statement or property.
 */
public final class P4Parser {
    private final Cursor cursor;
    private final Declarations declarations;
    private final TypeDeclarations types;
    private final Blocks blocks;
    private final List<Declaration> out = new ArrayList<>();

    private P4Parser(List<Token> tokens, Diagnostics diagnostics) {
        this.cursor = new Cursor(tokens, diagnostics);
        this.declarations = new Declarations(cursor);
        this.types = new TypeDeclarations(cursor, declarations);
        this.blocks = new Blocks(cursor, declarations);
    }

    /** Preprocesses and parses a file with what it includes. */
    public static Program parse(
            SourceFile file, Includes includes, Map<String, String> defines, Diagnostics diagnostics) {
        return parse(Preprocessor.run(file, includes, defines, diagnostics), diagnostics);
    }

    /** @param tokens of a program, the last of them {@link TokenKind#END} */
    public static Program parse(List<Token> tokens, Diagnostics diagnostics) {
        return new P4Parser(tokens, diagnostics).program();
    }

    private Program program() {
        Span first = cursor.peek().span();
        cursor.items(TokenKind.END, this::declaration);
        return new Program(cursor.from(first), List.copyOf(out));
    }

    private void declaration() {
        if (cursor.accept(TokenKind.SEMICOLON)) return;
        List<Annotation> before = declarations.annotations().read();
        Token token = cursor.peek();
        switch (token.kind()) {
            case CONST -> out.add(declarations.constant(before));
            case EXTERN -> out.add(types.extern(before));
            case ACTION -> out.add(declarations.action(before));
            case PARSER -> out.add(blocks.block(before, BlockKind.PARSER));
            case CONTROL -> out.add(blocks.block(before, BlockKind.CONTROL));
            case PACKAGE -> out.add(blocks.block(before, BlockKind.PACKAGE));
            case STRUCT -> out.add(types.struct(before, StructKind.STRUCT));
            case HEADER -> out.add(types.struct(before, StructKind.HEADER));
            case HEADER_UNION -> out.add(types.struct(before, StructKind.HEADER_UNION));
            case ENUM -> out.add(types.enumeration(before));
            case TYPEDEF, TYPE -> types.alias(before, out);
            default -> {
                if (before.isEmpty() && cursor.isNext(TokenKind.OPEN_BRACE) && token.is(TokenKind.ERROR)) {
                    out.add(types.errors());
                } else if (before.isEmpty() && cursor.isNext(TokenKind.OPEN_BRACE) && token.is(TokenKind.MATCH_KIND)) {
                    out.add(types.matchKinds());
                } else if (canBeType(token)) {
                    out.add(declarations.typed(before, true));
                } else {
                    throw cursor.expected("a declaration");
                }
            }
        }
    }

    private boolean canBeType(Token token) {
        return switch (token.kind()) {
            case BIT, INT, VARBIT, BOOL, STRING_TYPE, VOID, TUPLE, ERROR, MATCH_KIND, DOT -> true;
            default -> cursor.isName();
        };
    }
}
