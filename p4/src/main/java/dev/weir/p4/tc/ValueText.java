package dev.weir.p4.tc;

import dev.weir.p4.control.TableSchema;
import dev.weir.p4.ir.Match;
import dev.weir.p4.ir.Table.MatchKind;
import java.math.BigInteger;

/**
 * Values as the API has them: as {@link TcValues} writes and reads them, but that a number that is matched exactly has no mask, and that one of more than 64 bits is
 * hexadecimal after {@code 0x}. {@link TcValues} reads what is written here as the same. Immutable; any thread.
 */
public final class ValueText {
    private final TcValues values;

    public ValueText(PortNames ports) {
        values = new TcValues(ports);
    }

    /** A value without a mask. */
    public String of(String type, int bits, BigInteger value) {
        boolean wide = bits > Long.SIZE && !type.equals("ipv6");
        return wide ? "0x" + value.toString(16) : values.text(type, bits, value);
    }

    /** What a key matches. */
    public String of(TableSchema.Key key, Match match) {
        return switch (match) {
            case Match.Exactly m -> of(key, m.number());
            case Match.Masked m
            when key.kind() == MatchKind.LPM ->
                of(key, m.number()) + "/" + m.mask().bitCount();
            case Match.Masked m -> of(key, m.number()) + "/0x" + m.mask().toString(16);
            case Match.Range m -> of(key, m.low()) + ".." + of(key, m.high());
            case Match.Any _ -> "*";
        };
    }

    private String of(TableSchema.Key key, BigInteger value) {
        return of(key.type(), key.bits(), value);
    }
}
