package dev.tramontane.eval.items;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;

class RowsTest {
    @TempDir private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static List<String> column(List<Row> rows, String name) throws ItemException {
        List<String> values = new ArrayList<>();
        for (Row row : rows) {
            values.add(row.text(name));
        }
        return values;
    }

    @Test
    void quoted_cells_of_csv_hold_commas_quotes_and_line_breaks() throws IOException {
        Path csv = file("a.csv", "\uFEFFQ,A\r\n\"one, \"\"two\"\"\r\nthree\",4\r\n\r\nx,\r\n");
        List<Row> rows = Rows.all(csv, List.of());
        assertEquals(List.of("one, \"two\"\r\nthree", "x"), column(rows, "Q"));
        assertEquals(List.of("4", ""), column(rows, "A"));
        assertEquals(List.of("a.csv:2", "a.csv:5"), rows.stream().map(Row::place).toList());
    }

    @Test
    void quotes_between_tabs_are_letters() throws IOException {
        Path tsv = file("a.tsv", "\"Who?\" he asked.\t3\n\"Open\t4");
        List<Row> rows = Rows.all(tsv, List.of("question", "answer"));
        assertEquals(List.of("\"Who?\" he asked.", "\"Open"), column(rows, "question"));
        assertEquals(List.of("3", "4"), column(rows, "answer"));
    }

    @Test
    void json_comes_as_a_list_or_a_line_each_and_numbers_as_they_are_written() throws IOException {
        Path list = file("a.json", "[{\"a\": 1.50}, {\"a\": \"x\"}, {\"a\": null}]");
        List<Row> rows = Rows.all(list, List.of());
        assertEquals("x", rows.get(1).text("a"));
        assertThrows(ItemException.class, () -> rows.get(2).text("a"));
        Path lines = file("a.jsonl", "{\"a\": 12}\r\n\n{\"a\": [\"x\", 2]}");
        List<Row> more = Rows.all(lines, List.of());
        assertEquals("12", more.get(0).text("a"));
        assertEquals(List.of("x", "2"), more.get(1).texts("a"));
        assertEquals("a.jsonl:3", more.get(1).place());
    }

    @Test
    void a_row_of_json_lines_can_be_read_again() throws IOException {
        Path lines = file("a.jsonl", "{\"a\": \"é\"}\n{\"a\": \"漢\"}\n{\"a\": \"z\"}");
        for (Row row : Rows.all(lines, List.of())) {
            assertEquals(row.values(), Rows.again(row.span().orElseThrow()).values());
        }
    }

    @Test
    void what_cannot_be_read_is_refused_with_its_place() throws IOException {
        record Case(String name, String text, String says) {}
        for (Case each :
                List.of(
                        new Case("b.csv", "a,b\n1\n", "b.csv:2: 1 cells, expected 2"),
                        new Case("c.csv", "a,b\n\"1,2\n", "c.csv:2: a quote is not closed"),
                        new Case("d.csv", "a,a\n1,2\n", "two columns are named a"),
                        new Case("e.jsonl", "{\"a\":1}\n{\"a\":\n", "e.jsonl:2: "),
                        new Case("f.jsonl", "[1]\n", "f.jsonl:1: no JSON object"),
                        new Case("g.json", "{\"a\":1}", "no list"),
                        new Case("h.txt", "a", "the ending tells no format"),
                        new Case("i.parquet", "PAR1 and more text", "no Parquet file"))) {
            Path path = file(each.name(), each.text());
            var refused = assertThrows(ItemException.class, () -> Rows.all(path, List.of()));
            assertTrue(refused.toString().contains(each.says()), refused.toString());
        }
    }

    @Test
    void private_tests_are_unpacked_without_running_pickle() throws IOException {
        String tests = "[{\"input\": \"2\\n\", \"output\": \"4\\n\", \"testtype\": \"stdin\"}]";
        byte[] text = tests.getBytes(StandardCharsets.UTF_8);
        var pickle = new ByteArrayOutputStream();
        pickle.write(new byte[] {(byte) 0x80, 4, (byte) 0x95, 9, 0, 0, 0, 0, 0, 0, 0});
        pickle.write(new byte[] {'X', (byte) text.length, 0, 0, 0});
        pickle.write(text);
        pickle.write(new byte[] {(byte) 0x94, '.'});
        var packed = new ByteArrayOutputStream();
        try (OutputStream deflate = new DeflaterOutputStream(packed)) {
            deflate.write(pickle.toByteArray());
        }
        Path lines =
                file(
                        "lcb.jsonl",
                        """
                        {"question_id": "q1", "question_content": "Double it.", "starter_code": "", "public_test_cases": "[{\\"input\\": \\"1\\", \\"output\\": \\"2\\"}]", "private_test_cases": "%s", "metadata": "{\\"func_name\\": \\"twice\\"}"}
                        """
                                .formatted(
                                        Base64.getEncoder().encodeToString(packed.toByteArray())));
        Row row = Rows.all(lines, List.of()).getFirst();
        Item item = new ItemMaker(new ItemShape.LiveCode(), Map.of()).item(row, 1);
        var tests2 = ((Item.Stored) item.key()).tests();
        assertEquals("twice", tests2.function().orElseThrow());
        assertEquals(
                List.of("1", "2\n"), tests2.cases().stream().map(each -> each.input()).toList());
    }
}
