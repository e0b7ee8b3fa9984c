package dev.tramontane.wire.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

class ImageDecoderTest {
    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.USUAL);

    static List<ImageCases> cases() {
        return ImageCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_file_is_seen_as_pillow_sees_it(ImageCases image) {
        assertEquals("", image.difference(decoder.decode(image.file(), "image")));
    }
}
