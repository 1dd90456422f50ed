package dev.weir.export.parquet;

/** What a column holds: how it is stored, what readers take it for, and how its values are encoded. */
public enum ParquetType {
    /** A number that is never negative and seldom repeats its neighbours' size: identifiers. 64 bits, differences. */
    IDENTIFIER(Physical.INT64),
    /** Nanoseconds since 1970, UTC, which the schema cannot say: readers that are told so drop the nanoseconds. 64 bits, differences. */
    TIME(Physical.INT64),
    /** Nanoseconds, as seconds with nine decimals (DECIMAL 18, 9). */
    SECONDS(Physical.INT64),
    /** 64 bits, signed. */
    COUNT(Physical.INT64),
    /** The bits of a double. */
    DOUBLE(Physical.DOUBLE),
    /** Unsigned, 8 bits. */
    UINT8(Physical.INT32),
    /** Unsigned, 16 bits. */
    UINT16(Physical.INT32),
    /** Unsigned, 32 bits. */
    UINT32(Physical.INT32),
    /** 0 or 1. */
    BOOLEAN(Physical.BOOLEAN),
    /** One of at most 256 known texts. */
    WORD(Physical.BYTE_ARRAY),
    /** A text that is made from 136 bits, such as an address. */
    TEXT(Physical.BYTE_ARRAY),
    /** A list of {@link #COUNT}, perhaps empty. */
    COUNTS(Physical.INT64),
    /** A list of {@link #DOUBLE}, perhaps empty. */
    DOUBLES(Physical.DOUBLE);

    /** Parquet's types, by their numbers. */
    enum Physical {
        BOOLEAN(0),
        INT32(1),
        INT64(2),
        DOUBLE(5),
        BYTE_ARRAY(6);

        final int code;

        Physical(int code) {
            this.code = code;
        }
    }

    final Physical physical;

    ParquetType(Physical physical) {
        this.physical = physical;
    }

    /** Whether a record has any number of values. */
    boolean isList() {
        return this == COUNTS || this == DOUBLES;
    }

    /** Of a number as it is stored and told. */
    int octets() {
        return switch (physical) {
            case BOOLEAN -> 1;
            case INT32 -> Integer.BYTES;
            default -> Long.BYTES;
        };
    }

    /** The older and the newer way in which a schema says what a column is, fields 6 to 10 of SchemaElement. */
    void describe(CompactWriter to) {
        switch (this) {
            case TIME ->
                to.struct(10)
                        .struct(8)
                        .flag(1, false)
                        .struct(2)
                        .empty(3)
                        .end()
                        .end()
                        .end();
            case SECONDS ->
                to.int32(6, 5)
                        .int32(7, 9)
                        .int32(8, 18)
                        .struct(10)
                        .struct(5)
                        .int32(1, 9)
                        .int32(2, 18)
                        .end()
                        .end();
            case UINT8 -> unsigned(to, 11, 8);
            case UINT16 -> unsigned(to, 12, 16);
            case UINT32 -> unsigned(to, 13, 32);
            case WORD, TEXT -> to.int32(6, 0).struct(10).empty(1).end();
            case IDENTIFIER, COUNT, DOUBLE, BOOLEAN, COUNTS, DOUBLES -> {}
        }
    }

    private static void unsigned(CompactWriter to, int older, int bits) {
        to.int32(6, older)
                .struct(10)
                .struct(10)
                .octet(1, bits)
                .flag(2, false)
                .end()
                .end();
    }
}
