package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class TemplateRulesTest {
    @Test
    void the_marks_of_a_vocabulary_tell_its_version() {
        for (String version : new String[] {"v7", "v11", "v13", "v15"}) {
            assertEquals(Optional.of(version), inferred(version, null));
        }
    }

    @Test
    void a_chat_template_breaks_the_tie_that_marks_leave() {
        String calls = "[TOOL_CALLS]{{ name }}[ARGS]{{ arguments }}";
        String callsWithIds = "[TOOL_CALLS]{{ name }}[CALL_ID]{{ id }}[ARGS]{{ arguments }}";
        assertEquals(Optional.of("v13"), inferred("v11", calls));
        assertEquals(Optional.of("v11"), inferred("v11", callsWithIds));
        assertEquals(Optional.of("v13"), inferred("v13", callsWithIds));
        assertEquals(Optional.of("v3"), inferred("v7", "[INST]{{ content }}[/INST]"));
        assertEquals(Optional.of("v7"), inferred("v7", "[SYSTEM_PROMPT]{{ content }}"));
    }

    @Test
    void an_unknown_version_is_refused_by_name() {
        assertThrows(IllegalArgumentException.class, () -> TemplateRules.of("v12"));
    }

    private static Optional<String> inferred(
            String vocabulary, @org.jspecify.annotations.Nullable String template) {
        return TemplateRules.infer(ChatVectors.tokenizer(vocabulary), Optional.ofNullable(template))
                .map(TemplateRules::version);
    }
}
