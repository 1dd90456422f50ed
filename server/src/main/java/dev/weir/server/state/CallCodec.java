package dev.weir.server.state;

import dev.weir.p4.ir.Table;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Calls of actions as fields of a chunk: the name, then arguments as words of 64 bits, the least significant first. What is read need not fit any program. */
final class CallCodec {
    private CallCodec() {}

    static void write(FieldWriter out, Table.Call call) {
        out.put(call.action()).put(call.arguments(), (o, argument) -> o.put(words(argument)));
    }

    static Table.Call read(FieldReader in) throws SnapshotException {
        String action = in.text();
        List<BigInteger> arguments = new ArrayList<>();
        for (int left = in.count(Integer.BYTES); left > 0; left--) {
            arguments.add(number(in.longs()));
        }
        return new Table.Call(action, arguments);
    }

    private static long[] words(BigInteger number) {
        long[] words = new long[(number.bitLength() + Long.SIZE - 1) / Long.SIZE];
        for (int i = 0; i < words.length; i++) {
            words[i] = number.shiftRight(Long.SIZE * i).longValue();
        }
        return words;
    }

    private static BigInteger number(long[] words) {
        byte[] octets = new byte[Long.BYTES * words.length];
        for (int i = 0; i < octets.length; i++) {
            octets[octets.length - 1 - i] = (byte) (words[i / Long.BYTES] >>> (Byte.SIZE * (i % Long.BYTES)));
        }
        return new BigInteger(1, octets);
    }
}
