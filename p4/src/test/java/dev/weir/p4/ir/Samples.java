package dev.weir.p4.ir;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The programs of the tests, as text. */
public final class Samples {
    private Samples() {}

    /** @param name without its suffix */
    public static String text(String name) {
        try (InputStream in = Objects.requireNonNull(Samples.class.getResourceAsStream(name + ".ir"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Pipeline pipeline(String name) {
        return IrVerifier.requireValid(IrReader.read(text(name)));
    }
}
