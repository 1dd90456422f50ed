package dev.weir.offload.netlink;

import dev.weir.offload.grammar.Section;
import org.jspecify.annotations.Nullable;

/** The calls of the Flow Table API (NFL_TABLE_CMD_*). The number is the wire's. */
public enum Command {
    GET_TABLES(0),
    GET_HEADERS(1),
    GET_ACTIONS(2),
    GET_HEADER_GRAPH(3),
    GET_TABLE_GRAPH(4),
    GET_FLOWS(5),
    SET_FLOWS(6),
    DEL_FLOWS(7),
    /** An extension of the API: flows that are there get other actions, priority or timeouts. */
    UPDATE_FLOWS(8);

    private static final Command[] BY_NUMBER = values();

    private final int number;

    Command(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** What its request or reply carries. */
    public Section<?> section() {
        return switch (this) {
            case GET_TABLES -> Section.TABLES;
            case GET_HEADERS -> Section.HEADERS;
            case GET_ACTIONS -> Section.ACTIONS;
            case GET_HEADER_GRAPH -> Section.HEADER_GRAPH;
            case GET_TABLE_GRAPH -> Section.TABLE_GRAPH;
            case GET_FLOWS, SET_FLOWS, DEL_FLOWS, UPDATE_FLOWS -> Section.FLOWS;
        };
    }

    /** The command with the wire's number; null where there is none. */
    public static @Nullable Command ofNumber(long number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[(int) number] : null;
    }
}
