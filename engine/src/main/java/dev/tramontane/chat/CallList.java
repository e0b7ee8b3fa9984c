package dev.tramontane.chat;

import static dev.tramontane.grammar.Expression.any;
import static dev.tramontane.grammar.Expression.characters;
import static dev.tramontane.grammar.Expression.literal;
import static dev.tramontane.grammar.Expression.optional;
import static dev.tramontane.grammar.Expression.rule;
import static dev.tramontane.grammar.Expression.sequence;

import dev.tramontane.chat.TemplateRules.CallFormat;
import dev.tramontane.grammar.Expression;
import dev.tramontane.grammar.GrammarSource;
import dev.tramontane.grammar.InvalidGrammarException;
import dev.tramontane.grammar.schema.JsonSchema;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What follows the mark of calls in a format that writes them as one list ({@link
/// CallFormat#JSON_LIST}): `[{"name": "f", "arguments": {…}, "id": "nine12345"}, …]`.
///
/// Each name is a tool's, and its arguments a JSON object: one of its schema, where it is strict.
/// An id has nine letters and digits, or is not there; then the call is given one.
///
/// @param tools that may be called
/// @param several whether more than one call may come
record CallList(List<Offered> tools, boolean several) {
    private static final Expression SPACE = optional(literal(" "));

    /// A tool, and its place among the request's. Its description binds nothing and is left out,
    /// and its schema is copied: grammars are kept by these.
    record Offered(int index, ToolSpec tool) {
        Offered {
            tool = new ToolSpec(tool.name(), "", tool.parameters().deepCopy(), tool.strict());
        }

        /// What a message calls its schema.
        String parameters() {
            return "tools[" + index + "].function.parameters";
        }
    }

    CallList {
        tools = List.copyOf(tools);
    }

    /// The grammar of such a list.
    ///
    /// @throws InvalidRequestException when the schema of a strict tool cannot be a grammar
    GrammarSource grammar() {
        Map<String, Expression> rules = new LinkedHashMap<>();
        List<Expression> calls = new ArrayList<>();
        for (Offered offered : tools) {
            GrammarSource arguments = arguments(offered).under(offered.index + " ");
            rules.putAll(arguments.rules());
            calls.add(call(offered.tool.name(), rule(arguments.root())));
        }
        rules.put("call", new Expression.Choice(calls));
        Expression more = any(sequence(literal(","), SPACE, rule("call")));
        rules.put(
                "calls",
                sequence(
                        SPACE,
                        literal("["),
                        rule("call"),
                        several ? more : Expression.EMPTY,
                        literal("]")));
        return new GrammarSource(rules, "calls");
    }

    private static Expression call(String name, Expression arguments) {
        Expression id =
                new Expression.Repeat(
                        characters('0', '9', 'A', 'Z', 'a', 'z'), CallIds.LENGTH, CallIds.LENGTH);
        return sequence(
                literal("{\"name\":"),
                SPACE,
                literal("\"" + name + "\","),
                SPACE,
                literal("\"arguments\":"),
                SPACE,
                arguments,
                optional(
                        sequence(
                                literal(","),
                                SPACE,
                                literal("\"id\":"),
                                SPACE,
                                literal("\""),
                                id,
                                literal("\""))),
                literal("}"));
    }

    private static GrammarSource arguments(Offered offered) {
        try {
            return JsonSchema.of(
                            offered.tool.strict()
                                    ? objectsOf(offered.tool.parameters())
                                    : objects())
                    .grammar();
        } catch (InvalidGrammarException refused) {
            throw new InvalidRequestException(
                    offered.parameters(), String.valueOf(refused.getMessage()));
        }
    }

    /// A schema without what is no object: arguments are one, whatever a tool's schema says.
    static JsonNode objectsOf(JsonNode schema) {
        if (!(schema.deepCopy() instanceof ObjectNode root)) {
            return schema;
        }
        root.withArray("allOf").add(objects());
        return root;
    }

    private static ObjectNode objects() {
        return JsonNodeFactory.instance.objectNode().put("type", "object");
    }
}
