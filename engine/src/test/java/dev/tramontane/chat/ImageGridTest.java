package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.Optional;

class ImageGridTest {
    private static final ImageGrid GRID = new ImageGrid(14, 1540, 2);

    @Test
    void an_image_is_cut_as_the_reference_cuts_it() {
        for (JsonNode entry : ChatVectors.cases("../image/grid.json")) {
            ImageGrid.Tokens tokens = GRID.of(entry.get("w").asInt(), entry.get("h").asInt());
            var expected =
                    new ImageGrid.Tokens(
                            entry.get("tokens_w").asInt(), entry.get("tokens_h").asInt());
            assertEquals(expected, tokens, entry.toString());
            assertEquals(entry.get("total_ids").asInt(), tokens.ids());
        }
    }

    @Test
    void the_size_of_a_jpeg_stands_in_its_frame_header() {
        byte[] file = {
            (byte) 0xff,
            (byte) 0xd8,
            (byte) 0xff,
            (byte) 0xe0,
            0,
            4,
            1,
            2,
            (byte) 0xff,
            (byte) 0xff,
            (byte) 0xc0,
            0,
            11,
            8,
            1,
            2,
            3,
            4,
            1,
            1,
            0x11,
            0
        };
        assertEquals(Optional.of(new ImageSize(0x304, 0x102)), ImageSize.of(file));
    }

    @Test
    void a_truncated_or_foreign_file_has_no_size() {
        assertEquals(Optional.empty(), ImageSize.of(new byte[0]));
        assertEquals(Optional.empty(), ImageSize.of(new byte[100]));
        byte[] jpeg = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 4, 1, 2};
        assertEquals(Optional.empty(), ImageSize.of(jpeg));
    }
}
