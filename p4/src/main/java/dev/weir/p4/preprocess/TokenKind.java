package dev.weir.p4.preprocess;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds of tokens of P4-16. Each that is always spelt the same has its spelling. */
public enum TokenKind {
    /** A word that is no keyword. */
    IDENTIFIER(null),
    /** Digits in any base, perhaps with a width: {@code 8w0x0F}. */
    INTEGER(null),
    /** With its quotes, escapes as written. */
    STRING(null),
    /** After the last. */
    END(null),

    /** Digits that are no number. */
    BAD_NUMBER(null),
    /** The begin of a string that does not end. */
    BAD_STRING(null),
    /** A comment that does not end. */
    BAD_COMMENT(null),
    /** What P4 has no use for. */
    STRAY(null),

    ABSTRACT("abstract"),
    ACTION("action"),
    ACTIONS("actions"),
    APPLY("apply"),
    BIT("bit"),
    BOOL("bool"),
    BREAK("break"),
    CONST("const"),
    CONTINUE("continue"),
    CONTROL("control"),
    DEFAULT("default"),
    ELSE("else"),
    ENTRIES("entries"),
    ENUM("enum"),
    ERROR("error"),
    EXIT("exit"),
    EXTERN("extern"),
    FALSE("false"),
    FOR("for"),
    HEADER("header"),
    HEADER_UNION("header_union"),
    IF("if"),
    IN("in"),
    INOUT("inout"),
    INT("int"),
    KEY("key"),
    LIST("list"),
    MATCH_KIND("match_kind"),
    OUT("out"),
    PACKAGE("package"),
    PARSER("parser"),
    PRIORITY("priority"),
    RETURN("return"),
    SELECT("select"),
    STATE("state"),
    STRING_TYPE("string"),
    STRUCT("struct"),
    SWITCH("switch"),
    TABLE("table"),
    THIS("this"),
    TRANSITION("transition"),
    TRUE("true"),
    TUPLE("tuple"),
    TYPE("type"),
    TYPEDEF("typedef"),
    VALUE_SET("value_set"),
    VARBIT("varbit"),
    VOID("void"),
    UNDERSCORE("_"),

    MASK("&&&"),
    ELLIPSIS("..."),
    RANGE(".."),
    SHIFT_LEFT("<<"),
    AND("&&"),
    OR("||"),
    EQUAL("=="),
    NOT_EQUAL("!="),
    AT_LEAST(">="),
    AT_MOST("<="),
    CONCAT("++"),
    ADD_ASSIGN("+="),
    SUBTRACT_ASSIGN("-="),
    MULTIPLY_ASSIGN("*="),
    DIVIDE_ASSIGN("/="),
    MODULO_ASSIGN("%="),
    BIT_AND_ASSIGN("&="),
    BIT_OR_ASSIGN("|="),
    BIT_XOR_ASSIGN("^="),
    SHIFT_LEFT_ASSIGN("<<="),
    ADD_SATURATING_ASSIGN("|+|="),
    SUBTRACT_SATURATING_ASSIGN("|-|="),
    ADD_SATURATING("|+|"),
    SUBTRACT_SATURATING("|-|"),
    PLUS("+"),
    MINUS("-"),
    STAR("*"),
    SLASH("/"),
    PERCENT("%"),
    BIT_OR("|"),
    BIT_AND("&"),
    BIT_XOR("^"),
    COMPLEMENT("~"),
    NOT("!"),
    OPEN("("),
    CLOSE(")"),
    OPEN_BRACKET("["),
    CLOSE_BRACKET("]"),
    OPEN_BRACE("{"),
    CLOSE_BRACE("}"),
    INVALID_HEADER("{#}"),
    LESS("<"),
    /** Two of them that touch are a shift in expressions, and close two lists of type arguments. */
    GREATER(">"),
    COLON(":"),
    PLUS_COLON("+:"),
    COMMA(","),
    QUESTION("?"),
    DOT("."),
    ASSIGN("="),
    SEMICOLON(";"),
    AT("@"),
    /** Begins a directive, or makes a string of a macro's argument. */
    HASH("#"),
    /** Joins two tokens in a macro. */
    PASTE("##");

    private static final Map<String, TokenKind> KEYWORDS = Arrays.stream(values())
            .filter(TokenKind::isKeyword)
            .collect(Collectors.toUnmodifiableMap(TokenKind::spelling, k -> k));

    private final @Nullable String spelling;

    TokenKind(@Nullable String spelling) {
        this.spelling = spelling;
    }

    /** What is always written for it; for the others, what they are. */
    public String spelling() {
        if (spelling != null) return spelling;
        return switch (this) {
            case IDENTIFIER -> "a name";
            case INTEGER -> "a number";
            case STRING -> "a string";
            case END -> "the end of the file";
            default -> "something unreadable";
        };
    }

    /** Whether it has one spelling, and that is a word. */
    public boolean isKeyword() {
        return spelling != null && Lexer.isWordStart(spelling.charAt(0));
    }

    static TokenKind ofWord(String word) {
        return KEYWORDS.getOrDefault(word, IDENTIFIER);
    }
}
