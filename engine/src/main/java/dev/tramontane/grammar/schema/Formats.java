package dev.tramontane.grammar.schema;

import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.Limits;
import dev.tramontane.grammar.Regex;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The values of `format` as regular expressions, so that they can be generated, intersected and
/// complemented; an assertion here, where JSON Schema leaves the choice (Validation, 7.2).
///
/// Not told by the expressions: leap seconds but those at 23:59:60Z, the 253 characters that a host
/// name may have in all, and the rules of internationalised names behind `xn--`.
final class Formats {
    /// RFC 3339, 5.6, with the months' days and leap years of 5.7.
    private static final String DATE =
            "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
                    + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)"
                    + "|02-(?:0[1-9]|1\\d|2[0-8]))"
                    + "|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])"
                    + "|(?:[02468][048]|[13579][26])00)-02-29)";

    private static final String TIME =
            "(?:(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d+)?"
                    + "(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)"
                    + "|23:59:60(?:\\.\\d+)?[Zz])";

    /// RFC 3339, appendix A.
    private static final String DURATION =
            "P(?:\\d+W|(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)(?:T~)?|T~)"
                    .replace("~", "(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)");

    /// RFC 1123, 2.1.
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    private static final String HOSTNAME = LABEL + "(?:\\." + LABEL + ")*";

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

    private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";

    /// RFC 4291, 2.2, in the form of RFC 3986, 3.2.2.
    private static final String IPV6 =
            ("(?:(?:h:){6}L|::(?:h:){5}L|(?:h)?::(?:h:){4}L|(?:(?:h:){0,1}h)?::(?:h:){3}L"
                            + "|(?:(?:h:){0,2}h)?::(?:h:){2}L|(?:(?:h:){0,3}h)?::h:L"
                            + "|(?:(?:h:){0,4}h)?::L|(?:(?:h:){0,5}h)?::h|(?:(?:h:){0,6}h)?::)")
                    .replace("L", "(?:h:h|" + IPV4 + ")")
                    .replace("h", "[0-9A-Fa-f]{1,4}");

    /// RFC 5321, 4.1.2 and 4.1.3.
    private static final String EMAIL =
            "(?:a+(?:\\.a+)*|\"(?:[ !#-\\[\\]-~]|\\\\[ -~])*\")"
                            .replace("a", "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]")
                    + "@(?:"
                    + HOSTNAME
                    + "|\\[(?:"
                    + IPV4
                    + "|IPv6:"
                    + IPV6
                    + ")\\])";

    private static final String UUID = "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}";

    /// RFC 3986, appendix A.
    private static final String PATH_CHARACTER =
            "(?:[A-Za-z0-9\\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})";

    private static final String NAME_CHARACTER = "(?:[A-Za-z0-9\\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})";

    private static final String AUTHORITY =
            "(?:(?:"
                    + NAME_CHARACTER
                    + "|:)*@)?"
                    + "(?:\\[(?:"
                    + IPV6
                    + "|[Vv][0-9A-Fa-f]+\\.(?:[A-Za-z0-9\\-._~!$&'()*+,;=:])+)\\]"
                    + "|"
                    + NAME_CHARACTER
                    + "*)"
                    + "(?::\\d*)?";

    private static final String QUERY_AND_FRAGMENT =
            "(?:\\?(?:p|[/?])*)?(?:#(?:p|[/?])*)?".replace("p", PATH_CHARACTER);

    private static final String URI =
            "[A-Za-z][A-Za-z0-9+.\\-]*:"
                    + ("(?://" + AUTHORITY + "(?:/~*)*|/(?:~+(?:/~*)*)?|~+(?:/~*)*)?")
                            .replace("~*", PATH_CHARACTER + "*")
                            .replace("~+", PATH_CHARACTER + "+")
                    + QUERY_AND_FRAGMENT;

    private static final String RELATIVE =
            ("(?://"
                                    + AUTHORITY
                                    + "(?:/~*)*|/(?:~+(?:/~*)*)?|(?:"
                                    + NAME_CHARACTER
                                    + "|@)+(?:/~*)*)?")
                            .replace("~*", PATH_CHARACTER + "*")
                            .replace("~+", PATH_CHARACTER + "+")
                    + QUERY_AND_FRAGMENT;

    /// RFC 6901, 3.
    private static final String JSON_POINTER = "(?:/(?:[^~/]|~[01])*)*";

    private static final Map<String, String> EXPRESSIONS =
            Map.ofEntries(
                    Map.entry("date", DATE),
                    Map.entry("time", TIME),
                    Map.entry("date-time", DATE + "[Tt]" + TIME),
                    Map.entry("duration", DURATION),
                    Map.entry("email", EMAIL),
                    Map.entry("hostname", HOSTNAME),
                    Map.entry("ipv4", IPV4),
                    Map.entry("ipv6", IPV6),
                    Map.entry("uuid", UUID),
                    Map.entry("uri", URI),
                    Map.entry("uri-reference", "(?:" + URI + "|" + RELATIVE + ")"),
                    Map.entry("json-pointer", JSON_POINTER),
                    Map.entry("relative-json-pointer", "(?:0|[1-9]\\d*)(?:#|" + JSON_POINTER + ")"),
                    // RFC 4648, 4: OpenAPI's name for base64
                    Map.entry("byte", "(?:B{4})*(?:B{2}==|B{3}=)?".replace("B", "[A-Za-z0-9+/]")));

    /// OpenAPI's whole numbers by their bits.
    private static final Map<String, Integer> INTEGER_BITS = Map.of("int32", 32, "int64", 64);

    /// OpenAPI's names that say how a value is kept, not which is valid.
    private static final Set<String> TOLD_ONLY = Set.of("float", "double", "password", "binary");

    private final WorkLimit limit;
    private final Map<String, CharacterAutomaton> known = new HashMap<>();

    /// @param limit of one document's schemas; each format counts once
    Formats(WorkLimit limit) {
        this.limit = limit;
    }

    private CharacterAutomaton language(String name, String expression) {
        CharacterAutomaton language = known.get(name);
        if (language == null) {
            Expression texts = Regex.whole(expression, Limits.STANDARD, limit::spend);
            language = CharacterAutomaton.of(texts, limit);
            known.put(name, language);
        }
        return language;
    }

    /// What a format asks.
    ///
    /// @param at pointer of the keyword
    List<Constraint> named(String name, String at) {
        String expression = EXPRESSIONS.get(name);
        if (expression != null) {
            return List.of(new Constraint.Form(at, "format " + name, language(name, expression)));
        }
        if (INTEGER_BITS.containsKey(name)) {
            BigDecimal end = BigDecimal.TWO.pow(INTEGER_BITS.get(name) - 1);
            return List.of(
                    new Constraint.Limit(at, end.negate(), true, true),
                    new Constraint.Limit(at, end, false, false));
        }
        if (TOLD_ONLY.contains(name)) {
            return List.of();
        }
        throw new InvalidGrammarException(
                at,
                "the format %s is not supported, expected one of %s; use pattern"
                        .formatted(name, EXPRESSIONS.keySet().stream().sorted().toList()));
    }
}
