package dev.tramontane.eval.items;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Thrift's compact protocol, read without a schema: structures become maps from field ids, lists
/// become lists, whole numbers longs, binaries byte arrays (thrift-compact-protocol.md).
final class ThriftReader {
    private static final int DEEPEST = 24;
    private static final int MOST_ELEMENTS = 4_000_000;

    private final ByteBuffer in;
    private int elements;

    /// @param in from whose position is read; ends behind the structure
    ThriftReader(ByteBuffer in) {
        this.in = in;
    }

    /// What was read is no Thrift.
    static final class DamagedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }

    /// A structure's fields.
    record Struct(Map<Integer, Object> fields) {
        long number(int id) {
            return number(id, Long.MIN_VALUE);
        }

        /// @param otherwise when the field is absent; the least long for an error
        long number(int id, long otherwise) {
            Object value = fields.get(id);
            if (value instanceof Long number) {
                return number;
            }
            if (otherwise == Long.MIN_VALUE) {
                throw new DamagedException("field " + id + " is no number");
            }
            return otherwise;
        }

        boolean flag(int id, boolean otherwise) {
            return fields.get(id) instanceof Boolean flag ? flag : otherwise;
        }

        byte[] bytes(int id) {
            if (fields.get(id) instanceof byte[] bytes) {
                return bytes;
            }
            throw new DamagedException("field " + id + " is no text");
        }

        Struct struct(int id) {
            if (fields.get(id) instanceof Struct struct) {
                return struct;
            }
            throw new DamagedException("field " + id + " is no structure");
        }

        List<Struct> structs(int id) {
            List<Struct> found = new ArrayList<>();
            for (Object each : list(id)) {
                if (!(each instanceof Struct struct)) {
                    throw new DamagedException("field " + id + " is no list of structures");
                }
                found.add(struct);
            }
            return found;
        }

        List<?> list(int id) {
            if (fields.get(id) instanceof List<?> list) {
                return list;
            }
            throw new DamagedException("field " + id + " is no list");
        }
    }

    Struct struct() {
        return struct(0);
    }

    private Struct struct(int depth) {
        if (depth > DEEPEST) {
            throw new DamagedException("structures lie too deep");
        }
        Map<Integer, Object> fields = new TreeMap<>();
        int id = 0;
        while (true) {
            int head = next();
            if (head == 0) {
                return new Struct(fields);
            }
            int delta = head >>> 4;
            id = delta == 0 ? (int) zigzag() : id + delta;
            int type = head & 15;
            fields.put(id, type <= 2 ? (Object) (type == 1) : value(type, depth + 1));
        }
    }

    private Object value(int type, int depth) {
        return switch (type) {
            case 1, 2 -> next() == 1;
            case 3 -> (long) (byte) next();
            case 4, 5, 6 -> zigzag();
            case 7 -> {
                require(8);
                yield Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
            }
            case 8 -> {
                byte[] bytes = new byte[length()];
                in.get(bytes);
                yield bytes;
            }
            case 9, 10 -> list(depth);
            case 12 -> struct(depth);
            default -> throw new DamagedException("a value of type " + type);
        };
    }

    private List<Object> list(int depth) {
        int head = next();
        int size = head >>> 4;
        long elementsHere = size == 15 ? varint() : size;
        elements += (int) Math.min(elementsHere, MOST_ELEMENTS);
        if (elementsHere < 0 || elements >= MOST_ELEMENTS || depth > DEEPEST) {
            throw new DamagedException("a list of " + elementsHere + " elements");
        }
        List<Object> list = new ArrayList<>();
        for (long i = 0; i < elementsHere; i++) {
            list.add(value(head & 15, depth + 1));
        }
        return list;
    }

    private int next() {
        require(1);
        return in.get() & 0xff;
    }

    private void require(int bytes) {
        if (in.remaining() < bytes) {
            throw new DamagedException("it ends early");
        }
    }

    private int length() {
        long bytes = varint();
        if (bytes < 0 || bytes > in.remaining()) {
            throw new DamagedException("a text of " + bytes + " bytes");
        }
        return (int) bytes;
    }

    private long zigzag() {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int part = next();
            value |= (long) (part & 0x7f) << shift;
            if (part < 0x80) {
                return value;
            }
        }
        throw new DamagedException("a number of more than 64 bits");
    }
}
