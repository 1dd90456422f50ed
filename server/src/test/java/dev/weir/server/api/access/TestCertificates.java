package dev.weir.server.api.access;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** An authority of this test run alone, by the JDK's keytool, and what it signs. */
public final class TestCertificates {
    private static final String PASSWORD = "changeit";
    private static final String AUTHORITY = "authority";

    private final Path folder;
    private final Path store;

    private TestCertificates(Path folder) {
        this.folder = folder;
        this.store = folder.resolve("keys.p12");
    }

    public static TestCertificates in(Path folder) throws Exception {
        TestCertificates made = new TestCertificates(folder);
        made.keytool(List.of("-alias", AUTHORITY, "-dname", "CN=Test Authority", "-ext", "bc:c"));
        return made;
    }

    /** Signs one for this machine's loopback address that has been valid for ten days, and is for {@code days} from then. */
    public TestCertificates sign(String alias, String subject, int days) throws Exception {
        List<String> words = new ArrayList<>(List.of("-alias", alias, "-dname", subject, "-signer", AUTHORITY));
        words.addAll(List.of("-ext", "san=ip:127.0.0.1", "-startdate", "-10d", "-validity", String.valueOf(days)));
        keytool(words);
        return this;
    }

    private void keytool(List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair"));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", store.toString(), "-storepass", PASSWORD));
        command.addAll(words);
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!keytool.waitFor(1, TimeUnit.MINUTES) || keytool.exitValue() != 0) {
            throw new IOException("keytool: " + said);
        }
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    /** A file with the certificate, in PEM. */
    public Path certificate(String alias) throws Exception {
        return pem(alias + ".pem", "CERTIFICATE", certificateOf(alias).getEncoded());
    }

    /** A file with the authority's. */
    public Path authority() throws Exception {
        return certificate(AUTHORITY);
    }

    /** A file with the key, in PEM. */
    public Path key(String alias) throws Exception {
        return pem(alias + ".key", "PRIVATE KEY", keyOf(alias).getEncoded());
    }

    private Certificate certificateOf(String alias) throws IOException, GeneralSecurityException {
        return Objects.requireNonNull(keys().getCertificate(alias));
    }

    private PrivateKey keyOf(String alias) throws IOException, GeneralSecurityException {
        return (PrivateKey) Objects.requireNonNull(keys().getKey(alias, PASSWORD.toCharArray()));
    }

    private Path pem(String name, String what, byte[] octets) throws IOException {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(octets);
        return Files.writeString(
                folder.resolve(name), "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n");
    }

    /** A client's side, which trusts the authority and shows that certificate, or none. */
    public SSLContext client(@Nullable String alias) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(AUTHORITY, certificateOf(AUTHORITY));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManager[] shown = alias == null
                ? new KeyManager[0]
                : new KeyManager[] {new Shown(keyOf(alias), (X509Certificate) certificateOf(alias))};
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown, trust.getTrustManagers(), null);
        return context;
    }

    /** Shows one certificate to whoever asks for any. */
    private static final class Shown extends X509ExtendedKeyManager {
        private final PrivateKey key;
        private final X509Certificate certificate;

        Shown(PrivateKey key, X509Certificate certificate) {
            this.key = key;
            this.certificate = certificate;
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return "one";
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {"one"};
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return "one";
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return new String[0];
        }

        @Override
        public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }
    }
}
