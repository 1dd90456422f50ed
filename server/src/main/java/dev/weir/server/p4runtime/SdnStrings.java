package dev.weir.server.p4runtime;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The texts that controllers write for the values of a type with {@code @p4runtime_translation(uri, string)}, and the numbers that the program has for them. A text that is new gets a
 * number: its own where it is a decimal number that is free, else the first free one from 1 on. A number that the program made up gets its decimal digits for a text when it is first read.
 * They stay as long as the program does. Any thread; memory is bounded.
 */
final class SdnStrings implements ValueCodec {
    private static final int MOST_OCTETS = 1 << 10, MOST_TEXTS = 1 << 20;

    private final Map<String, BigInteger> numbers = new HashMap<>();
    private final Map<BigInteger, String> texts = new HashMap<>();
    private BigInteger next = BigInteger.ONE;

    /** What a controller wrote, as text. */
    static String text(ByteString octets, String what) throws EntityFault {
        if (octets.isEmpty() || octets.size() > MOST_OCTETS) {
            throw EntityFault.invalid(
                    what + ": has " + octets.size() + " octets; give a text of 1 to " + MOST_OCTETS + " octets");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw EntityFault.invalid(what + ": is no text in UTF-8; its type is written as a text");
        }
    }

    /** The number that decimal digits say, without leading zeros; -1 for other texts. */
    static BigInteger decimal(String text) {
        return text.matches("0|[1-9][0-9]{0,38}") ? new BigInteger(text) : BigInteger.ONE.negate();
    }

    @Override
    public boolean isText() {
        return true;
    }

    @Override
    public synchronized BigInteger number(ByteString octets, int bits, String what) throws EntityFault {
        String text = text(octets, what);
        BigInteger known = numbers.get(text);
        if (known != null) return known;
        BigInteger own = decimal(text);
        boolean free = own.signum() >= 0 && own.bitLength() <= bits && !texts.containsKey(own);
        BigInteger number = free ? own : firstFree(bits);
        if (texts.size() == MOST_TEXTS || number.bitLength() > bits) {
            throw new EntityFault(
                    Code.RESOURCE_EXHAUSTED,
                    what + ": there is no number of " + bits + " bits left for '" + text
                            + "'; use texts that are known");
        }
        put(text, number);
        return number;
    }

    private BigInteger firstFree(int bits) {
        while (texts.containsKey(next)) next = next.add(BigInteger.ONE);
        return next.bitLength() > bits && !texts.containsKey(BigInteger.ZERO) ? BigInteger.ZERO : next;
    }

    private void put(String text, BigInteger number) {
        numbers.put(text, number);
        texts.put(number, text);
    }

    @Override
    public synchronized ByteString octets(BigInteger number) {
        String text = texts.get(number);
        if (text == null) {
            text = number.toString();
            while (numbers.containsKey(text)) text = "#" + text;
            if (texts.size() < MOST_TEXTS) put(text, number);
        }
        return ByteString.copyFromUtf8(text);
    }

    /** Goes on with the texts of the program before. */
    void inherit(SdnStrings before) {
        Map<String, BigInteger> theirs;
        synchronized (before) {
            theirs = Map.copyOf(before.numbers);
        }
        synchronized (this) {
            theirs.forEach(this::put);
        }
    }
}
