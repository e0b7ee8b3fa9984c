package dev.tramontane.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

class HubAddressTest {
    @ParameterizedTest
    @CsvSource({
        "https://a/x, https://b/y",
        "https://a/x, /y",
        "http://a/x, https://b/y",
        "http://a/x, http://b/y"
    })
    void a_redirect_that_is_as_safe_is_followed(String from, String to) throws HubException {
        URI target = HubAddress.redirect(URI.create(from), Optional.of(to));
        assertEquals(URI.create(from).resolve(to), target);
    }

    @ParameterizedTest
    @CsvSource({
        "https://a/x, http://a/x",
        "https://a/x, http://b/y",
        "https://a/x, file:///etc/passwd",
        "https://a/x, javascript:alert(1)",
        "https://a/x, https://a/x",
        "https://a/x, 'https://a/ y'",
        "https://a/x, https:///y"
    })
    void a_redirect_to_a_weaker_connection_or_nowhere_is_refused(String from, String to) {
        assertThrows(
                HubException.class, () -> HubAddress.redirect(URI.create(from), Optional.of(to)));
    }

    @ParameterizedTest
    @CsvSource({
        "https://a, https://a/x, true",
        "https://a, https://A:443/x, true",
        "https://a, http://a/x, false",
        "https://a, https://a:8443/x, false",
        "https://a, https://b/x, false",
        "https://a, https://a.b/x, false",
        "http://a, http://a/x, false",
        "http://127.0.0.1:80, http://127.0.0.1/x, true",
        "http://localhost:80, http://127.0.0.1/x, false"
    })
    void the_token_is_for_the_hub_alone(String base, String target, boolean isTrusted) {
        assertEquals(isTrusted, HubAddress.of(base).isTrusted(URI.create(target)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "huggingface.co",
                "ftp://a",
                "file:///x",
                "https://u:p@a",
                "https://a?x",
                "http://"
            })
    void what_is_no_address_of_a_hub_is_refused(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> HubAddress.of(text));
        assertTrue(refusal.toString().contains("https://huggingface.co"), refusal.toString());
    }

    @Test
    void names_are_encoded_part_by_part() {
        assertEquals(
                "https://a/mirror/owner/re.po/resolve/main/a%20b%23%2Bc.gguf",
                HubAddress.of("https://a/mirror/")
                        .resolve("owner/re.po/resolve/main/a b#+c.gguf", "")
                        .toString());
    }

    @ParameterizedTest
    @CsvSource({
        "https://hub.example, proxy:3128",
        "http://hub.example, other:80",
        "https://x.internal, direct",
        "https://internal, direct",
        "https://xinternal, proxy:3128",
        "https://by.port:8443, direct",
        "https://by.port, proxy:3128",
        "http://127.0.0.1:99, direct",
        "http://localhost, direct"
    })
    void the_environment_says_which_proxy(String target, String expected) {
        var proxies =
                new EnvironmentProxies(
                        Map.of(
                                "HTTPS_PROXY", "http://proxy:3128",
                                "http_proxy", "other",
                                "NO_PROXY", "internal, by.port:8443"));
        Proxy proxy = proxies.select(URI.create(target)).getFirst();
        String found =
                proxy.type() == Proxy.Type.DIRECT
                        ? "direct"
                        : String.valueOf(proxy.address()).replace("/<unresolved>", "");
        assertEquals(expected, found);
    }

    @Test
    void a_proxy_of_another_kind_is_refused_without_showing_its_password() {
        var refusal =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new EnvironmentProxies(
                                        Map.of("ALL_PROXY", "socks5://user:secret@host:1")));
        assertTrue(refusal.toString().contains("SOCKS"), refusal.toString());
        assertTrue(!refusal.toString().contains("secret"), refusal.toString());
    }
}
