package dev.tramontane.eval.items;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the flat columns of a Parquet file, row group by row group (apache/parquet-format, version
/// 2): texts, numbers and truth values, plain or by dictionary, in pages of both versions, stored,
/// deflated or by Snappy, as data sets of items are published.
///
/// ```
/// PAR1  column chunks of the first row group …  footer (Thrift)  footer's length (int32)  PAR1
/// ```
///
/// Columns within lists and structures (pictures' bytes and previews, mostly) are left out. What
/// else is unknown here is refused by name.
final class Parquet {
    private static final int MAGIC = 'P' | 'A' << 8 | 'R' << 16 | '1' << 24;
    private static final int MOST_FOOTER_BYTES = 64 << 20;
    private static final int MOST_CHUNK_BYTES = 1 << 30;

    private final FileChannel file;
    private final String name;

    private Parquet(FileChannel file, String name) {
        this.file = file;
        this.name = name;
    }

    /// @param name of the file, for messages
    static void read(Path path, String name, Rows.Taker taker) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            new Parquet(file, name).read(taker);
        } catch (ThriftReader.DamagedException e) {
            throw new ItemException(
                    "%s: damaged (%s), expected a Parquet file; fetch it again"
                            .formatted(name, e.getMessage()),
                    e);
        }
    }

    private void read(Rows.Taker taker) throws IOException {
        ThriftReader.Struct footer = footer();
        Map<String, ParquetColumn> columns = columns(footer.structs(2));
        long row = 0;
        for (ThriftReader.Struct group : footer.structs(4)) {
            int rows = Math.toIntExact(Math.clamp(group.number(3), -1, Integer.MAX_VALUE));
            Map<String, List<Object>> values = new LinkedHashMap<>();
            for (ThriftReader.Struct chunk : group.structs(1)) {
                ThriftReader.Struct about = chunk.struct(3);
                ParquetColumn column = columns.get(path(about));
                if (column != null) {
                    values.put(column.name(), column.values(chunk(about), about, rows));
                }
            }
            for (int i = 0; i < rows; i++) {
                ObjectNode cells = JsonNodeFactory.instance.objectNode();
                for (var each : values.entrySet()) {
                    put(cells, each.getKey(), each.getValue().get(i));
                }
                taker.take(new Row(cells, name + " row " + ++row));
            }
        }
    }

    private static void put(ObjectNode cells, String column, Object value) {
        switch (value) {
            case String text -> cells.put(column, text);
            case Long number -> cells.put(column, number);
            case Double number -> cells.put(column, number);
            case Boolean flag -> cells.put(column, flag);
            default -> cells.putNull(column);
        }
    }

    private ThriftReader.Struct footer() throws IOException {
        long size = file.size();
        if (size >= 12) {
            ByteBuffer tail = bytes(size - 8, 8);
            int footerBytes = tail.getInt();
            boolean isParquet = bytes(0, 4).getInt() == MAGIC && tail.getInt() == MAGIC;
            if (isParquet
                    && footerBytes > 0
                    && footerBytes <= MOST_FOOTER_BYTES
                    && footerBytes <= size - 12) {
                return new ThriftReader(bytes(size - 8 - footerBytes, footerBytes)).struct();
            }
        }
        throw new ItemException(
                name
                        + ": no Parquet file, or one cut short, expected PAR1 at both ends; fetch it again");
    }

    /// The columns directly below the root, by name.
    ///
    /// @param schema the root first, then each element before its children
    private static Map<String, ParquetColumn> columns(List<ThriftReader.Struct> schema) {
        Map<String, ParquetColumn> columns = new LinkedHashMap<>();
        int at = 1;
        while (at < schema.size()) {
            ThriftReader.Struct element = schema.get(at);
            if (element.number(5, 0) == 0 && element.number(3, 0) != 2) {
                var column =
                        new ParquetColumn(
                                text(element.bytes(4)),
                                (int) element.number(1),
                                element.number(3, 0) == 1);
                columns.put(column.name(), column);
            }
            at = behind(schema, at);
        }
        return columns;
    }

    /// The element behind another and all its children.
    private static int behind(List<ThriftReader.Struct> schema, int from) {
        long open = 1;
        int at = from;
        while (open > 0 && at < schema.size()) {
            open += schema.get(at++).number(5, 0) - 1;
        }
        return at;
    }

    private static String path(ThriftReader.Struct about) {
        List<String> parts = new ArrayList<>();
        for (Object part : about.list(3)) {
            parts.add(part instanceof byte[] bytes ? text(bytes) : "");
        }
        return String.join(".", parts);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// All pages of a column chunk.
    private ByteBuffer chunk(ThriftReader.Struct about) throws IOException {
        long dictionary = about.number(11, 0);
        long data = about.number(9);
        long from = dictionary > 0 ? Math.min(dictionary, data) : data;
        long length = about.number(7);
        if (from < 4 || length < 0 || length > MOST_CHUNK_BYTES || from + length > file.size()) {
            throw new ThriftReader.DamagedException(
                    "a column lies at byte %d with %d bytes".formatted(from, length));
        }
        return bytes(from, (int) length);
    }

    private ByteBuffer bytes(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (file.read(bytes, from + bytes.position()) < 0) {
                throw new ItemException(name + ": cut short while it was read; fetch it again");
            }
        }
        return bytes.flip();
    }
}
