package dev.weir.server.api.access;

import dev.weir.api.v1.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who has which token. A line of the file is {@code NAME ROLE SHA256}: the octets of the token hashed, in hexadecimal digits;
 * what begins with {@code #} is a remark. So the file gives no token away. Immutable; any thread.
 */
final class Tokens {
    private record Token(String name, Role role, String hash) {
        byte[] octets() {
            return HexFormat.of().parseHex(hash);
        }
    }

    static final Tokens NONE = new Tokens(List.of());

    private static final Map<String, Role> ROLES =
            Map.of("read", Role.READ, "operate", Role.OPERATE, "administer", Role.ADMINISTER);

    private static final int HASH_DIGITS = 64, MAX_TOKENS = 10_000;

    private final List<Token> all;

    private Tokens(List<Token> all) {
        this.all = List.copyOf(all);
    }

    /** @throws IOException when the file cannot be read or a line is wrong: which, why, what to do */
    static Tokens read(Path file) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IOException("api.tokens: " + file + ": cannot be read: " + TlsFiles.why(e), e);
        }
        List<Token> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Token token = parse(line);
            if (token == null || !names.add(token.name) || all.size() == MAX_TOKENS) {
                throw new IOException("api.tokens: " + file + ":" + (i + 1) + ": is "
                        + (token == null ? "no token" : "one name or token too many")
                        + "; write NAME ROLE SHA256, with a role of read, operate, administer and the token's hash in 64"
                        + " hexadecimal digits, a name once");
            }
            all.add(token);
        }
        return new Tokens(all);
    }

    private static @Nullable Token parse(String line) {
        String[] words = line.split("\\s+", -1);
        Role role = words.length == 3 ? ROLES.get(words[1]) : null;
        if (role == null || words[2].length() != HASH_DIGITS || !words[2].matches("[0-9A-Fa-f]+")) {
            return null;
        }
        return new Token(words[0], role, words[2]);
    }

    /** The owner of a token, who calls from there; null when nobody has it. Takes as long for a wrong one as for a right one. */
    @Nullable
    Caller find(String secret, String from) {
        byte[] hash = sha256(secret);
        Token found = null;
        for (Token token : all) {
            found = MessageDigest.isEqual(token.octets(), hash) ? token : found;
        }
        return found == null ? null : new Caller(found.name, found.role, from);
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has it", e);
        }
    }
}
