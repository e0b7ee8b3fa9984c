package dev.tramontane.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.LocalDateTime;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Requirements T1 and T2: a template reaches nothing but its values, and spends what it may.
class HostileTemplatesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.__class__ }}",
                "{{ ''.__class__.__mro__[1].__subclasses__() }}",
                "{{ ''['__class__'] }}",
                "{{ x['__cl' ~ 'ass__'] }}",
                "{{ ''|attr('__class__') }}",
                "{{ [''] | map(attribute='__class__') | list }}",
                "{{ [1] | selectattr('__class__') | list }}",
                "{{ '{0.__class__}'.format(1) }}",
                "{{ '{x.__class__.__init__}'.format(x='') }}",
                "{{ '{0.__class__}'.format_map({'0': 1}) }}",
                "{{ range.__globals__ }}",
                "{{ raise_exception.__globals__['os'].popen('id').read() }}",
                "{{ namespace.__init__.__globals__ }}",
                "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
                "{{ joiner.__init__.__globals__ }}",
                "{{ self.__init__.__globals__ }}",
                "{{ lipsum.__globals__['os'] }}",
                "{{ config.items() }}",
                "{{ request.application }}",
                "{% macro m() %}{% endmacro %}{{ m.__call__ }}",
                "{% for x in [1] %}{{ loop.__class__ }}{% endfor %}",
                "{{ [].append(1) }}",
                "{{ {}.update({}) }}",
                "{{ {}.pop('a') }}",
                "{% include '/etc/passwd' %}",
                "{% import 'os' as os %}",
                "{% from 'os' import system %}",
                "{% extends 'x' %}",
                "{{ getClass() }}",
                "{{ ''.getClass() }}",
                "{{ x.class.forName('java.lang.Runtime') }}",
                "{{ 'a'.encode() }}",
                "{{ open('/etc/passwd') }}",
                "{{ now() }}"
            })
    void a_payload_that_reaches_out_is_an_error(String template) {
        TemplateException refusal =
                assertThrows(
                        TemplateException.class,
                        () -> Rendering.render(template, Map.of("x", Value.given("s"))));
        assertEquals(1, refusal.line());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ range(10**9) }}",
                "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
                "{{ 'x' * 10**9 }}",
                "{{ 'x' * 10**30 }}",
                "{{ [0] * 10**9 }}",
                "{{ 9 ** (9 ** 9) }}",
                "{{ 10 ** 5000 }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}",
                "{% for i in [[[]]] recursive %}{{ loop([i]) }}{% endfor %}",
                "{{ ('a' * 4000000).replace('a', 'bbbb') }}",
                "{{ ('a' * 8000000)|list|length }}",
                "{{ '%9999999d' % 1 }}",
                "{{ '{:99999999}'.format(1) }}",
                "{{ 'x'.center(99999999) }}",
                "{{ ('é' * 5000000) }}",
                "{{ 'a'|indent(4)|replace('', 'x' * 7000000) }}",
                "{{ range(99999)|batch(1)|map('batch', 99999999, 0)|map('list')|list }}",
                "{% for i in range(99999) %}{{ 'x' * 99 }}{% endfor %}"
            })
    void a_template_that_spends_too_much_is_stopped(String template) {
        TemplateException refusal =
                assertThrows(TemplateException.class, () -> Rendering.text(template));
        assertTrue(String.valueOf(refusal.getMessage()).startsWith("line 1 of the template: "));
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
