package dev.tramontane.grammar.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.grammar.GrammarSource;
import dev.tramontane.grammar.InvalidGrammarException;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.stream.IntStream;

/// What texts the grammar of a schema has.
class SchemaGrammarTest {
    private static void assertMatches(String schema, String... texts) {
        GrammarSource grammar = grammar(schema);
        for (String text : texts) {
            assertTrue(TreeMatcher.matches(grammar, text), () -> text + " of " + schema);
        }
    }

    private static void assertRefuses(String schema, String... texts) {
        GrammarSource grammar = grammar(schema);
        for (String text : texts) {
            assertFalse(TreeMatcher.matches(grammar, text), () -> text + " of " + schema);
        }
    }

    private static GrammarSource grammar(String schema) {
        return JsonSchema.parse(schema.replace('\'', '"')).grammar();
    }

    private static String refusal(String schema) {
        return assertThrows(InvalidGrammarException.class, () -> grammar(schema)).where();
    }

    @Test
    void a_space_may_follow_a_comma_or_a_colon_and_stand_nowhere_else() {
        String schema =
                "{'type':'object','properties':{'a':{},'b':{}},'additionalProperties':false}";
        assertMatches(schema, "{\"a\":1,\"b\":[1, 2]}", "{\"a\": 1, \"b\":{}}");
        assertRefuses(
                schema, "{ \"a\":1}", "{\"a\" :1}", "{\"a\":  1}", "{\"a\":1 }", "{\n\"a\":1}");
    }

    @Test
    void properties_come_in_the_order_of_the_schema_and_others_behind_them() {
        String schema =
                "{'type':'object','properties':{'a':{'type':'null'},'b':{'type':'null'}},'required':['c']}";
        assertMatches(
                schema,
                "{\"a\":null,\"b\":null,\"c\":1,\"d\":2}",
                "{\"b\":null,\"c\":1}",
                "{\"c\":1}");
        assertRefuses(
                schema, "{\"b\":null,\"a\":null,\"c\":1}", "{\"a\":null}", "{\"c\":1,\"a\":null}");
    }

    @Test
    void another_property_is_never_one_that_the_schema_names() {
        String schema =
                "{'type':'object','properties':{'ab':{'type':'integer'}},'additionalProperties':{'type':'string'}}";
        assertMatches(schema, "{\"ab\":1,\"a\":\"x\",\"abc\":\"y\"}", "{\"\":\"\"}");
        assertRefuses(
                schema, "{\"ab\":\"x\"}", "{\"a\\u0062\":\"x\"}", "{\"a\":\"x\",\"ab\":\"x\"}");
    }

    @Test
    void strings_are_counted_in_characters_however_they_are_escaped() {
        String schema = "{'type':'string','minLength':2,'maxLength':2}";
        assertMatches(
                schema,
                "\"ab\"",
                "\"\\n\\\"\"",
                "\"\\u00e9é\"",
                "\"😀😀\"",
                "\"\\ud83d\\ude00a\"",
                "\"\\/b\"");
        assertRefuses(
                schema,
                "\"a\"",
                "\"abc\"",
                "\"😀\"",
                "\"\\ud83d\\ude00\"",
                "\"\\ud83da\"",
                "\"\\q1\"",
                "\"a\nb\"");
    }

    @Test
    void characters_of_a_pattern_are_escaped_where_they_must_be() {
        String schema = "{'type':'string','pattern':'^[\\\\u0000-#]{2}$'}";
        assertMatches(schema, "\"\\\"!\"", "\"\\n\\u0001\"", "\" #\"");
        assertRefuses(schema, "\"\"\"", "\"$!\"", "\"\n!\"", "\"\\\\!\"");
    }

    @Test
    void a_pattern_a_length_and_a_format_hold_together() {
        String schema = "{'type':'string','pattern':'^2024','minLength':10,'format':'date'}";
        assertMatches(schema, "\"2024-02-29\"");
        assertRefuses(schema, "\"2023-02-28\"", "\"2024-02-30\"", "\"2024\"");
    }

    @Test
    void bounds_of_numbers_hold_exactly() {
        String between = "{'type':'number','exclusiveMinimum':-1.5,'maximum':10.25}";
        assertMatches(between, "-1.49999", "0", "-0.0", "9.999", "10.25", "10.2500", "1.0");
        assertRefuses(
                between, "-1.5", "-1.50", "-2", "10.2501", "10.3", "11", "1e1", "01", "1.", ".5");
        String integers = "{'type':'integer','minimum':-12,'exclusiveMaximum':105}";
        for (int i = -130; i <= 1100; i++) {
            assertEquals(
                    i >= -12 && i < 105,
                    TreeMatcher.matches(grammar(integers), Integer.toString(i)),
                    "" + i);
        }
    }

    @Test
    void bounds_may_be_longer_than_other_numbers() {
        assertMatches("{'minimum':1e30,'type':'integer'}", "1" + "0".repeat(30));
        assertRefuses("{'minimum':1e30,'type':'integer'}", "9".repeat(30));
        assertMatches("{'exclusiveMinimum':1e-25,'maximum':2e-25}", "0." + "0".repeat(24) + "2");
    }

    @Test
    void multiples_are_told_by_their_digits() {
        GrammarSource sevens = grammar("{'type':'integer','multipleOf':7}");
        for (int i = -200; i <= 2_000; i++) {
            assertEquals(i % 7 == 0, TreeMatcher.matches(sevens, Integer.toString(i)), "" + i);
        }
        assertMatches("{'type':'number','multipleOf':0.25}", "1.25", "3", "0.5", "-7.75", "0");
        assertMatches("{'type':'integer','multipleOf':1000}", "3000", "-12000", "0");
        assertRefuses("{'type':'integer','multipleOf':1000}", "3100", "100");
        assertRefuses("{'type':'number','multipleOf':0.25}", "1.3", "0.125", "1.2501");
    }

    @Test
    void one_of_branches_that_overlap_is_exactly_one() {
        String schema = "{'oneOf':[{'type':'integer','minimum':5},{'type':'number','maximum':10}]}";
        assertMatches(schema, "4", "11", "7.5", "-3");
        assertRefuses(schema, "5", "7", "10", "10.5", "null");
    }

    @Test
    void one_of_objects_told_apart_by_a_constant_is_any_of_them() {
        String schema =
                """
                {'oneOf':[
                  {'type':'object','properties':{'kind':{'const':'circle'},'r':{'type':'number'}},
                   'required':['kind','r'],'additionalProperties':false},
                  {'type':'object','properties':{'kind':{'const':'point'}},
                   'required':['kind'],'additionalProperties':false}]}""";
        assertMatches(schema, "{\"kind\":\"circle\",\"r\":1}", "{\"kind\":\"point\"}");
        assertRefuses(schema, "{\"kind\":\"circle\"}", "{\"kind\":\"point\",\"r\":1}");
    }

    @Test
    void if_then_else_and_not_become_alternatives() {
        String schema =
                """
                {'type':'object','properties':{'country':{'enum':['DE','US']},'zip':{'type':'string','maxLength':9}},
                 'required':['country','zip'],'additionalProperties':false,
                 'if':{'properties':{'country':{'const':'DE'}}},
                 'then':{'properties':{'zip':{'pattern':'^[0-9]{5}$'}}},
                 'else':{'properties':{'zip':{'not':{'pattern':'x'}}}}}""";
        assertMatches(
                schema,
                "{\"country\":\"DE\",\"zip\":\"01234\"}",
                "{\"country\":\"US\",\"zip\":\"ab\"}");
        assertRefuses(
                schema,
                "{\"country\":\"DE\",\"zip\":\"ab\"}",
                "{\"country\":\"US\",\"zip\":\"axb\"}");
    }

    @Test
    void recursion_goes_through_references() {
        String schema =
                "{'$ref':'#/$defs/tree','$defs':{'tree':{'type':'object','properties':{'v':{'type':'integer'},'of':{'type':'array','items':{'$ref':'#/$defs/tree'}}},'required':['v'],'additionalProperties':false}}}";
        assertMatches(schema, "{\"v\":1,\"of\":[{\"v\":2,\"of\":[]},{\"v\":3}]}");
        assertRefuses(schema, "{\"v\":1,\"of\":[{\"of\":[]}]}");
    }

    @Test
    void items_are_counted_and_may_have_to_contain_some() {
        assertMatches(
                "{'type':'array','items':{'type':'integer'},'minItems':1,'maxItems':3}",
                "[1]",
                "[1,2,3]");
        assertRefuses(
                "{'type':'array','items':{'type':'integer'},'minItems':1,'maxItems':3}",
                "[]",
                "[1,2,3,4]",
                "[\"\"]");
        String contains =
                "{'type':'array','contains':{'const':1},'maxContains':2,'items':{'type':'integer'}}";
        assertMatches(contains, "[1]", "[0,1,2,1]");
        assertRefuses(contains, "[]", "[0]", "[1,1,1]");
        String unique =
                "{'type':'array','items':{'enum':['a','b','c']},'uniqueItems':true,'minItems':2}";
        assertMatches(unique, "[\"b\",\"a\"]", "[\"c\",\"a\",\"b\"]");
        assertRefuses(unique, "[\"a\"]", "[\"a\",\"a\"]");
    }

    @Test
    void properties_are_counted_where_they_cannot_repeat() {
        String schema =
                "{'type':'object','properties':{'a':{},'b':{},'c':{}},'additionalProperties':false,'minProperties':1,'maxProperties':2}";
        assertMatches(schema, "{\"c\":1}", "{\"a\":1,\"c\":1}");
        assertRefuses(schema, "{}", "{\"a\":1,\"b\":1,\"c\":1}");
        assertEquals("#/minProperties", refusal("{'type':'object','minProperties':2}"));
    }

    @Test
    void what_no_document_can_be_is_refused() {
        assertEquals("#", refusal("false"));
        assertEquals("#", refusal("{'type':'integer','minimum':1,'maximum':0}"));
        assertEquals("#", refusal("{'type':'object','properties':{'a':false},'required':['a']}"));
        assertEquals("#", refusal("{'type':'array','items':{'$ref':'#'},'minItems':1}"));
        assertEquals("#", refusal("{'enum':[1,2],'type':'string'}"));
    }

    @Test
    void a_list_of_values_is_written_as_it_stands() {
        String schema = "{'enum':['a\\n',1.50,{'x':[null]},true]}";
        assertMatches(schema, "\"a\\n\"", "1.5", "{\"x\": [null]}", "true");
        assertRefuses(schema, "\"a\"", "2", "{\"x\":[]}", "false");
        String many = IntStream.range(0, 10_000).mapToObj(Integer::toString).toList().toString();
        assertMatches("{'enum':" + many + "}", "0", "9999");
    }

    @Test
    void half_a_character_is_refused_where_it_stands() {
        assertEquals("#/const", refusal("{'const':'a\\ud800b'}"));
        assertEquals("#/enum", refusal("{'enum':[{'a':['\\udfff']}]}"));
        ObjectNode named = JsonNodeFactory.instance.objectNode(); // no reader gives such a name
        ObjectNode inner = named.putObject("properties").putObject("a");
        inner.put("additionalProperties", false).putObject("properties").put("\ud800", true);
        InvalidGrammarException refused =
                assertThrows(InvalidGrammarException.class, () -> JsonSchema.of(named).grammar());
        assertEquals("#/properties/a/properties", refused.where());
        for (String schema :
                List.of(
                        "{'type':'object','required':['\\ud800']}",
                        "{'propertyNames':{'enum':['\\ud800']}}",
                        "{'type':'string','not':{'const':'\\ud800'}}")) {
            String message =
                    assertThrows(InvalidGrammarException.class, () -> grammar(schema)).getMessage();
            assertTrue(String.valueOf(message).contains("half a character (U+D800)"), message);
        }
        assertMatches("{'const':'\\ud83d\\ude00'}", "\"😀\"");
    }

    @Test
    void a_refusal_spells_whole_characters_though_a_schema_has_half_a_one() {
        InvalidGrammarException refused =
                assertThrows(InvalidGrammarException.class, () -> grammar("{'type':'\\ud800'}"));
        assertTrue(
                String.valueOf(refused.getMessage()).contains("\"\uFFFD\""), refused.getMessage());
    }

    @Test
    void keywords_that_are_not_known_here_are_refused_by_name_and_pointer() {
        for (String keyword :
                List.of("unevaluatedProperties", "$dynamicRef", "nullable", "dependencies")) {
            String schema = "{'properties':{'a/b':{'" + keyword + "':true}}}";
            assertEquals("#/properties/a~1b/" + keyword, refusal(schema));
        }
        assertEquals("#/format", refusal("{'format':'iri'}"));
        assertEquals("#/uniqueItems", refusal("{'type':'array','uniqueItems':true}"));
    }
}
