package dev.weir.server.config;

/** Where in a file: line and column, both from 1, columns in code points. */
public record Place(int line, int column) {
    static final Place START = new Place(1, 1);
}
