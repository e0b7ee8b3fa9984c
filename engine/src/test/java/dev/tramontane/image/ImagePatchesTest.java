package dev.tramontane.image;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

class ImagePatchesTest {
    private static final ImageGrid GRID = new ImageGrid(14, 1540, 2);

    /// A few units in the last place of values up to 255, normalised: additions in another order.
    private static final float CLOSE = 2e-6f;

    @Test
    void pixels_are_those_of_the_reference() {
        int plain = 0;
        for (JsonNode entry : ImageVectors.cases("pixels.json")) {
            byte[] png = Base64.getDecoder().decode(entry.get("png_b64").asString());
            Optional<RgbImage> image = PlainPng.read(png);
            if (image.isPresent()) {
                plain++;
                check(entry, ImagePatches.of(image.get(), GRID));
            }
        }
        assertEquals(6, plain);
    }

    private static void check(JsonNode entry, ImagePatches patches) {
        String name = entry.get("name").asString();
        assertEquals(entry.get("chw").get(1).asInt(), patches.rows() * 14, name);
        assertEquals(entry.get("chw").get(2).asInt(), patches.columns() * 14, name);
        for (JsonNode sample : entry.get("samples")) {
            float value =
                    patches.value(
                            sample.get(0).asInt(), sample.get(1).asInt(), sample.get(2).asInt());
            assertEquals(sample.get(3).floatValue(), value, CLOSE, name + " " + sample);
        }
        if (entry.has("full")) {
            FloatBuffer full =
                    ByteBuffer.wrap(
                                    Base64.getDecoder()
                                            .decode(entry.get("full").get("f32le_b64").asString()))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asFloatBuffer();
            for (int c = 0; c < RgbImage.CHANNELS; c++) {
                for (int y = 0; y < patches.rows() * 14; y++) {
                    for (int x = 0; x < patches.columns() * 14; x++) {
                        assertEquals(full.get(), patches.value(c, y, x), CLOSE, name);
                    }
                }
            }
        }
    }

    @Test
    void a_patch_lies_by_channel_then_row_then_column() {
        byte[] pixels = new byte[4 * 4 * 3];
        pixels[(2 * 4 + 3) * 3 + 1] = (byte) 255; // green at row 2, column 3
        ImagePatches patches = ImagePatches.of(new RgbImage(4, 4, pixels), new ImageGrid(2, 4, 1));
        int patch = 3; // the last of two by two
        assertEquals(12, patches.patchValues());
        float green = patches.values()[patch * 12 + 4 + 1]; // channel 1, row 0, column 1
        assertEquals((float) ((1 - 0.4578275) / 0.26130258), green, 1e-6f);
        assertEquals(green, patches.value(1, 2, 3));
    }

    @Test
    void the_smallest_and_the_longest_images_are_cut_as_well() {
        assertAll(
                () -> assertEquals(4, ImagePatches.of(grey(1, 1), GRID).count()),
                () -> assertEquals(110 * 2, ImagePatches.of(grey(20_000, 1), GRID).count()),
                () -> assertEquals(110 * 2, ImagePatches.of(grey(3, 9_999), GRID).count()));
    }

    @Test
    void a_grey_image_stays_grey_at_any_size() {
        ImagePatches patches = ImagePatches.of(grey(131, 1999), GRID);
        for (int i = 0; i < patches.values().length; i++) {
            int channel = i / (14 * 14) % 3;
            assertEquals(patches.value(channel, 0, 0), patches.values()[i], CLOSE);
        }
    }

    @Test
    void pixels_that_are_no_image_are_refused() {
        assertThrows(IllegalArgumentException.class, () -> new RgbImage(2, 2, new byte[11]));
        assertThrows(IllegalArgumentException.class, () -> new RgbImage(0, 2, new byte[0]));
        assertThrows(
                IllegalArgumentException.class, () -> new ImagePatches(1, 1, 2, new float[11]));
    }

    private static RgbImage grey(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        Arrays.fill(pixels, (byte) 117);
        return new RgbImage(width, height, pixels);
    }
}
