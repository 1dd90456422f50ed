package dev.weir.server.web;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServerBuilder;
import java.io.IOException;
import java.io.InputStream;

/**
 * The web page at {@code /}: a program for browsers that asks the API as any other caller does. Its files are the same for
 * everybody and say nothing of what runs, so anybody may read them; what they show needs the caller's role. Nothing is
 * loaded from elsewhere, and the policy (Content Security Policy Level 3) has browsers refuse it. Any thread.
 */
public final class WebPage {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'";

    private WebPage() {}

    /** Adds its files. */
    public static void addTo(ServerBuilder server) {
        server.service("/", file("index.html", MediaType.HTML_UTF_8))
                .service("/web/page.js", file("page.js", MediaType.parse("text/javascript; charset=utf-8")))
                .service("/web/page.css", file("page.css", MediaType.CSS_UTF_8))
                .service("/web/icon.svg", file("icon.svg", MediaType.SVG_UTF_8))
                .service("/web/preact-license.txt", file("preact-license.txt", MediaType.PLAIN_TEXT_UTF_8));
    }

    private static HttpService file(String name, MediaType type) {
        HttpData content = HttpData.wrap(read(name));
        ResponseHeaders headers = ResponseHeaders.builder(HttpStatus.OK)
                .contentType(type)
                .add(HttpHeaderNames.CONTENT_SECURITY_POLICY, POLICY)
                .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .add(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
                .add(HttpHeaderNames.CACHE_CONTROL, "no-cache")
                .build();
        return (_, _) -> HttpResponse.of(headers, content);
    }

    private static byte[] read(String name) {
        try (InputStream in = WebPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "missing from the program: " + name + "; Maven makes it of server/src/main/web");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("cannot be read from the program: " + name, e);
        }
    }
}
