package dev.tramontane.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;
import java.util.stream.Collectors;

/// Given characters stay given, whatever a template does with them.
class OriginTest {
    /// The given text is `<x>`; in the expectation given stretches stand between « and ».
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`a{{ g }}b`|a«<x>»b",
                "`{{ g + '!' }}`|«<x>»!",
                "`{{ '<' ~ g ~ '>' }}`|<«<x>»>",
                "`{{ g[1:] }}`|«x>»",
                "`{{ g[0] }}`|«<»",
                "`{{ g[::-1] }}`|«>x<»",
                "`{{ g * 2 }}`|«<x><x>»",
                "`{{ g.upper() }}`|«<X>»",
                "`{{ (g ~ 'y').title() }}`|«<X>»Y",
                "`{{ ('a' ~ g) | capitalize }}`|A«<x>»",
                "`{{ g.replace('x', '<y>') }}`|«<»<y>«>»",
                "`{{ '<x>'.replace('x', g) }}`|<«<x>»>",
                "`{{ g.split('x') | join('|') }}`|`«<»|«>»`",
                "`{{ g.split('x') }}`|['«<»', '«>»']",
                "`{{ [g, 'a'] | join('-') }}`|«<x>»-a",
                "`{{ g | trim('<') }}`|«x>»",
                "`{{ [g] | tojson }}`|[\"«<x>»\"]",
                "`{{ {'<': g} | tojson }}`|{\"<\": \"«<x>»\"}",
                "`{{ [g] }}`|['«<x>»']",
                "`{{ '%s!' % g }}`|«<x>»!",
                "`{{ '{}!'.format(g) }}`|«<x>»!",
                "`{{ '{:>5}'.format(g) }}`|`  «<x>»`",
                "`{{ g | list | reverse | join }}`|«>x<»",
                "`{% set v %}[{{ g }}]{% endset %}{{ v }}`|[«<x>»]",
                "`{% macro m(v) %}<{{ v }}>{% endmacro %}{{ m(g) }}`|<«<x>»>",
                "`{% filter upper %}a{{ g }}{% endfilter %}`|A«<X>»",
                "`{% for c in g %}{{ c }}-{% endfor %}`|«<»-«x»-«>»-",
                "`{{ dict(**d) }}`|{'«k»': '«<x>»'}",
                "`{{ namespace(**{g: 1}) }}`|<Namespace {'«<x>»': 1}>",
                "`{% macro m() %}{{ kwargs }}{% endmacro %}{{ m(**{g: 1}) }}`|{'«<x>»': 1}",
                "`{{ '%s' | format(**{g: 1}) }}`|{'«<x>»': 1}",
                "`{{ d.k }}{{ d }}`|«<x>»{'«k»': '«<x>»'}",
                "`{{ g | indent(2, true) }}`|`  «<x>»`",
                "`{{ g.center(5, '*') }}`|*«<x>»*",
                "`{{ g | e }}`|«&lt;x&gt;»",
                "`{{ ('a' ~ g) | truncate(3, true, '', 0) }}`|a«<x»",
                "`{{ 5 ~ true ~ none }}`|5TrueNone"
            })
    void an_origin_goes_with_its_characters(String template, String expected) {
        Map<String, Value> variables =
                Map.of("g", Value.given("<x>"), "d", Value.dict(Map.of("k", Value.given("<x>"))));
        String shown =
                Rendering.render(template, variables).runs().stream()
                        .map(run -> run.own() ? run.text() : "«" + run.text() + "»")
                        .collect(Collectors.joining());
        assertEquals(expected, shown);
    }
}
