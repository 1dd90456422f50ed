package dev.weir.server.api.access;

import dev.weir.server.config.ApiSettings.Limits;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.util.AttributeKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that there are. One that has no call under way is closed after a while, whatever octets come meanwhile: the
 * first time when no request is complete within the time for one, later when the idle timeout is over. So slow senders of
 * headers, of TLS handshakes and of nothing at all hold no place. Those by TCP cannot take the places of the Unix socket's.
 */
final class Connections {
    private static final AttributeKey<Connection> KEY = AttributeKey.valueOf(Connections.class, "CONNECTION");

    /** What is known of one; guarded by itself. */
    private static final class Connection {
        private int calls;
        private boolean called;
        private long since;

        Connection(long now) {
            since = now;
        }

        synchronized void begin() {
            calls++;
            called = true;
        }

        synchronized void end(long now) {
            calls--;
            since = now;
        }

        synchronized boolean isDue(long now, Limits limits) {
            long patience = (called ? limits.idleTimeout() : limits.requestTimeout()).toNanos();
            return calls == 0 && now - since > patience;
        }
    }

    private final Limits limits;
    private final LongSupplier clock;
    private final Set<Channel> local = ConcurrentHashMap.newKeySet(), remote = ConcurrentHashMap.newKeySet();

    /** @param clock nanoseconds that never go back */
    Connections(Limits limits, LongSupplier clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** A new one; closed at once where there is no room. */
    void admit(ChannelPipeline pipeline) {
        Channel channel = pipeline.channel();
        Set<Channel> its = channel instanceof DomainSocketChannel ? local : remote;
        if (its.size() >= limits.connections()) {
            var _ = channel.close();
            return;
        }
        channel.attr(KEY).set(new Connection(clock.getAsLong()));
        its.add(channel);
        var _ = channel.closeFuture().addListener(_ -> its.remove(channel));
    }

    /** A request's headers are complete. */
    void begin(@Nullable Channel channel) {
        Connection connection = channel == null ? null : channel.attr(KEY).get();
        if (connection != null) {
            connection.begin();
        }
    }

    /** Its answer is. */
    void end(@Nullable Channel channel) {
        Connection connection = channel == null ? null : channel.attr(KEY).get();
        if (connection != null) {
            connection.end(clock.getAsLong());
        }
    }

    /** Closes those whose time is over. */
    void sweep() {
        long now = clock.getAsLong();
        sweep(local, now);
        sweep(remote, now);
    }

    private void sweep(Set<Channel> channels, long now) {
        for (Channel channel : channels) {
            Connection connection = channel.attr(KEY).get();
            if (connection != null && connection.isDue(now, limits)) {
                var _ = channel.close();
            }
        }
    }

    /** How many there are. */
    int count() {
        return local.size() + remote.size();
    }
}
