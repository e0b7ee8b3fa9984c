package dev.tramontane.grammar.schema;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A document's schemas by their pointers, as `$ref` names them.
final class Schemas {
    private static final String ROOT = "#";

    private final Map<String, Schema> byPointer;

    /// @param byPointer the document's own is at `#`
    Schemas(Map<String, Schema> byPointer) {
        this.byPointer = Collections.unmodifiableMap(new LinkedHashMap<>(byPointer));
    }

    /// The document's own schema.
    Schema root() {
        return at(ROOT);
    }

    /// The schema at a pointer that is known to be one.
    Schema at(String pointer) {
        Schema schema = byPointer.get(pointer);
        if (schema == null) {
            throw new IllegalArgumentException("no schema was read at " + pointer);
        }
        return schema;
    }

    Collection<Schema> all() {
        return byPointer.values();
    }
}
