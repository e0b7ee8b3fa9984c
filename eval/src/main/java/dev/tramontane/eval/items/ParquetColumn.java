package dev.tramontane.eval.items;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// A column directly below the root of a Parquet file.
///
/// @param type parquet.thrift, `Type`
/// @param optional whether values may be missing: a definition level of one bit says so
record ParquetColumn(String name, int type, boolean optional) {
    /// Stands for a missing value.
    static final Object MISSING = new Object();

    private static final int MOST_PAGE_BYTES = 1 << 30;
    private static final int PLAIN = 0;
    private static final int RUNS = 3;
    private static final List<Integer> BY_DICTIONARY = List.of(2, 8);

    /// A page's values and where they come from.
    private record Page(ByteBuffer bytes, int values, int encoding, boolean[] present) {}

    /// The values of a chunk: strings, longs, doubles, booleans, or {@link #MISSING}.
    ///
    /// @param pages of the chunk, one behind another
    List<Object> values(ByteBuffer pages, ThriftReader.Struct about, int rows)
            throws ItemException {
        int codec = (int) about.number(4);
        List<Object> dictionary = List.of();
        List<Object> values = new ArrayList<>();
        while (values.size() < rows && pages.hasRemaining()) {
            ThriftReader.Struct head = new ThriftReader(pages).struct();
            int stored = (int) head.number(3);
            int length = (int) head.number(2);
            if (stored < 0
                    || stored > pages.remaining()
                    || length < 0
                    || length > MOST_PAGE_BYTES) {
                throw damaged("a page of " + stored + " bytes");
            }
            byte[] body = new byte[stored];
            pages.get(body);
            switch ((int) head.number(1)) {
                case 0 ->
                        add(
                                values,
                                firstVersion(head.struct(5), inflate(body, length, codec)),
                                dictionary);
                case 2 -> {
                    ThriftReader.Struct told = head.struct(7);
                    dictionary = plain(buffer(inflate(body, length, codec)), (int) told.number(1));
                }
                case 3 ->
                        add(values, secondVersion(head.struct(8), body, length, codec), dictionary);
                default -> {} // an index: nothing of it is needed
            }
        }
        if (values.size() != rows) {
            throw damaged(values.size() + " values, expected " + rows);
        }
        return values;
    }

    private Page firstVersion(ThriftReader.Struct head, byte[] body) {
        int values = count(head.number(1));
        ByteBuffer bytes = buffer(body);
        boolean[] present = all(values);
        if (optional) {
            if (bytes.remaining() < 4) {
                throw damaged("a page without levels");
            }
            int length = bytes.getInt();
            present = levels(slice(bytes, length), values);
        }
        return new Page(bytes, values, (int) head.number(2), present);
    }

    /// Levels stand before the values and are never compressed.
    private Page secondVersion(ThriftReader.Struct head, byte[] body, int length, int codec)
            throws ItemException {
        int values = count(head.number(1));
        int levels = (int) head.number(5) + (int) head.number(6);
        ByteBuffer bytes = buffer(body);
        slice(bytes, (int) head.number(6));
        ByteBuffer definitions = slice(bytes, (int) head.number(5));
        byte[] rest = new byte[bytes.remaining()];
        bytes.get(rest);
        boolean isPacked = head.flag(7, true);
        byte[] plain = isPacked ? inflate(rest, length - levels, codec) : rest;
        boolean[] present = optional ? levels(definitions, values) : all(values);
        return new Page(buffer(plain), values, (int) head.number(4), present);
    }

    private void add(List<Object> values, Page page, List<Object> dictionary) throws ItemException {
        int stored = 0;
        for (boolean each : page.present()) {
            stored += each ? 1 : 0;
        }
        check(page.encoding());
        List<Object> found;
        if (page.encoding() == PLAIN) {
            found = plain(page.bytes(), stored);
        } else if (page.encoding() == RUNS) {
            require(page.bytes(), 4);
            found = new ArrayList<>();
            for (int value : hybrid(slice(page.bytes(), page.bytes().getInt()), 1, stored)) {
                found.add(value == 1);
            }
        } else {
            found = new ArrayList<>();
            int width = stored == 0 ? 0 : page.bytes().get();
            for (int index : hybrid(page.bytes(), width, stored)) {
                if (index >= dictionary.size()) {
                    throw damaged("entry " + index + " of " + dictionary.size());
                }
                found.add(dictionary.get(index));
            }
        }
        int next = 0;
        for (boolean each : page.present()) {
            values.add(each ? found.get(next++) : MISSING);
        }
    }

    private void check(int encoding) throws ItemException {
        boolean isTruth = type == 0;
        boolean isKnown =
                encoding == PLAIN
                        || (isTruth ? encoding == RUNS : BY_DICTIONARY.contains(encoding));
        if (!isKnown) {
            throw unsupported("encoding " + encoding);
        }
    }

    private List<Object> plain(ByteBuffer bytes, int values) throws ItemException {
        List<Object> found = new ArrayList<>();
        for (int i = 0; i < values; i++) {
            if (type == 0) {
                require(bytes, i / 8 + 1);
                found.add((bytes.get(bytes.position() + i / 8) >>> i % 8 & 1) == 1);
                continue;
            }
            require(bytes, type == 2 || type == 5 ? 8 : 4);
            found.add(
                    switch (type) {
                        case 1 -> (long) bytes.getInt();
                        case 2 -> bytes.getLong();
                        case 4 -> (double) bytes.getFloat();
                        case 5 -> bytes.getDouble();
                        case 6 -> {
                            ByteBuffer text = slice(bytes, bytes.getInt());
                            yield StandardCharsets.UTF_8.decode(text).toString();
                        }
                        default -> throw unsupported("type " + type);
                    });
        }
        return found;
    }

    /// Definition levels of one bit: whether each value is there.
    private boolean[] levels(ByteBuffer bytes, int values) {
        boolean[] present = new boolean[values];
        int[] levels = hybrid(bytes, 1, values);
        for (int i = 0; i < values; i++) {
            present[i] = levels[i] == 1;
        }
        return present;
    }

    /// Runs of one number, and groups of eight packed to a width (Encodings.md, RLE = 3).
    private int[] hybrid(ByteBuffer bytes, int width, int values) {
        if (width < 0 || width > 24) {
            throw damaged("indices of " + width + " bits");
        }
        int[] found = new int[values];
        int at = 0;
        while (at < values) {
            int head = varint(bytes);
            int length = Math.min(head >>> 1, values);
            if ((head & 1) == 0) {
                require(bytes, (width + 7) / 8);
                int value = 0;
                for (int i = 0; i < (width + 7) / 8; i++) {
                    value |= (bytes.get() & 0xff) << 8 * i;
                }
                for (int i = 0; i < length && at < values; i++) {
                    found[at++] = value;
                }
                if (length == 0) {
                    throw damaged("an empty run");
                }
            } else {
                ByteBuffer packed = slice(bytes, Math.min(length * width, bytes.remaining()));
                int most = (int) Math.min(length * 8L, values - at);
                for (int i = 0; i < most; i++) {
                    found[at++] = bits(packed, i * (long) width, width);
                }
                if (length == 0) {
                    throw damaged("an empty run");
                }
            }
        }
        return found;
    }

    private int bits(ByteBuffer packed, long from, int width) {
        int value = 0;
        for (int i = 0; i < width; i++) {
            long bit = from + i;
            if (bit / 8 >= packed.remaining()) {
                throw damaged("it ends early");
            }
            value |= (packed.get(packed.position() + (int) (bit / 8)) >>> bit % 8 & 1) << i;
        }
        return value;
    }

    private int varint(ByteBuffer bytes) {
        int value = 0;
        for (int shift = 0; shift < 32; shift += 7) {
            require(bytes, 1);
            int part = bytes.get();
            value |= (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw damaged("a run of more than 32 bits");
    }

    private byte[] inflate(byte[] body, int length, int codec) throws ItemException {
        return switch (codec) {
            case 0 -> body;
            case 1 -> Snappy.decode(body, length).orElseThrow(() -> damaged("Snappy"));
            case 2 -> {
                try (var gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
                    yield gzip.readNBytes(length);
                } catch (IOException e) {
                    throw new ThriftReader.DamagedException("gzip: " + e.getMessage());
                }
            }
            default ->
                    throw unsupported(
                            "compression "
                                    + switch (codec) {
                                        case 3 -> "LZO";
                                        case 4 -> "Brotli";
                                        case 5, 7 -> "LZ4";
                                        case 6 -> "Zstandard";
                                        default -> String.valueOf(codec);
                                    });
        };
    }

    private static boolean[] all(int values) {
        boolean[] present = new boolean[values];
        Arrays.fill(present, true);
        return present;
    }

    private int count(long values) {
        if (values < 0 || values > MOST_PAGE_BYTES / 8) {
            throw damaged("a page of " + values + " values");
        }
        return (int) values;
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer slice(ByteBuffer bytes, int length) {
        require(bytes, length);
        if (length < 0) {
            throw damaged("a part of " + length + " bytes");
        }
        ByteBuffer part = bytes.slice(bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(bytes.position() + length);
        return part;
    }

    private void require(ByteBuffer bytes, int length) {
        if (bytes.remaining() < length) {
            throw damaged("it ends early");
        }
    }

    private ThriftReader.DamagedException damaged(String what) {
        return new ThriftReader.DamagedException("column " + name + ": " + what);
    }

    private ItemException unsupported(String what) {
        return new ItemException(
                "column %s has %s, which is not read here; save the table as JSON, an object a line, and give that with --items"
                        .formatted(name, what));
    }
}
