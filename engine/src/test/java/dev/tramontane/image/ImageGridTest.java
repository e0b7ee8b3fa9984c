package dev.tramontane.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

class ImageGridTest {
    private static final ImageGrid GRID = new ImageGrid(14, 1540, 2);

    @Test
    void an_image_is_cut_as_the_reference_cuts_it() {
        for (JsonNode entry : ImageVectors.cases("grid.json")) {
            ImageGrid.Tokens tokens = GRID.of(entry.get("w").asInt(), entry.get("h").asInt());
            var expected =
                    new ImageGrid.Tokens(
                            entry.get("tokens_w").asInt(), entry.get("tokens_h").asInt());
            assertEquals(expected, tokens, entry.toString());
            assertEquals(entry.get("total_ids").asInt(), tokens.ids());
            assertEquals(entry.get("resized_w").asInt(), tokens.columns() * GRID.tokenSize());
            assertEquals(entry.get("resized_h").asInt(), tokens.rows() * GRID.tokenSize());
        }
    }

    @Test
    void no_image_has_more_tokens_than_the_largest() {
        assertEquals(new ImageGrid.Tokens(55, 55), GRID.largest());
        assertEquals(3080, GRID.largest().ids());
        assertEquals(new ImageGrid.Tokens(55, 55), GRID.of(50_000, 50_000));
    }
}
