package dev.tramontane.grammar.schema;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;

/// Random schemas of the subset, bounded so that a document of any of them ends: strings and arrays
/// have a longest length, objects few properties, and schemas that refer to themselves an end.
final class RandomSchemas {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final List<String> NAMES = List.of("a", "b", "name", "kind", "x y", "\"q\"");
    private static final List<String> PATTERNS =
            List.of("^[a-z]*$", "^a", "b$", "[0-9]", "^(ab|cd)+$", "^.?é.?$", "^[^\\n\"]{1,5}$");
    private static final List<String> FORMATS =
            List.of("date", "time", "date-time", "uuid", "ipv4", "ipv6", "duration", "hostname");
    private static final List<String> VALUES =
            List.of(
                    "null",
                    "true",
                    "false",
                    "0",
                    "7",
                    "-1.5",
                    "\"a\"",
                    "\"é\\n\"",
                    "[]",
                    "[1,\"b\"]",
                    "{}",
                    "{\"a\":1,\"b\":[true]}",
                    "100",
                    "\"kind\"");

    private final Random random;

    RandomSchemas(Random random) {
        this.random = random;
    }

    /// A schema with a `$defs` that it may refer to.
    JsonNode next() {
        ObjectNode schema = schema(3);
        schema.set("$defs", NODES.objectNode().set("shared", leaf()));
        return schema;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private ObjectNode schema(int depth) {
        if (depth == 0 || chance(30)) {
            return leaf();
        }
        return switch (random.nextInt(9)) {
            case 0, 1, 2 -> object(depth);
            case 3, 4 -> array(depth);
            case 5 -> combined("anyOf", depth);
            case 6 -> combined("oneOf", depth);
            case 7 -> narrowed(depth);
            default -> conditional(depth);
        };
    }

    private ObjectNode leaf() {
        return switch (random.nextInt(8)) {
            case 0 -> NODES.objectNode().put("type", "boolean");
            case 1 -> values();
            case 2, 3 -> number();
            case 4, 5, 6 -> string();
            default -> NODES.objectNode().set("type", NODES.arrayNode().add("null").add("integer"));
        };
    }

    private ObjectNode values() {
        if (chance(30)) {
            return NODES.objectNode().set("const", value());
        }
        ArrayNode all = NODES.arrayNode();
        for (int i = 0; i <= random.nextInt(4); i++) {
            all.add(value());
        }
        return NODES.objectNode().set("enum", all);
    }

    private JsonNode value() {
        return JsonMapper.shared().readTree(one(VALUES));
    }

    private ObjectNode number() {
        ObjectNode schema = NODES.objectNode().put("type", chance(60) ? "integer" : "number");
        BigDecimal low = BigDecimal.valueOf(random.nextInt(4_000) - 2_000L, random.nextInt(4) - 1);
        if (chance(60)) {
            schema.put(chance(50) ? "minimum" : "exclusiveMinimum", low);
        }
        if (chance(60)) {
            BigDecimal high = low.add(BigDecimal.valueOf(random.nextInt(500), random.nextInt(2)));
            schema.put(chance(50) ? "maximum" : "exclusiveMaximum", high);
        }
        if (chance(25)) {
            schema.put(
                    "multipleOf",
                    new BigDecimal(one(List.of("1", "2", "5", "7", "0.01", "0.25", "1.5"))));
        }
        return schema;
    }

    private ObjectNode string() {
        ObjectNode schema = NODES.objectNode().put("type", "string");
        if (chance(20)) {
            return schema.put("format", one(FORMATS));
        }
        if (chance(40)) {
            schema.put("pattern", one(PATTERNS));
        }
        int least = chance(30) ? random.nextInt(3) : 0;
        if (least > 0) {
            schema.put("minLength", least);
        }
        return schema.put("maxLength", least + 1 + random.nextInt(8));
    }

    private ObjectNode object(int depth) {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ObjectNode properties = NODES.objectNode();
        ArrayNode required = NODES.arrayNode();
        for (String name : NAMES) {
            if (chance(45)) {
                properties.set(name, schema(depth - 1));
            }
            if (chance(25)) {
                required.add(name);
            }
        }
        schema.set("properties", properties);
        schema.set("required", required);
        switch (random.nextInt(4)) {
            case 0 -> {
                schema.set("additionalProperties", leaf());
                schema.put("maxProperties", required.size() + 2);
            }
            case 1 -> {
                schema.set(
                        "patternProperties",
                        NODES.objectNode()
                                .set("^[an]", leaf())
                                .set("b$", NODES.objectNode().put("type", "integer")));
                schema.set("additionalProperties", leaf());
                schema.set("propertyNames", NODES.objectNode().put("maxLength", 4));
                schema.put("maxProperties", required.size() + 1);
            }
            default -> schema.put("additionalProperties", false);
        }
        if (chance(15)) {
            schema.put("minProperties", 1);
        }
        if (chance(15)) {
            schema.set(
                    "dependentRequired",
                    NODES.objectNode().set(one(NAMES), NODES.arrayNode().add(one(NAMES))));
        }
        return schema;
    }

    private ObjectNode array(int depth) {
        ObjectNode schema = NODES.objectNode().put("type", "array");
        int most = 1 + random.nextInt(4);
        schema.put("maxItems", most);
        if (chance(40)) {
            schema.put("minItems", random.nextInt(most + 1));
        }
        if (chance(40)) {
            ArrayNode prefix = NODES.arrayNode();
            for (int i = 0; i <= random.nextInt(2); i++) {
                prefix.add(schema(depth - 1));
            }
            schema.set("prefixItems", prefix);
        }
        schema.set("items", schema(depth - 1));
        if (chance(25)) {
            schema.set("contains", leaf());
            if (chance(40)) {
                schema.put("minContains", random.nextInt(2));
                schema.put("maxContains", 1 + random.nextInt(2));
            }
        }
        return schema;
    }

    private ObjectNode combined(String keyword, int depth) {
        ArrayNode branches = NODES.arrayNode();
        for (int i = 0; i < 2 + random.nextInt(2); i++) {
            branches.add(
                    chance(15)
                            ? NODES.objectNode().put("$ref", "#/$defs/shared")
                            : schema(depth - 1));
        }
        return NODES.objectNode().set(keyword, branches);
    }

    /// Two schemas of one kind at once.
    private ObjectNode narrowed(int depth) {
        ObjectNode[] pair =
                switch (random.nextInt(4)) {
                    case 0 -> new ObjectNode[] {string(), string()};
                    case 1 -> new ObjectNode[] {number(), number()};
                    case 2 -> new ObjectNode[] {array(depth), array(depth)};
                    default -> new ObjectNode[] {object(depth), object(depth)};
                };
        if (chance(30)) {
            pair[0].set("not", chance(50) ? values() : leaf());
        }
        return NODES.objectNode().set("allOf", NODES.arrayNode().add(pair[0]).add(pair[1]));
    }

    private ObjectNode conditional(int depth) {
        return schema(depth - 1)
                .set("if", leaf())
                .set("then", leaf())
                .set("else", schema(depth - 1));
    }
}
