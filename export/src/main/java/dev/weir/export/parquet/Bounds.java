package dev.weir.export.parquet;

import dev.weir.export.parquet.ColumnBuffer.Encoded;

/** The smallest and the largest of a column's numbers, signed or not as its type is, or of doubles. One thread. */
final class Bounds {
    private final boolean doubles;
    private final int octets;
    private long least, most;
    private double leastDouble, mostDouble;
    private boolean any;

    Bounds(ParquetType type) {
        this.doubles = type.physical == ParquetType.Physical.DOUBLE;
        this.octets = type.octets();
        clear();
    }

    void clear() {
        least = Long.MAX_VALUE;
        most = Long.MIN_VALUE;
        leastDouble = Double.POSITIVE_INFINITY;
        mostDouble = Double.NEGATIVE_INFINITY;
        any = false;
    }

    void add(long[] values, int count) {
        any |= count > 0;
        if (doubles) {
            addDoubles(values, count);
        } else {
            least = Math.min(least, least(values, count));
            most = Math.max(most, most(values, count));
        }
    }

    private static long least(long[] values, int count) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            least = Math.min(least, values[i]);
        }
        return least;
    }

    private static long most(long[] values, int count) {
        long most = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            most = Math.max(most, values[i]);
        }
        return most;
    }

    /** No number among them makes both no number. */
    private void addDoubles(long[] values, int count) {
        for (int i = 0; i < count; i++) {
            double value = Double.longBitsToDouble(values[i]);
            leastDouble = Math.min(leastDouble, value);
            mostDouble = Math.max(mostDouble, value);
        }
    }

    /** The format wants -0 below and +0 above, and nothing where a value is no number. */
    void tell(Encoded encoded) {
        if (!any || Double.isNaN(leastDouble)) {
            return;
        }
        if (doubles) {
            encoded.min = bits(leastDouble == 0 ? -0.0 : leastDouble);
            encoded.max = bits(mostDouble == 0 ? 0.0 : mostDouble);
        } else {
            encoded.min = ColumnBuffer.octets(least, octets);
            encoded.max = ColumnBuffer.octets(most, octets);
        }
    }

    private static byte[] bits(double value) {
        return ColumnBuffer.octets(Double.doubleToRawLongBits(value), Double.BYTES);
    }
}
