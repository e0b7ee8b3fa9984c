package dev.tramontane.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;

/// The page's files over HTTP.
class UiEndpointTest {
    private static final String LIBRARY = "/webjars/markdown-it/14.1.0/dist/markdown-it.min.js";

    private static Script model;
    private static Http http;

    @BeforeAll
    static void open() throws IOException {
        model = Script.of();
        http = Http.serving(model);
    }

    @AfterAll
    static void close() {
        http.close();
        model.close();
    }

    private static Http.Answer get(String path, String name, String value)
            throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(http.uri(path)).header(name, value).GET());
    }

    @Test
    void a_file_comes_with_the_policy_and_may_be_kept_for_good()
            throws IOException, InterruptedException {
        Http.Answer answer = http.get(LIBRARY);
        assertEquals(200, answer.status());
        assertEquals("text/javascript; charset=utf-8", answer.header("content-type"));
        assertEquals("public, max-age=31536000, immutable", answer.header("cache-control"));
        assertEquals("nosniff", answer.header("x-content-type-options"));
        assertEquals("DENY", answer.header("x-frame-options"));
        assertEquals("no-referrer", answer.header("referrer-policy"));
        assertEquals("same-origin", answer.header("cross-origin-opener-policy"));
        assertEquals("same-origin", answer.header("cross-origin-resource-policy"));
        assertEquals(UiEndpoint.POLICY, answer.header("content-security-policy"));
        assertFalse(UiEndpoint.POLICY.contains("unsafe"), UiEndpoint.POLICY);
        assertTrue(UiEndpoint.POLICY.startsWith("default-src 'none';"), UiEndpoint.POLICY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    gzip                    | gzip
                    br, gzip, deflate       | gzip
                    GZIP;q=0.5              | gzip
                    gzip;q=0                | -
                    br;q=1.0                | -
                    identity                | -
                    """)
    void it_is_compressed_for_those_who_read_that(String accepted, String coding)
            throws IOException, InterruptedException {
        Http.Answer answer = get(LIBRARY, "Accept-Encoding", accepted);
        assertEquals(coding, answer.header("content-encoding"));
        assertEquals("Accept-Encoding", answer.header("vary"));
        assertTrue(
                Integer.parseInt(answer.header("content-length"))
                        < (coding.equals("gzip") ? 50_000 : 130_000));
    }

    @Test
    void what_a_browser_has_already_is_not_sent_again() throws IOException, InterruptedException {
        String tag = http.get(LIBRARY).header("etag");
        String gzipped = get(LIBRARY, "Accept-Encoding", "gzip").header("etag");
        assertFalse(tag.equals(gzipped), tag);
        for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            Http.Answer answer = get(LIBRARY, "If-None-Match", known);
            assertEquals(304, answer.status(), known);
            assertEquals("", answer.body());
            assertEquals(tag, answer.header("etag"));
        }
        assertEquals(200, get(LIBRARY, "If-None-Match", "\"other\"").status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ui/",
                "/ui/no-such-file.js",
                "/ui/..%2f..%2fopenapi.json",
                "/ui/%2e%2e/%2e%2e/openapi.json",
                "/ui/%2e%2e%5cUiFiles.class",
                "/ui/%00index.html",
                "/webjars/",
                "/webjars/dompurify/3.3.3/package.json",
                "/webjars/dompurify/3.3.3/dist/..%2fpackage.json",
                "/webjars/katex/0.18.11/dist/fonts/..%2fkatex.min.js",
                "/webjars/%2e%2e/%2e%2e/MANIFEST.MF"
            })
    void nothing_else_of_the_machine_is_reached(String path)
            throws IOException, InterruptedException {
        Http.Answer answer = http.get(path);
        assertTrue(answer.status() == 404 || answer.status() == 400, () -> path + answer.status());
        assertTrue(answer.json().has("error"), answer.body());
    }

    @Test
    void it_is_there_without_a_key_and_for_this_machine_alone(@TempDir Path folder)
            throws IOException, InterruptedException {
        try (Http guarded = AccessTest.guarded(model, folder)) {
            assertEquals(200, guarded.get(LIBRARY).status());
        }
        assertEquals(403, get(LIBRARY, "Origin", "https://elsewhere.example").status());
    }

    @Test
    void only_reading_is_offered() throws IOException, InterruptedException {
        assertEquals(405, http.post("/", "{}").status());
    }
}
