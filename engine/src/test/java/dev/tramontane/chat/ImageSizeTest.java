package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.util.Optional;

class ImageSizeTest {
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
