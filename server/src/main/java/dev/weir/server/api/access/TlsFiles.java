package dev.weir.server.api.access;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import dev.weir.server.config.ApiSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What TLS shows and whom it trusts, from files that can be read again while connections stay: those that begin afterwards
 * see the new ones. The JDK's TLS does the rest. Any thread.
 */
final class TlsFiles implements TlsProvider {
    private record Content(TlsKeyPair pair, List<X509Certificate> authorities) {}

    private volatile Content content;

    private TlsFiles(Content content) {
        this.content = content;
    }

    /** @throws IOException when a file cannot be used: which, why, what to do */
    static TlsFiles read(ApiSettings.Tls files) throws IOException {
        return new TlsFiles(content(files));
    }

    /** The same files anew; when one cannot be used, what was read before goes on. */
    void readAgain(ApiSettings.Tls files) throws IOException {
        content = content(files);
    }

    private static Content content(ApiSettings.Tls files) throws IOException {
        List<X509Certificate> chain = certificates("api.tls.certificate", files.certificate());
        X509Certificate own = chain.getFirst();
        if (own.getNotAfter().toInstant().isBefore(Instant.now())) {
            throw new IOException("api.tls.certificate: " + files.certificate() + ": expired on "
                    + own.getNotAfter().toInstant() + "; give a valid one");
        }
        TlsKeyPair pair;
        try {
            pair = TlsKeyPair.of(new ByteArrayInputStream(octets("api.tls.key", files.key())), chain(files));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "api.tls.key: " + files.key()
                            + ": is no private key in PEM (PKCS #8) without a password; convert it by"
                            + " openssl pkcs8 -topk8 -nocrypt",
                    e);
        }
        if (!fits(pair.privateKey(), own)) {
            throw new IOException("api.tls.key: " + files.key() + ": is not the key of " + files.certificate()
                    + "; give the one that it was made with");
        }
        Path authority = files.clientAuthority().orElse(null);
        return new Content(pair, authority == null ? List.of() : certificates("api.tls.client-ca", authority));
    }

    private static ByteArrayInputStream chain(ApiSettings.Tls files) throws IOException {
        return new ByteArrayInputStream(octets("api.tls.certificate", files.certificate()));
    }

    private static List<X509Certificate> certificates(String option, Path file) throws IOException {
        try {
            List<X509Certificate> all =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(new ByteArrayInputStream(octets(option, file)))
                            .stream()
                            .map(X509Certificate.class::cast)
                            .toList();
            if (!all.isEmpty()) {
                return all;
            }
        } catch (CertificateException e) {
            throw new IOException(option + ": " + file + ": is no certificate in PEM; give one", e);
        }
        throw new IOException(option + ": " + file + ": has no certificate; give one in PEM");
    }

    private static byte[] octets(String option, Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IOException(option + ": " + file + ": cannot be read: " + why(e), e);
        }
    }

    /** Why a file cannot be read, and what to do. */
    static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file; make it, or give another";
            case AccessDeniedException _ -> "permission denied; make it readable for this user";
            default -> e.getClass().getSimpleName() + "; give a file that can be read";
        };
    }

    /** Whether what the key signs the certificate confirms. */
    private static boolean fits(PrivateKey key, X509Certificate certificate) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        try {
            byte[] probe = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    @Override
    public TlsKeyPair keyPair(String hostname) {
        return content.pair;
    }

    @Override
    public @Nullable List<X509Certificate> trustedCertificates(String hostname) {
        List<X509Certificate> authorities = content.authorities;
        return authorities.isEmpty() ? null : authorities;
    }
}
