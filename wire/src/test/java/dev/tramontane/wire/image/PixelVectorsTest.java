package dev.tramontane.wire.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.image.ImageGrid;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.image.RgbImage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/// From a file to what the encoder reads, as mistral-common has it: colours, transparency,
/// palettes, greys; sizes, and the tokens that an image becomes.
class PixelVectorsTest {
    private static final Path RECORDED =
            Path.of("../engine/src/test/resources/vectors/image/pixels.json");

    private static final ImageGrid GRID = new ImageGrid(14, 1540, 2);
    private static final int IMG = 10;
    private static final int IMG_BREAK = 12;
    private static final int IMG_END = 13;

    /// A few units in the last place of values up to 255, normalised: additions in another order.
    private static final float CLOSE = 2e-6f;

    static List<JsonNode> cases() throws IOException {
        JsonNode file = new JsonMapper().readTree(Files.readAllBytes(RECORDED));
        return file.path("cases").valueStream().toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_file_becomes_what_the_reference_makes_of_it(JsonNode recorded) {
        byte[] png = Base64.getDecoder().decode(recorded.path("png_b64").asString());
        RgbImage image = new ImageDecoder(ImageLimits.USUAL).decode(png, "image");
        int[] ids = recorded.path("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
        assertArrayEquals(ids, ids(GRID.of(image)));
        ImagePatches patches = ImagePatches.of(image, GRID);
        assertEquals(recorded.path("chw").get(1).intValue(), patches.rows() * 14);
        assertEquals(recorded.path("chw").get(2).intValue(), patches.columns() * 14);
        for (JsonNode sample : recorded.path("samples")) {
            float value =
                    patches.value(
                            sample.get(0).intValue(),
                            sample.get(1).intValue(),
                            sample.get(2).intValue());
            assertEquals(sample.get(3).floatValue(), value, CLOSE, sample.toString());
        }
        if (recorded.has("full")) {
            checkAll(recorded.at("/full/f32le_b64").asString(), patches);
        }
    }

    private static int[] ids(ImageGrid.Tokens tokens) {
        int last = tokens.ids() - 1;
        return IntStream.rangeClosed(0, last)
                .map(
                        i ->
                                i % (tokens.columns() + 1) < tokens.columns()
                                        ? IMG
                                        : i < last ? IMG_BREAK : IMG_END)
                .toArray();
    }

    private static void checkAll(String floats, ImagePatches patches) {
        FloatBuffer expected =
                ByteBuffer.wrap(Base64.getDecoder().decode(floats))
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
        for (int c = 0; c < RgbImage.CHANNELS; c++) {
            for (int y = 0; y < patches.rows() * 14; y++) {
                for (int x = 0; x < patches.columns() * 14; x++) {
                    assertEquals(expected.get(), patches.value(c, y, x), CLOSE);
                }
            }
        }
    }
}
