package dev.tramontane.server;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.math.BigDecimal;

/// What a million tokens cost, in whatever currency the operator counts.
///
/// @param input of prompts
/// @param cached of prompts, as far as they were computed before
/// @param reasoning of thinking
/// @param output of answers
public record Prices(BigDecimal input, BigDecimal cached, BigDecimal reasoning, BigDecimal output) {
    public Prices {
        for (BigDecimal price : new BigDecimal[] {input, cached, reasoning, output}) {
            if (price.signum() < 0) {
                throw new IllegalArgumentException("a price is " + price + ", expected 0 or more");
            }
        }
    }

    ObjectNode toJson() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("input", input)
                .put("cached", cached)
                .put("reasoning", reasoning)
                .put("output", output);
    }
}
