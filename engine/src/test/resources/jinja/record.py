"""Records what Jinja2, set up as the transformers library does, makes of small templates of ours.

    python record.py > cases.jsonl      (needs jinja2 >= 3.1.6 and transformers >= 5; says which on stderr)

Each line: {"template", "text"} or {"template", "error": kind}. The variables are VARS, also written to vars.json.
`strftime_now` tells 2025-03-07 15:04:05.
"""
import datetime, json, sys
import jinja2, transformers
from transformers.utils import chat_template_utils


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2025, 3, 7, 15, 4, 5)


chat_template_utils.datetime = FixedTime

VARS = {
    "s": "Hello, World", "e": "", "sp": "  padded\t\n", "u": "Ünïcode 🙂 ñ", "html": "<a href=\"x\">'&'</a>",
    "n": 7, "z": 0, "neg": -7, "f": 2.5, "big": 123456789012345678901234567890, "t": True, "no": False, "nil": None,
    "l": [3, 1, 2], "ls": ["b", "A", "c", "a"], "mixed": [1, "two", None, True, 2.0, [1, 2], {"k": "v"}],
    "d": {"b": 2, "a": 1, "C": 3}, "nested": {"x": {"y": {"z": "deep"}}, "items": [1], "get": "got"},
    "people": [{"name": "Ann", "age": 31, "tags": ["x"]}, {"name": "bob", "age": 25, "tags": []}, {"name": "Cid", "age": 31}],
    "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"},
                 {"role": "assistant", "content": "Yo", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1, "b": [True, None]}}}]}],
    "tree": [{"v": 1, "kids": [{"v": 2, "kids": []}, {"v": 3, "kids": [{"v": 4, "kids": []}]}]}],
    "lines": "one\n\ntwo\nthree", "quote": "it's \"q\"", "uni": ["é", "\u2028", "\x7f", "🙂"],
}

CASES = []


def case(*templates):
    CASES.extend(templates)


def values(*expressions):
    CASES.extend("{{ " + expression + " }}" for expression in expressions)


# Values and how they print
values("s", "n", "f", "big", "t", "no", "nil", "missing", "l", "mixed", "d", "nested", "quote", "uni", "[quote, s]", "1.0", "1e5", "1e16", "1e-5", "0.1 + 0.2",
       "1e22", "123456789.0", "-0.0", "()", "(1,)", "(1, 2)", "1, 2", "{}", "{'a': 1, 2: 'b', none: true}", "[]", "[1, [2, [3]]]", "'a' 'b'", '"it\'s"',
       "'\\n\\t\\x41\\u00e9\\\\'", "'\\d'", "1_000", "0x1F", "0b101", "0o17", "1_0.5", "true", "True", "none", "None", "range(5)", "range(1, 10, 3)", "d.items()",
       "d.keys()", "d.values()", "['\\r', '\\x00', '\\xa0']", "[1.5, none]", "{'a': {'b': 1}}", "not t", "namespace(a=1)")
# Arithmetic
values("7 // 2", "-7 // 2", "7 // -2", "7 % 3", "-7 % 3", "7 % -3", "-7 % -3", "7 / 2", "6 / 2", "7.5 // 2", "-7.5 % 2", "2 ** 10", "2 ** -1", "2 ** 3 ** 2", "-2 ** 2",
       "big * big", "big // 7", "big % 97", "1 + 2 * 3", "(1 + 2) * 3", "1 - 1 - 1", "+n", "-n", "--n", "1 / 3", "10 / 4.0", "3 * 'ab'", "'ab' * -1", "[1] * 3", "(1, 2) + (3,)",
       "[1] + [2]", "'a' + 'b'", "'a' ~ 1 ~ none ~ true ~ 1.5", "t + 1", "t * 2.5", "1 // 0", "1 % 0", "1 / 0.0", "'a' + 1", "1 + 'a'", "[1] + (2,)", "none + 1", "missing + 1",
       "0 ** 0", "0 ** -1", "5.0 // 0.3", "1e308 * 10", "-0.0 % 5", "2.0 ** 0.5", "n ~ missing ~ 'x'", "'%s is %d' % ('a', 3)", "'%5.2f|%-5s|%05d|%x' % (3.14159, 'ab', 42, 255)",
       "'%(k)s' % {'k': 'v'}", "'%s' % l", "'%%'", "'100%%' % ()", "'%s %s' % ('a',)", "'%r' % 'a'", "'%c%c' % ('a', 66)", "'%+d % d' % (5, 5)", "'%e' % 12345.678", "'%g %g' % (1e-5, 123456789.0)")
# Comparison and logic
values("1 == 1.0", "1 == true", "'a' == 'a'", "[1, 2] == [1, 2]", "(1,) == [1]", "{'a': 1} == {'a': 1.0}", "none == none", "missing == missing", "missing == none", "1 < 2 < 3", "1 < 3 < 2",
       "'a' < 'b'", "'B' < 'a'", "[1, 2] < [1, 3]", "1 < 'a'", "none < 1", "missing < 1", "'a' in 'cat'", "'' in ''", "1 in l", "'b' in d", "4 not in l", "1 in 'abc'", "1 in missing", "1 in none",
       "not missing", "e or 'x'", "s and n", "z or nil", "none and missing", "1 if t else 2", "1 if no", "1 if no else 2 if no else 3", "not 1 == 2", "t and not no or no", "1 == 1 == 1", "1 != 2", "2 >= 2.0",
       "(1, 2) in [(1, 2)]", "'🙂' > 'z'", "l is defined and l", "1 if missing is defined else 'no'")
# Attributes, items, slices
values("d.a", "d['a']", "d.nope", "d.nope.more", "d['nope']", "nested.x.y.z", "nested.items", "nested['items']", "nested.get('get')", "d.get('q')", "d.get('q', 5)", "d.get('a', 5)", "l[0]", "l[-1]", "l[9]", "l.0",
       "s[0]", "s[-1]", "s[99]", "s['upper']()", "u[8]", "u[::-1]", "s[1:4]", "s[:-1]", "s[::2]", "s[::-1]", "s[10:2]", "s[-3:]", "l[1:]", "l[::-1]", "l[5:]", "(1, 2, 3)[1:]", "range(10)[2:5]", "range(10)[3]",
       "l['a']", "l[1.0]", "l[true]", "l[none:2]", "l['a':]", "l[::0]", "n.x", "missing.x", "missing['x']", "none.x", "none['x']", "messages[0]['role']", "messages[-1].tool_calls[0].function.arguments.b[1]",
       "messages[1:][0].content", "people[0]['tags'][0]", "d[missing]", "d[['a']]", "d.items()[0]", "{}.x is defined", "s.nope", "s.upper", "nested.x['y']['z']", "l[-4]", "d.pop('a')", "l.append(1)", "d.update({})", "d.pop is defined")
# String methods
values("s.upper()", "s.lower()", "s.title()", "'hello wORLD'.title()", "'hELLO'.capitalize()", "s.swapcase()", "sp.strip()", "sp.lstrip()", "sp.rstrip()", "'xxaxx'.strip('x')", "'abcba'.lstrip('ab')", "'abcba'.rstrip('ab')",
       "s.split(', ')", "'a b  c '.split()", "' a b  c '.split(none, 1)", "'a,b,,c'.split(',')", "'a,b,c'.split(',', 1)", "'a,b,c'.rsplit(',', 1)", "' a b c '.rsplit(none, 1)", "''.split()", "''.split(',')", "'abc'.split('')", "lines.splitlines()",
       "lines.splitlines(true)", "'a\\r\\nb\\rc'.splitlines()", "s.startswith('He')", "s.startswith(('x', 'He'))", "s.startswith('e', 1)", "s.endswith('ld')", "s.endswith(('a', 'd'))", "s.replace('l', 'L')", "s.replace('l', 'L', 1)", "'aaa'.replace('', '-')",
       "'ab'.replace('', '-', 2)", "s.find('o')", "s.find('o', 5)", "s.find('zz')", "s.rfind('o')", "s.index('W')", "s.index('zz')", "s.count('l')", "'aaa'.count('')", "u.find('🙂')", "u.find('ñ')", "'-'.join(['a', 'b'])", "'-'.join([1, 2])", "'-'.join('abc')", "', '.join(d)",
       "'a'.center(5)", "'ab'.center(5, '*')", "'a'.ljust(3) ~ '|'", "'a'.rjust(3)", "'-5'.zfill(4)", "'5'.zfill(3)", "'{} {}'.format(1, 'a')", "'{1} {0}'.format(1, 'a')", "'{a}-{b}'.format(a=1, b=2)", "'{:>5}|{:<5}|{:^5}'.format(1, 2, 3)", "'{:.2f}'.format(3.14159)", "'{:,}'.format(1234567)",
       "'{:05d}'.format(42)", "'{:x} {:#x} {:b}'.format(255, 255, 5)", "'{:%}'.format(0.25)", "'{0[a]} {1.name}'.format(d, people[0])", "'{{}}'.format()", "'{!r}'.format('a')", "'{:e}'.format(1234.5)", "'{:g}'.format(0.0001)", "'{:10.3}|'.format('abcdef')", "'{:+}'.format(5)", "'{}'.format()", "'{'.format()",
       "'{:.3}'.format(2.0)", "'{:*^9}'.format('mid')", "'abc'.partition('b')", "'abc'.partition('x')", "'a.b.c'.rpartition('.')", "'abc'.removeprefix('a')", "'abc'.removesuffix('c')", "'abc'.isalpha()", "'ab1'.isalnum()", "'12'.isdigit()", "'1.2'.isdigit()", "' '.isspace()", "'Ab'.istitle()",
       "'AB'.isupper()", "'ab'.islower()", "''.isalpha()", "'é'.isascii()", "'a\\tb'.expandtabs(4)", "'ß'.upper()", "'ǆ'.title()", "'STRASSE'.casefold()", "'x'.nope()", "s.upper(1)", "'a'.startswith(1)", "'{:d}'.format('a')", "'½'.isnumeric()")
# Filters
values("s|upper", "s|lower", "'hello world-foo (bar)'|title", "'hELLO'|capitalize", "sp|trim", "'xax'|trim('x')", "n|upper", "s|length", "u|length", "l|length", "d|count", "n|length", "missing|length", "none|length", "l|first", "l|last", "[]|first", "[]|last", "d|first", "d|last", "s|first",
       "l|join", "l|join(', ')", "people|join(', ', attribute='name')", "mixed|join('|')", "missing|join", "l|sort", "l|sort(reverse=true)", "ls|sort", "ls|sort(case_sensitive=true)", "people|sort(attribute='age')|map(attribute='name')|join(',')", "people|sort(attribute='age,name', reverse=true)|map(attribute='name')|list",
       "mixed|sort", "l|reverse|list", "s|reverse", "d|dictsort", "d|dictsort(true)", "d|dictsort(by='value', reverse=true)", "d|items|list", "none|items", "missing|items|list", "ls|unique|list", "[1, 1.0, true, 2]|unique|list", "l|min", "l|max", "ls|min", "[]|max", "people|max(attribute='age')", "l|sum", "people|sum(attribute='age')", "[[1], [2]]|sum(start=[])",
       "ls|map('upper')|list", "people|map(attribute='tags')|list", "people|map(attribute='nope', default='-')|list", "nested|map('length')|list", "l|select('odd')|list", "l|reject('odd')|list", "l|select('>', 1)|list", "mixed|select|list", "mixed|select('string')|list", "people|selectattr('tags')|map(attribute='name')|list",
       "people|selectattr('age', 'equalto', 31)|map(attribute='name')|list", "people|rejectattr('tags', 'defined')|map(attribute='name')|list", "messages|selectattr('role', '==', 'user')|list|length", "messages|selectattr('role', 'in', ['user', 'system'])|map(attribute='content')|join('/')", "l|select('nope')|list", "l|map('nope')|list",
       "people|groupby('age')", "people|groupby('age')|map(attribute='grouper')|list", "people|groupby('nope', default=0)|length", "l|batch(2)|list", "l|batch(2, 'x')|list", "[1, 2, 3, 4, 5]|slice(2)|list", "[1, 2, 3, 4, 5]|slice(3, 'x')|list", "s|replace('l', 'L')", "s|replace('l', 'L', 1)", "n|replace('7', 'x')", "e|default('x')", "e|default('x', true)", "missing|default('x')", "missing|d",
       "nil|default('x')", "lines|indent", "lines|indent(2, true)", "lines|indent(2, blank=true)", "lines|indent('> ')", "n|indent", "e|indent ~ '|'", "s|truncate(5)", "'foo bar baz qux'|truncate(9)", "'foo bar baz qux'|truncate(9, true)", "'foo bar baz qux'|truncate(11, false, '..', 0)", "s|center(20) ~ '|'", "lines|wordcount", "html|escape", "html|e", "html|safe", "html|safe|e",
       "html|forceescape", "(html|e) ~ '<'", "(html|e) + '<'", "'<' ~ 'x'", "html|striptags", "'a b/ü&'|urlencode", "{'a b': 1, 'c': '/'}|urlencode", "'%s-%s'|format(1, 2)", "'%(a)s'|format(a=1)", "'42'|int", "'42.7'|int", "'x'|int", "'x'|int(9)", "'0x1F'|int(0, 16)", "'101'|int(base=2)", "f|int", "nil|int", "missing|int", "t|int", "'3.5'|float", "'x'|float", "'1e3'|float", "n|float",
       "42.55|round", "42.55|round(1)", "2.5|round", "3.5|round", "-2.5|round", "42|round", "15|round(-1)", "42.55|round(1, 'floor')", "42.51|round(1, 'ceil')", "42.4|round(method='ceil')", "neg|abs", "-2.5|abs", "'a'|abs", "s|string", "n|string", "missing|string", "l|string", "s|list", "d|list", "n|list", "range(3)|list", "1500|filesizeformat", "1048576|filesizeformat(true)", "1|filesizeformat", "500|filesizeformat",
       "people[0]|attr('name')", "s|attr('upper')", "s|nope", "-1|abs", "1 + 2|abs", "'a' ~ 'b'|upper", "s|upper|lower|title", "l|map('string')|join", "none|upper", "[3, none]|sort", "'a'|batch(2)|list")
# tojson
values("mixed|tojson", "d|tojson", "d|tojson(indent=2)", "mixed|tojson(indent=4)", "[]|tojson(indent=2)", "{}|tojson(indent=2)", "u|tojson", "u|tojson(ensure_ascii=true)", "d|tojson(sort_keys=true)", "d|tojson(separators=(',', ':'))", "html|tojson", "'\\x01\\x7f\\u2028/'|tojson", "1.0|tojson", "1e100|tojson", "big|tojson", "missing|tojson",
       "{1: 2, none: 3, true: 4, 1.5: 5}|tojson", "(1, 2)|tojson", "d|tojson(indent='\\t')", "d.items()|tojson", "s|tojson|tojson", "messages[2]|tojson", "d|tojson(2)", "d|tojson(indent=0)", "none|tojson", "{(1, 2): 3}|tojson", "nested|tojson(indent=none)")
# Tests
values("missing is defined", "s is defined", "missing is undefined", "nil is none", "s is string", "n is string", "n is number", "t is number", "f is number", "n is integer", "t is integer", "f is float", "t is boolean", "n is boolean", "d is mapping", "l is mapping", "l is sequence", "d is sequence", "s is sequence", "n is sequence", "s is iterable",
       "n is iterable", "missing is iterable", "missing is sequence", "l is iterable", "d.items() is sequence", "range is callable", "s is callable", "n is odd", "n is even", "n is divisibleby 7", "n is divisibleby(2)", "s is lower", "'ab' is lower", "'AB' is upper", "1 is sameas true", "t is sameas true", "nil is sameas none", "t is true", "no is false", "n is eq 7", "n is ne 7", "n is gt 3",
       "n is lessthan 3", "n is ge 7", "1 is in l", "1 is not in l", "s is not none", "s is not string", "html is escaped", "html|e is escaped", "'upper' is filter", "'nope' is filter", "'odd' is test", "s is nope", "n is greaterthan 3 and s", "s is string and n is number", "not s is string", "n is == 7", "missing is none", "(1, 2) is sequence", "d.keys() is iterable", "n is divisibleby")
# Statements
case("{% if t %}a{% elif n %}b{% else %}c{% endif %}", "{% if no %}a{% elif n %}b{% else %}c{% endif %}", "{% if no %}a{% endif %}x", "{% for x in l %}{{ x }},{% endfor %}", "{% for x in [] %}a{% else %}none{% endfor %}", "{% for x in missing %}a{% else %}none{% endfor %}", "{% for x in nil %}a{% endfor %}",
     "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in d %}{{ k }}{% endfor %}", "{% for a, b in [(1, 2), (3, 4)] %}{{ a + b }} {% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for a, b in [1] %}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for c in u %}[{{ c }}]{% endfor %}",
     "{% for x in l %}{{ loop.index }}/{{ loop.index0 }}/{{ loop.revindex }}/{{ loop.revindex0 }}/{{ loop.first }}/{{ loop.last }}/{{ loop.length }} {% endfor %}", "{% for x in l %}{{ loop.previtem }}<{{ x }}<{{ loop.nextitem }} {% endfor %}", "{% for x in l %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }} {% endfor %}",
     "{% for x in l %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for x in [1, 1, 2, 2, 1] %}{% if loop.changed(x) %}{{ x }}{% endif %}{% endfor %}", "{% for x in l if x > 1 %}{{ x }}{{ loop.index }}{{ loop.length }} {% endfor %}", "{% for x in l if x > 9 %}{{ x }}{% else %}none{% endfor %}", "{% for x in l|select('odd') %}{{ loop.last }}{{ loop.length }}{% endfor %}",
     "{% for x in range(10) %}{% if x == 3 %}{% continue %}{% endif %}{% if x == 6 %}{% break %}{% endif %}{{ x }}{% endfor %}", "{% for x in l %}{% for y in l %}{{ loop.index }}{% if y == 1 %}{% break %}{% endif %}{% endfor %}|{{ loop.index }} {% endfor %}", "{% for n in tree recursive %}{{ n.v }}{{ loop.depth }}{% if n.kids %}({{ loop(n.kids) }}){% endif %}{% endfor %}",
     "{% for x in l %}{{ loop(l) }}{% endfor %}", "{% for x in l %}{% set y = x %}{% endfor %}{{ y }}", "{% set y = 0 %}{% for x in l %}{% set y = y + x %}{{ y }} {% endfor %}{{ y }}", "{% set ns = namespace(a=0) %}{% for x in l %}{% set ns.a = ns.a + x %}{% endfor %}{{ ns.a }}", "{% set ns = namespace() %}{% set ns.x = 1 %}{{ ns.x }}{{ ns.y }}{{ ns['x'] }}",
     "{% set ns = {} %}{% set ns.x = 1 %}", "{% set x, y = 1, 2 %}{{ x }}{{ y }}", "{% set x = 1, 2 %}{{ x }}", "{% set x %}block {{ n }}{% endset %}[{{ x }}]", "{% set x | upper %}block{% endset %}{{ x }}", "{% set x | replace('o', '0') | upper %}foo{% endset %}{{ x }}", "{% if t %}{% set q = 1 %}{% endif %}{{ q }}", "{% if no %}{% set q = 1 %}{% endif %}{{ q }}",
     "{% set s = s|upper %}{{ s }}", "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a }}", "{% with %}{% set z = 5 %}{{ z }}{% endwith %}{{ z }}", "{% with n = n + 1 %}{{ n }}{% endwith %}{{ n }}", "{% filter upper %}a {{ s }}{% endfilter %}", "{% filter replace('a', 'b')|upper %}banana{% endfilter %}", "{% generation %}gen {{ s }}{% endgeneration %}!", "{% generation %}{% set g = 1 %}{% endgeneration %}{{ g }}",
     "{% print n, s %}", "{% raw %}{{ not }}{% if %}{% endraw %}", "{%- raw -%}  {{ x }}  {%- endraw -%}  y", "{# comment {{ x }} #}a", "a{#- c -#} b", "{% if t %}{# c #}\n  x\n{% endif %}")
# Macros
case("{% macro m(a, b=2) %}{{ a }}-{{ b }};{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=4, a=5) }}{{ m() }}", "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}", "{% macro m(a, b=a) %}{{ b }}{% endmacro %}{{ m(1) }}",
     "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}hi {{ s }}{% endcall %}", "{% macro m() %}[{{ caller(1, 2) }}]{% endmacro %}{% call(a, b) m() %}{{ a }}{{ b }}{% endcall %}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}", "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}", "{% macro m(x) %}{% if x > 0 %}{{ x }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(4) }}",
     "{{ m(1) }}{% macro m(a) %}{% endmacro %}", "{% set g = 1 %}{% macro m() %}{{ g }}{% endmacro %}{% set g = 2 %}{{ m() }}", "{% macro m() %}{% set g = 1 %}{% endmacro %}{{ m() }}{{ g }}", "{% macro m() %}{{ n }}{% endmacro %}{{ m.name }}{{ m()|length }}", "{% macro outer() %}{% macro inner() %}i{% endmacro %}{{ inner() }}{% endmacro %}{{ outer() }}", "{% for x in l %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}",
     "{% macro m(a=missing) %}{{ a is defined }}{% endmacro %}{{ m() }}", "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}", "{% macro m(a) -%}  {{ a }}  {%- endmacro %}[{{ m(1) }}]", "{% macro m(*a) %}{% endmacro %}", "{% macro m(a=1, b) %}{% endmacro %}", "{% macro m(x) %}{{ x|upper }}{% endmacro %}{{ [m('a'), m('b')]|join('+') }}")
values("dict(a=1, b=2)", "dict([('a', 1)])", "dict(d, z=9)", "range(3)|list", "range(3, 0, -1)|list", "range(0)|list", "range(1, 2, 0)", "range()", "range('a')", "range(200000)", "namespace(d).a", "raise_exception('no')", "strftime_now('%Y-%m-%d %H:%M:%S')", "strftime_now('%d %b %Y')", "strftime_now('%A, %B %-d, %y %j %p %I %a')", "strftime_now('%%%q')",
       "nope()", "s()", "n.real()", "dict(1)", "range(3, b=1)", "m(*l)", "[l]|first|first", "dict(**d)", "'{}{}'.format(*[1, 2])", "'{a}'.format(**{'a': 1})")
case("{% set j = joiner(', ') %}{% for x in l %}{{ j() }}{{ x }}{% endfor %}", "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.next() }}")
# White space
case("a\n{% if t %}\nb\n{% endif %}\nc", "a\n  {% if t %}  \n  b\n  {% endif %}\nc", "a\n  {%- if t -%}  \n  b\n  {%- endif -%}\nc", "a {%- if t %} b {% endif -%} c", "a\n  {%+ if t %}b{% endif %}", "a {% if t +%}\nb{% endif %}", "  {{ n }}  \n", "  {{- n -}}  \nx", "{{ n }}\n", "{{ n }}\n\n", "\n{{ n }}", "  {# c #}\nx", "  {#- c -#}  \nx", "a\r\nb\rc", "{% if t %}\r\nx{% endif %}", "x {% set a = 1 %} y", "\t{% set a = 1 %}\ty",
     "{% for x in l %}\n  {{ x }}\n{% endfor %}\n", "{%- for x in l -%}\n  {{ x }}\n{%- endfor -%}\n", "{{ 'a' }}\n{{ 'b' }}", "{% if t %} {% endif %}", "a\n\n   {% if t %}\n\n   b\n{% endif %}", "{{- ' a ' -}}", "{% set x = 1 -%}\n\n  y", "\n\n{%- if t %}x{% endif %}\n\n", "a{{ '' }}\n  {% if t %}x{% endif %}", "  {% if t %}{% if t %}\n  x{% endif %}{% endif %}", "\u00a0{%- if t %}x{% endif %}")
# Errors of syntax
case("{{", "{{ }}", "{% if %}", "{% if t %}", "{% endif %}", "{% nope %}", "{{ 1 + }}", "{{ (1 }}", "{{ [1 }}", "{{ 'a }}", "{# a", "{% for x %}{% endfor %}", "{% for x in l %}", "{% set 1 = 2 %}", "{% set x %}", "{{ a b }}", "{{ 1 if }}", "{{ a. }}", "{{ a| }}", "{{ a is }}", "{{ f(a=1, 2) }}", "{% macro %}{% endmacro %}", "{% break %}", "{{ x is defined is none }}", "{{ ] }}", "{{ $ }}", "{% else %}", "{% block b %}x",
     "{{ f(**a, **b) }}", "{{ {'a' 1} }}", "{% set true = 1 %}", "{{ 'a' 1 }}", "}}", "%}", "{ {", "{{ '{{' }}", "{{ '}}' }}", "{{ {'a': {}} }}", "{{ {'a':{'b':1}} }}", "{{ a[] }}", "{% if t: %}x{% endif %}", "{{ not }}", "{{ 'x' if true else }}", "{% call 1 %}{% endcall %}")
# Undefined and None in use
values("missing ~ 'x'", "missing|upper", "missing|list", "missing|first", "missing or 'x'", "missing and 1", "missing()", "missing.a is defined", "d.x.y is defined", "d.x is defined and d.x.y", "nil|length", "nil.a", "nil is none or nil.a", "-missing", "missing * 2", "missing in l", "missing|int", "missing|replace('a', 'b')", "missing|trim", "nil|trim", "nil|string", "nil ~ ''", "nil|list", "nil + ''",
       "missing[0]", "missing|tojson", "'%s' % missing", "'{}'.format(missing)", "[missing]", "missing if t", "(missing)|default(1)", "missing == ''", "missing != nil", "missing|abs", "l[missing]", "s + missing", "missing|sort|list", "missing|batch(2)|list", "missing|sum", "missing|map('upper')|list")

if __name__ == "__main__":
    print("jinja2", jinja2.__version__, "transformers", transformers.__version__, len(CASES), "cases", file=sys.stderr)
    with open("vars.json", "w") as out:
        json.dump(VARS, out, ensure_ascii=True)
        out.write("\n")
    for template in dict.fromkeys(CASES):
        line = {"template": template}
        try:
            line["text"] = chat_template_utils._cached_compile_jinja_template(template).render(**VARS)
        except Exception as error:
            line["error"] = type(error).__name__
        if " object at 0x" not in line.get("text", "") and "generator object" not in line.get("text", ""):
            print(json.dumps(line, ensure_ascii=True))
