package dev.weir.server.api.access;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.weir.api.v1.Role;
import dev.weir.server.config.ApiSettings;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who makes a request: by the Unix socket, whom the file system lets in; by TLS, the owner of a token or else of a
 * client certificate; without TLS the owner of a token, else anybody. A wrong token is nobody's, wherever it comes from. What
 * it goes by can be replaced at any time. Any thread.
 */
final class Authentication {
    private static final Pattern BEARER = Pattern.compile("[Bb]earer +([A-Za-z0-9._~+/=-]{1,1024})");

    /** At least two labels, with a port or not. */
    private static final Pattern DNS_NAME = Pattern.compile("([^.:%/\\[\\]]+(?:\\.[^.:%/\\[\\]]+)+)\\.?(?::[0-9]*)?");

    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");
    private static final Pattern LOCALHOST = Pattern.compile("(?i).*\\.localhost");

    private static final Pattern LOOPBACK = Pattern.compile("(localhost|127\\.[0-9.]+|\\[::1\\])(:[0-9]+)?");

    private volatile ApiSettings settings;
    private volatile Tokens tokens;

    Authentication(ApiSettings settings) throws IOException {
        this.settings = settings;
        this.tokens = tokens(settings);
    }

    /** Goes by these from now on, and by tokens that were read from their file. */
    void replace(ApiSettings next, Tokens read) {
        tokens = read;
        settings = next;
    }

    /** @throws IOException when the file cannot be used: which, why, what to do */
    static Tokens tokens(ApiSettings settings) throws IOException {
        return settings.tokens().isPresent() ? Tokens.read(settings.tokens().get()) : Tokens.NONE;
    }

    Caller caller(ServiceRequestContext context, HttpRequest request) {
        Channel channel = context.log().partial().channel();
        if (channel instanceof EpollDomainSocketChannel local) {
            return isNameOfInternet(String.valueOf(request.authority()))
                    ? new Caller("anybody", Role.ROLE_UNSPECIFIED, "unix")
                    : peer(local);
        }
        InetSocketAddress remote = context.remoteAddress();
        String from = remote.getAddress().getHostAddress() + ":" + remote.getPort();
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null) {
            Matcher bearer = BEARER.matcher(authorization);
            Caller owner = bearer.matches() ? tokens.find(String.valueOf(bearer.group(1)), from) : null;
            return owner == null ? Caller.unknown(from) : owner;
        }
        SSLSession session = context.sslSession();
        if (session != null) {
            return owner(session, from);
        }
        return new Caller("anybody", standing(context, request), from);
    }

    /** Whoever the file system has let in may do all. */
    private static Caller peer(EpollDomainSocketChannel channel) {
        try {
            PeerCredentials peer = channel.peerCredentials();
            return new Caller("uid " + peer.uid(), Role.ADMINISTER, "unix:pid " + peer.pid());
        } catch (IOException e) {
            return Caller.unknown("unix:closed"); // it went away meanwhile
        }
    }

    /** What the configuration grants to whoever comes by an insecure listener, under a name of this machine. */
    private Role standing(ServiceRequestContext context, HttpRequest request) {
        return isOfThisMachine(String.valueOf(request.authority()))
                ? settings.listener(context.localAddress())
                        .filter(ApiSettings.Listener::insecure)
                        .map(ApiSettings.Listener::role)
                        .orElse(Role.ROLE_UNSPECIFIED)
                : Role.ROLE_UNSPECIFIED;
    }

    /** Not so for a name that a page in somebody's browser has had point to the loopback address (DNS rebinding). */
    static boolean isOfThisMachine(String authority) {
        return LOOPBACK.matcher(authority).matches();
    }

    /**
     * Whether a request goes to a name that somebody elsewhere decides where it leads. No program that has opened the socket says such a name; a page does that somebody's browser has got from there, where the
     * socket was brought to a port ({@code ssh -L}) and the name was made to point to it (DNS rebinding). Addresses, single words and names below {@code localhost} (RFC 6761 section 6.3) are no such names.
     */
    static boolean isNameOfInternet(String authority) {
        Matcher name = DNS_NAME.matcher(authority);
        return name.matches()
                && !IPV4.matcher(name.group(1)).matches()
                && !LOCALHOST.matcher(name.group(1)).matches();
    }

    private Caller owner(SSLSession session, String from) {
        try {
            Certificate[] shown = session.getPeerCertificates();
            if (shown.length > 0 && shown[0] instanceof X509Certificate certificate) {
                String subject = certificate.getSubjectX500Principal().getName();
                String common = commonName(subject);
                Map<String, Role> roles = settings.certificates();
                Role role = roles.getOrDefault(
                        subject,
                        common == null ? Role.ROLE_UNSPECIFIED : roles.getOrDefault(common, Role.ROLE_UNSPECIFIED));
                return new Caller(common == null ? subject : common, role, from);
            }
        } catch (SSLPeerUnverifiedException e) {
            return Caller.unknown(from); // none was shown
        }
        return Caller.unknown(from);
    }

    private static @Nullable String commonName(String subject) {
        try {
            for (Rdn part : new LdapName(subject).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return part.getValue().toString();
                }
            }
            return null;
        } catch (InvalidNameException e) {
            return null;
        }
    }
}
