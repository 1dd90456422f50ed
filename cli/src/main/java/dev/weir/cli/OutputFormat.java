package dev.weir.cli;

import java.util.Locale;

/** What records are written as, and the file name suffixes that mean it. */
enum OutputFormat {
    TABLE(true),
    CSV(true, ".csv"),
    JSON(true, ".jsonl", ".json"),
    IPFIX(true, ".ipfix"),
    PARQUET(false, ".parquet"),
    DUCKDB(false, ".duckdb"),
    NONE(true);

    final boolean built;
    /** Of a file name, lower case; they begin with a dot. */
    private final String suffix, otherSuffix;

    OutputFormat(boolean built) {
        this(built, "", "");
    }

    OutputFormat(boolean built, String suffix) {
        this(built, suffix, suffix);
    }

    OutputFormat(boolean built, String suffix, String otherSuffix) {
        this.built = built;
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

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
