package dev.tramontane.wire.image;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.image.RgbImage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

class HostileImagesTest {
    private static final ImageDecoder DECODER = new ImageDecoder(ImageLimits.USUAL);

    static List<ImageCases> cases() {
        return ImageCases.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_file_cut_anywhere_is_refused_or_whole(ImageCases image) {
        for (int length = 0; length < image.file().length; length += 1 + length / 64) {
            byte[] cut = Arrays.copyOf(image.file(), length);
            Optional<RgbImage> seen = seen(cut);
            String difference = seen.map(image::difference).orElse("");
            assertEquals("", difference, "cut at " + length);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_damaged_file_is_an_image_or_refused(ImageCases image) {
        var random = new SplittableRandom(image.name().hashCode());
        int images = 0;
        for (int round = 0; round < 20; round++) {
            byte[] damaged = image.file().clone();
            for (int i = random.nextInt(1, 8); i > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            images += FuzzedImage.take(damaged) ? 1 : 0;
        }
        assertTrue(images < 21); // anything else that is thrown is the finding
        assertTrue(FuzzedImage.take(image.file()));
    }

    @Test
    void an_image_too_large_in_any_way_is_refused_by_its_header() {
        assertAll(
                () -> refused("50000 x 50000 pixels", png(50_000, 50_000, new byte[10])),
                () -> refused("6001 x 6000 pixels", png(6001, 6000, new byte[10])),
                () -> refused("65536 x 1 pixels", png(65_536, 1, new byte[10])),
                () -> refused("cannot be read", png(0, 5, new byte[10])),
                () -> refused("cannot be read", png(5, -1, new byte[10])),
                () -> refused("60000 x 60000", jpegOf(60_000, 60_000)),
                () -> refused("cannot be read", jpegOf(0, 10)),
                () -> refused("65535 x 65535", gifOf(65_535, 65_535)),
                () -> refused("20971521 bytes", new byte[(20 << 20) + 1]));
    }

    @Test
    void the_largest_image_is_decoded_and_none_that_has_a_row_more() {
        var limits = new ImageLimits(1 << 20, 248_000, 500, 8, 248_000, Duration.ofMinutes(1));
        var decoder = new ImageDecoder(limits);
        byte[] largest = png(496, 500, deflated(new byte[(496 / 8 + 1) * 500]));
        assertEquals(500, decoder.decode(largest, "image").height());
        byte[] larger = png(496, 501, deflated(new byte[(496 / 8 + 1) * 501]));
        assertThrows(InvalidRequestException.class, () -> decoder.decode(larger, "image"));
    }

    @Test
    void data_that_ends_early_in_a_whole_container_is_refused() {
        byte[] rows = new byte[(80 / 8 + 1) * 80];
        new SplittableRandom(3).nextBytes(rows);
        for (int y = 0; y < 80; y++) {
            rows[y * 11] = 0;
        }
        byte[] data = deflated(rows);
        byte[] cutPng = png(80, 80, Arrays.copyOf(data, data.length / 2));
        byte[] jpeg = ImageCases.file("jpeg");
        byte[] cutJpeg = Arrays.copyOf(jpeg, jpeg.length - 200);
        cutJpeg[cutJpeg.length - 2] = (byte) 0xff;
        cutJpeg[cutJpeg.length - 1] = (byte) 0xd9;
        assertAll(() -> refused("a PNG", cutPng), () -> refused("a JPEG", cutJpeg));
    }

    @Test
    void an_image_that_takes_too_long_is_refused() {
        var hasty = new ImageDecoder(ImageLimits.USUAL.withTime(Duration.ofNanos(1)));
        for (String name : List.of("png rgb", "jpeg", "webp", "gif")) {
            byte[] file = ImageCases.file(name);
            InvalidRequestException refusal =
                    assertThrows(InvalidRequestException.class, () -> hasty.decode(file, "image"));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains("to decode"), message);
        }
    }

    @Test
    void a_jpeg_of_a_thousand_scans_is_refused() {
        byte[] jpeg = ImageCases.file("jpeg progressive");
        int end = jpeg.length - 2;
        int scan = end;
        while ((jpeg[scan] & 0xff) != 0xff || (jpeg[scan + 1] & 0xff) != 0xda) {
            scan--;
        }
        var file = new ByteArrayOutputStream();
        file.write(jpeg, 0, scan);
        for (int i = 0; i < 1000; i++) {
            file.write(jpeg, scan, end - scan);
        }
        file.write(jpeg, end, 2);
        refused("more than 100 scans", file.toByteArray());
    }

    @Test
    void what_is_no_image_is_named() {
        Map<String, String> names =
                Map.of(
                        "", "an empty file",
                        "BM0000", "a BMP",
                        "II*\0", "a TIFF",
                        "<svg/>", "an SVG",
                        "<?xml?><!DOCTYPE svg SYSTEM 'file:///etc/passwd'>", "XML",
                        "%PDF-1.7", "a PDF",
                        "\0\0\0 ftypheic", "a HEIC",
                        "GIF8", "no known format",
                        "RIFF\0\0\0\0WAVE", "no known format");
        names.forEach((start, name) -> refused(name, start.getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void neither_profiles_nor_comments_reach_a_decoder() throws ImageFault {
        byte[] hostile = new byte[1 << 16];
        byte[] png = ImageCases.file("png rgb");
        int afterHeader = 8 + 25;
        var file = new ByteArrayOutputStream();
        file.write(png, 0, afterHeader);
        for (String name : List.of("iCCP", "zTXt", "iTXt", "acTL")) {
            file.writeBytes(chunk(name, hostile));
        }
        file.write(png, afterHeader, png.length - afterHeader);
        assertTrue(PngFile.read(file.toByteArray()).file().length <= png.length);
        ImageCases plain =
                cases().stream()
                        .filter(each -> each.name().equals("png rgb"))
                        .findFirst()
                        .orElseThrow();
        assertEquals("", plain.difference(DECODER.decode(file.toByteArray(), "image")));
    }

    @Test
    void a_palette_may_be_shorter_than_its_pixels_say() {
        byte[] file =
                pngOf(
                        8,
                        1,
                        new byte[] {8, 3, 0, 0, 0},
                        chunk("PLTE", new byte[] {9, 9, 9}),
                        deflated(new byte[] {0, 0, 1, 2, 3, 4, 5, (byte) 255, 0}));
        Optional<RgbImage> seen = seen(file);
        seen.ifPresent(image -> assertEquals(9, image.pixels()[0]));
        assertTrue(seen.isEmpty() || seen.get().width() == 8);
    }

    private static Optional<RgbImage> seen(byte[] file) {
        try {
            return Optional.of(DECODER.decode(file, "image"));
        } catch (InvalidRequestException _) {
            return Optional.empty();
        }
    }

    private static void refused(String what, byte[] file) {
        InvalidRequestException refusal =
                assertThrows(
                        InvalidRequestException.class,
                        () -> DECODER.decode(file, "messages[0].content[1]"));
        assertEquals("messages[0].content[1]", refusal.parameter());
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(what), message);
    }

    /// A PNG of single bits.
    private static byte[] png(int width, int height, byte[] data) {
        return pngOf(width, height, new byte[] {1, 0, 0, 0, 0}, new byte[0], data);
    }

    private static byte[] pngOf(int width, int height, byte[] kind, byte[] more, byte[] data) {
        var file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height).put(kind);
        file.writeBytes(chunk("IHDR", header.array()));
        file.writeBytes(more);
        file.writeBytes(chunk("IDAT", data));
        file.writeBytes(chunk("IEND", new byte[0]));
        return file.toByteArray();
    }

    private static byte[] chunk(String name, byte[] data) {
        ByteBuffer chunk = ByteBuffer.allocate(data.length + 12);
        chunk.putInt(data.length).put(name.getBytes(StandardCharsets.US_ASCII)).put(data);
        var checksum = new CRC32();
        checksum.update(chunk.array(), 4, data.length + 4);
        return chunk.putInt((int) checksum.getValue()).array();
    }

    private static byte[] deflated(byte[] bytes) {
        var out = new ByteArrayOutputStream();
        try (var deflater = new Deflater()) {
            deflater.setInput(bytes);
            deflater.finish();
            byte[] buffer = new byte[1 << 16];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
        }
        return out.toByteArray();
    }

    private static byte[] jpegOf(int width, int height) {
        byte[] jpeg = ImageCases.file("jpeg").clone();
        int frame = 2;
        while ((jpeg[frame + 1] & 0xff) != 0xc0) {
            frame += 2 + ((jpeg[frame + 2] & 0xff) << 8 | jpeg[frame + 3] & 0xff);
        }
        ByteBuffer.wrap(jpeg)
                .putShort(frame + 5, (short) height)
                .putShort(frame + 7, (short) width);
        return jpeg;
    }

    private static byte[] gifOf(int width, int height) {
        byte[] gif = ImageCases.file("gif").clone();
        gif[6] = (byte) width;
        gif[7] = (byte) (width >> 8);
        gif[8] = (byte) height;
        gif[9] = (byte) (height >> 8);
        return gif;
    }
}
