package dev.tramontane.jinja;

import java.util.List;

/// What hostile templates try.
public final class HostileTemplates {
    /// Known ways out of Jinja, into Python or Java.
    public static final List<String> REACHING =
            List.of(
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
                    "{{ now() }}");

    /// Ways to take more time or memory than a template may.
    public static final List<String> SPENDING =
            List.of(
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
                    "{% for i in range(99999) %}{{ 'x' * 99 }}{% endfor %}",
                    "{{ ('a' * 20000 ~ 'b') in 'a' * 40000 }}",
                    "{{ ('a' * 40000).find('a' * 20000 ~ 'b') }}",
                    "{{ ('a' * 40000).rfind('b' ~ 'a' * 20000) }}",
                    "{{ ('a' * 40000).count('a' * 20000 ~ 'b') }}",
                    "{{ ('a' * 40000).replace('a' * 20000 ~ 'b', '') }}",
                    "{{ ('a' * 40000)|replace('a' * 20000 ~ 'b', '') }}",
                    "{{ ('a' * 40000).split('a' * 20000 ~ 'b') }}",
                    "{{ ('a' * 40000).rsplit('b' ~ 'a' * 20000) }}",
                    "{{ ('a' * 40000).partition('a' * 20000 ~ 'b') }}",
                    "{{ ('a' * 40000).strip('b' * 20000 ~ 'a') }}",
                    "{{ ('a' * 40000)|trim('b' * 20000 ~ 'a') }}");

    private HostileTemplates() {}
}
