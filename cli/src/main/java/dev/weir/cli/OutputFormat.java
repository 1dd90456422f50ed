package dev.weir.cli;

import java.util.Locale;

/** What records are written as, and the file name suffixes that mean it. */
enum OutputFormat {
    TABLE,
    CSV(".csv"),
    JSON(".jsonl", ".json"),
    IPFIX(".ipfix"),
    PARQUET(".parquet"),
    DUCKDB(".duckdb"),
    ZEEK(".log"),
    NONE;

    /** Of a file name, lower case; they begin with a dot. */
    private final String suffix, otherSuffix;

    OutputFormat() {
        this("", "");
    }

    OutputFormat(String suffix) {
        this(suffix, suffix);
    }

    OutputFormat(String suffix, String otherSuffix) {
        this.suffix = suffix;
        this.otherSuffix = otherSuffix;
    }

    /** The format that the name's suffix means; CSV where it means none. */
    static OutputFormat ofFile(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (OutputFormat format : values()) {
            if (!format.suffix.isEmpty() && (lower.endsWith(format.suffix) || lower.endsWith(format.otherSuffix))) {
                return format;
            }
        }
        return CSV;
    }

    /** Whether {@code --features} goes with it. */
    boolean hasFeatures() {
        return this == CSV || this == JSON || isColumnar() || this == NONE;
    }

    /** Whether it is written as columns. */
    boolean isColumnar() {
        return this == PARQUET || this == DUCKDB;
    }

    /** Whether no terminal can show it. */
    boolean isBinary() {
        return isColumnar() || this == IPFIX;
    }

    /** Whether {@code --events} goes with it. */
    boolean hasEvents() {
        return this != ZEEK && this != IPFIX;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
