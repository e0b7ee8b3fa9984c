package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class NearestTest {
    private static final List<String> KNOWN =
            List.of("max-tokens", "min-p", "magistral-small", "owner/repo:Q4_K_M");

    @ParameterizedTest
    @CsvSource({
        "max-token, max-tokens",
        "mxa-tokens, max-tokens",
        "MIN-P, min-p",
        "magistral, magistral-small",
        "repo, owner/repo:Q4_K_M",
        "xyzzy, none",
        "q, none"
    })
    void what_was_probably_meant_is_found(String written, String meant) {
        assertEquals(meant, Nearest.to(written, KNOWN).orElse("none"));
    }

    @ParameterizedTest
    @CsvSource({"'', '', 0", "abc, '', 3", "abc, acb, 1", "abc, abd, 1", "abc, xabc, 1"})
    void edits_are_counted(String from, String to, int edits) {
        assertEquals(edits, Nearest.edits(from, to));
    }
}
