package dev.weir.p4.tc;

import dev.weir.p4.run.Author;

/** How P4TC numbers and names who changes entries ({@code p4tc_entities}). */
final class Entities {
    private Entities() {}

    static int number(Author author) {
        return switch (author) {
            case DATA_PATH -> 1;
            case CONTROL -> 2;
            case TIMER -> 3;
        };
    }

    static String name(Author author) {
        return switch (author) {
            case DATA_PATH -> "kernel";
            case CONTROL -> "tc";
            case TIMER -> "timer";
        };
    }
}
