package dev.weir.server.api;

import dev.weir.dataplane.graph.FlowCursor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Page tokens as text that says nothing to callers, and that this daemon knows again: with each goes a code over its
 * content, the filter and the order, made with a secret of this run (HMAC-SHA-256, RFC 2104, its first eight octets). Any
 * thread.
 *
 * <pre>
 * 0 kind u8 | 1 three longs | 25 code (8), all in URL-safe base64
 * </pre>
 */
final class PageTokens {
    private static final int UNSORTED = 1, SORTED = 2, CODE = 25, LENGTH = 33;
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec secret;

    PageTokens() {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        secret = new SecretKeySpec(key, ALGORITHM);
    }

    /**
     * The text of a token.
     *
     * @param list which list it belongs to: its filter and order
     */
    String write(PageToken token, String list) {
        ByteBuffer octets = ByteBuffer.allocate(LENGTH);
        switch (token) {
            case PageToken.Unsorted(FlowCursor cursor) ->
                octets.put((byte) UNSORTED)
                        .putLong(cursor.worker())
                        .putLong(cursor.place())
                        .putLong(0);
            case PageToken.Sorted(long high, long low, long flowId) ->
                octets.put((byte) SORTED).putLong(high).putLong(low).putLong(flowId);
        }
        octets.put(code(octets.array(), list));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(octets.array());
    }

    /**
     * The token that a text is.
     *
     * @throws Refusal when it is none of this daemon's for that list
     */
    PageToken read(String text, String list, String path) {
        byte[] octets = octets(text, path);
        if (octets.length != LENGTH
                || !MessageDigest.isEqual(Arrays.copyOfRange(octets, CODE, LENGTH), code(octets, list))) {
            throw foreign(path);
        }
        ByteBuffer content = ByteBuffer.wrap(octets);
        int kind = content.get();
        long a = content.getLong(), b = content.getLong(), c = content.getLong();
        return kind == UNSORTED
                ? new PageToken.Unsorted(new FlowCursor(Math.toIntExact(a), b))
                : new PageToken.Sorted(a, b, c);
    }

    private static byte[] octets(String text, String path) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException _) {
            throw foreign(path);
        }
    }

    private static Refusal foreign(String path) {
        return Refusal.field(
                path,
                "is none that this daemon gave for this filter and order; begin with the first page, without one");
    }

    private byte[] code(byte[] octets, String list) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(octets, 0, CODE);
            byte[] code = mac.doFinal(list.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(code, LENGTH - CODE);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
