package dev.weir.export.filter;

/** A piece of source text. */
record Token(Kind kind, String text, int offset) {
    /** What it is, as far as its letters tell. */
    enum Kind {
        WORD,
        NUMBER,
        HEXADECIMAL,
        DURATION,
        TIME,
        ADDRESS,
        PREFIX,
        /** Letters and digits that are none of the above. */
        OTHER,
        EQUAL,
        NOT_EQUAL,
        LESS,
        AT_MOST,
        GREATER,
        AT_LEAST,
        AND,
        OR,
        NOT,
        IN,
        HAS,
        TRUE,
        FALSE,
        OPEN,
        CLOSE,
        OPEN_SET,
        CLOSE_SET,
        COMMA,
        RANGE,
        END;

        /** Whether it could be a value. */
        boolean isOperand() {
            return compareTo(OTHER) <= 0 || this == TRUE || this == FALSE;
        }

        boolean isRelation() {
            return compareTo(EQUAL) >= 0 && compareTo(AT_LEAST) <= 0;
        }
    }

    boolean is(Kind wanted) {
        return kind == wanted;
    }

    int end() {
        return offset + text.length();
    }
}
