package dev.tramontane.server;

import dev.tramontane.server.ui.UiFile;
import dev.tramontane.server.ui.UiFiles;

import io.helidon.http.Status;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// `GET /`, `/ui/…` and `/webjars/…`: the chat page, its files and its libraries', with the policy
/// that keeps what a model writes from becoming script, style or a request to anywhere.
record UiEndpoint(UiFiles files) {
    /// No script, style, font or connection but the server's own; images also from within the page;
    /// strings never become script, even by the page's own mistake (Trusted Types).
    static final String POLICY =
            String.join(
                    "; ",
                    "default-src 'none'",
                    "script-src 'self'",
                    "style-src 'self'",
                    "img-src 'self' data: blob:",
                    "font-src 'self'",
                    "connect-src 'self'",
                    "worker-src 'self'",
                    "manifest-src 'self'",
                    "base-uri 'none'",
                    "form-action 'none'",
                    "frame-ancestors 'none'",
                    "require-trusted-types-for 'script'",
                    "trusted-types dompurify tramontane");

    private static final Map<String, String> HEADERS =
            Map.of(
                    "Content-Security-Policy", POLICY,
                    "X-Content-Type-Options", "nosniff",
                    "X-Frame-Options", "DENY",
                    "Referrer-Policy", "no-referrer",
                    "Cross-Origin-Opener-Policy", "same-origin",
                    "Cross-Origin-Resource-Policy", "same-origin",
                    "Permissions-Policy",
                            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()");

    private static final String FOR_GOOD = "public, max-age=31536000, immutable";
    private static final String ASK_EACH_TIME = "no-cache";

    void index(Exchange exchange) {
        send(exchange, files.page(""));
    }

    void page(Exchange exchange) {
        send(exchange, files.page(exchange.pathPart("file")));
    }

    void library(Exchange exchange) {
        send(exchange, files.library(exchange.pathPart("file")));
    }

    private static void send(Exchange exchange, Optional<UiFiles.Found> found) {
        UiFile file =
                found.orElseThrow(
                                () ->
                                        RefusedException.noPath(
                                                "GET", Printable.shortened(exchange.path())))
                        .file();
        HEADERS.forEach(exchange::header);
        exchange.header("Cache-Control", found.get().isForGood() ? FOR_GOOD : ASK_EACH_TIME);
        exchange.header("Vary", "Accept-Encoding");
        boolean packs = file.gzip().isPresent() && acceptsGzip(exchange);
        String tag = '"' + file.tag() + (packs ? "-gzip" : "") + '"';
        exchange.header("ETag", tag);
        if (exchange.requestHeader("If-None-Match")
                .filter(known -> names(known, tag))
                .isPresent()) {
            exchange.send(Status.NOT_MODIFIED_304);
            return;
        }
        if (packs) {
            exchange.header("Content-Encoding", "gzip");
        }
        exchange.send(file.contentType(), packs ? file.gzip().get() : file.bytes());
    }

    /// RFC 9110, 12.5.3, as far as browsers use it: gzip is named, and not with a weight of nought.
    private static boolean acceptsGzip(Exchange exchange) {
        return exchange.requestHeader("Accept-Encoding").stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(String::strip)
                .anyMatch(
                        coding ->
                                coding.matches("(?i)(x-)?gzip")
                                        || coding.matches(
                                                "(?i)(x-)?gzip\\s*;\\s*q=(1.*|0\\.0*[1-9].*)"));
    }

    /// RFC 9110, 13.1.2: whatever is known by this tag, weakly compared.
    private static boolean names(String known, String tag) {
        return Arrays.stream(known.split(","))
                .map(String::strip)
                .anyMatch(one -> one.equals("*") || one.equals(tag) || one.equals("W/" + tag));
    }
}
