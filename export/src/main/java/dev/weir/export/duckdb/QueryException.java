package dev.weir.export.duckdb;

import org.jspecify.annotations.Nullable;

/** Why a query could not be answered: a line for a person, with the place in the statement where there is one. */
public final class QueryException extends Exception {
    private static final long serialVersionUID = 1L;

    QueryException(String line, @Nullable Throwable cause) {
        super(line.replaceAll("\\s*\\R\\s*", " "), cause);
    }
}
