package dev.weir.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The other machine of a pair, and which of the two forwards; immutable.
 *
 * @param peer where its API is
 * @param file that keeps the number by which takeovers are told apart
 * @param begins whether this machine forwards where neither ever has
 * @param takeOver how long the other one may be silent before this one takes over; empty where it never does by itself
 * @param interval from the end of a round of changes to the next
 */
public record StandbySettings(Peer peer, String file, boolean begins, Optional<Duration> takeOver, Duration interval) {
    /**
     * Where an API is, and what is shown there.
     *
     * @param socket a Unix socket; else host and port hold
     * @param tls whether the connection is encrypted
     * @param authority PEM of certificates that the other one's leads to; empty for those that Java trusts
     * @param certificate PEM; with {@code key}, PEM of PKCS #8
     * @param tokenFile holds a token on its first line
     */
    public record Peer(
            String name,
            Optional<Path> socket,
            String host,
            int port,
            boolean tls,
            Optional<Path> authority,
            Optional<Path> certificate,
            Optional<Path> key,
            Optional<Path> tokenFile) {}
}
