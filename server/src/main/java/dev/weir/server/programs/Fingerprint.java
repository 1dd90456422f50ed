package dev.weir.server.programs;

import dev.weir.p4.ir.IrPrinter;
import dev.weir.p4.ir.Pipeline;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What tells two programs apart: the SHA-256 of their intermediate form, in hexadecimal digits. Stateless. */
public final class Fingerprint {
    private Fingerprint() {}

    public static String of(Pipeline pipeline) {
        try {
            byte[] text = IrPrinter.print(pipeline).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
