package dev.tramontane.eval.items;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// The files were written by pyarrow; `record.py` beside them says how.
class ParquetTest {
    private static final Path FILES = Path.of("src/test/resources/items");
    private static final int ROWS = 700;

    @ParameterizedTest
    @ValueSource(strings = {"snappy-v1", "gzip-v2", "plain", "snappy-v2-pages"})
    void every_page_kind_and_compression_gives_the_same_rows(String name) throws IOException {
        List<Row> rows = Rows.all(FILES.resolve(name + ".parquet"), List.of());
        assertEquals(ROWS, rows.size());
        for (int i = 0; i < ROWS; i++) {
            Row row = rows.get(i);
            assertEquals("item-" + i, row.text("id"));
            assertEquals(
                    "What is %d + %d? ".formatted(i, i) + "é漢".repeat(i % 5), row.text("question"));
            assertEquals(String.valueOf(2 * i), row.text("answer"));
            assertEquals(i % 7, row.values().path("small").intValue());
            assertEquals(i / 8.0, row.values().path("share").doubleValue());
            assertEquals(i % 3 == 0, !row.text("image").isEmpty());
            assertEquals(
                    i % 4 == 0 ? Optional.empty() : Optional.of("hint " + i % 11),
                    row.optional("hint"));
            assertEquals(i % 2 == 0, row.values().path("easy").booleanValue());
        }
    }

    @Test
    void columns_within_lists_and_structures_are_left_out() throws IOException {
        Row row = Rows.all(FILES.resolve("plain.parquet"), List.of()).getFirst();
        assertFalse(row.values().has("nested"));
        assertFalse(row.values().has("picture"));
    }

    @Test
    void a_compression_that_is_not_read_is_refused_by_name() {
        var refused =
                assertThrows(
                        ItemException.class,
                        () -> Rows.all(FILES.resolve("zstd.parquet"), List.of()));
        assertTrue(refused.toString().contains("Zstandard"), refused.toString());
    }

    @Test
    void damaged_files_are_refused_or_read_and_nothing_else(@TempDir Path folder)
            throws IOException {
        byte[] whole = Files.readAllBytes(FILES.resolve("snappy-v2-pages.parquet"));
        var random = new SplittableRandom(7);
        Path file = folder.resolve("damaged.parquet");
        int refused = 0;
        for (int i = 0; i < 300; i++) {
            byte[] bytes = whole.clone();
            if (i % 3 == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            for (int flips = i % 3 == 0 ? 0 : 1 + random.nextInt(8); flips > 0; flips--) {
                int span = i % 3 == 1 ? 2000 : bytes.length;
                bytes[bytes.length - 1 - random.nextInt(Math.min(span, bytes.length))] ^=
                        (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            try {
                Rows.all(file, List.of());
            } catch (IOException _) {
                refused++;
            }
        }
        assertTrue(refused > 100, "only " + refused + " were refused");
    }
}
