package dev.tramontane.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Requirements T1 and T2: a template reaches nothing but its values, and spends what it may.
class HostileTemplatesTest {
    static List<String> reaching() {
        return HostileTemplates.REACHING;
    }

    @ParameterizedTest
    @MethodSource("reaching")
    void a_payload_that_reaches_out_is_an_error(String template) {
        TemplateException refusal =
                assertThrows(
                        TemplateException.class,
                        () -> Rendering.render(template, Map.of("x", Value.given("s"))));
        assertEquals(1, refusal.line());
    }

    static List<String> spending() {
        return HostileTemplates.SPENDING;
    }

    @ParameterizedTest
    @MethodSource("spending")
    void a_template_that_spends_too_much_is_stopped(String template) {
        TemplateException refusal =
                assertThrows(TemplateException.class, () -> Rendering.text(template));
        assertTrue(String.valueOf(refusal.getMessage()).startsWith("line 1 of the template: "));
    }

    /// A million characters of two origins in turns: walking over all of them for each character
    /// would take hours.
    @ParameterizedTest
    @ValueSource(strings = {"s.title()", "s|title", "s|e", "s|tojson", "[s]", "s.expandtabs()"})
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void a_text_of_many_origins_takes_time_by_its_length(String expression) {
        Rendered rendered =
                Rendering.render(
                        "{% set s = ('\"' ~ g) * 500000 %}{{ " + expression + " }}",
                        Map.of("g", Value.given("<")));
        assertTrue(rendered.runs().size() >= 1_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e576", "-1e576", "1e576 - 1e576", "1e306"})
    void a_number_without_an_end_has_no_size(String bytes) {
        for (String binary : List.of("", "(true)")) {
            String template = "{{ (" + bytes + ")|filesizeformat" + binary + " }}";
            assertThrows(TemplateException.class, () -> Rendering.text(template), template);
        }
    }

    @Test
    void nesting_is_bounded_when_it_is_read() {
        for (String open : new String[] {"(", "[", "{'a':", "not ", "-", "a["}) {
            assertThrows(
                    TemplateException.class, () -> Template.parse("{{ " + open.repeat(100_000)));
        }
        assertThrows(TemplateException.class, () -> Template.parse("{% if a %}".repeat(100_000)));
        assertThrows(
                TemplateException.class,
                () -> Rendering.text("{{ 1" + " + 1".repeat(100_000) + " }}"));
        assertEquals("65", Rendering.text("{{ 1" + " + 1".repeat(64) + " }}"));
    }

    @Test
    void sixty_four_calls_within_one_another_are_allowed() {
        String macro =
                "{% macro m(n) %}{% if n > 1 %}{{ m(n - 1) }}{% else %}end{% endif %}{% endmacro %}";
        assertEquals("end", Rendering.text(macro + "{{ m(64) }}"));
        assertThrows(TemplateException.class, () -> Rendering.text(macro + "{{ m(65) }}"));
    }

    @Test
    void time_is_bounded_by_the_clock_it_is_given() {
        var clock = new AtomicLong();
        var surroundings =
                new Surroundings(
                        Limits.STANDARD,
                        () -> clock.addAndGet(1_000_000),
                        () -> LocalDateTime.of(2025, 1, 1, 0, 0));
        Template quick = Template.parse("{% for i in range(9999) %}{{ i }}{% endfor %}");
        assertTrue(quick.render(Map.of(), surroundings).text().endsWith("9998"));
        Template slow = Template.parse("{% for i in range(99999) %}{{ i + i }}{% endfor %}");
        TemplateException refusal =
                assertThrows(TemplateException.class, () -> slow.render(Map.of(), surroundings));
        assertTrue(String.valueOf(refusal.getMessage()).contains("250 ms"), refusal.getMessage());
    }

    @Test
    void an_error_names_its_line_and_what_was_found() {
        TemplateException undefined =
                assertThrows(
                        TemplateException.class,
                        () -> Rendering.text("a\nb\n{{ 1 }}\n{{ what.ever }}\n"));
        assertEquals(4, undefined.line());
        assertTrue(
                String.valueOf(undefined.getMessage()).contains("'what'"), undefined.getMessage());
        TemplateException raised =
                assertThrows(
                        TemplateException.class,
                        () -> Rendering.text("\n{{ raise_exception('roles!') }}"));
        assertTrue(raised.raised());
        assertTrue(String.valueOf(raised.getMessage()).contains("roles!"), raised.getMessage());
        assertEquals(
                2,
                assertThrows(TemplateException.class, () -> Template.parse("\n{% nope %}")).line());
    }
}
