package dev.weir.export.filter;

/** How a column is compared with one value. */
enum Relation {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    AT_MOST("<="),
    GREATER(">"),
    AT_LEAST(">=");

    final String sign;

    Relation(String sign) {
        this.sign = sign;
    }

    /** Whether it is about order. */
    boolean isOrder() {
        return this != EQUAL && this != NOT_EQUAL;
    }
}
