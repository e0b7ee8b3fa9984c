package dev.tramontane.eval.items;

import dev.tramontane.eval.Reference;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/// LiveCodeBench's rows (`code_generation_lite`): a problem of a contest, its public tests as JSON,
/// its private ones packed.
///
/// Private tests are a JSON text in Python's pickle, deflated (zlib), in Base64. Of pickle, the one
/// text is read that stands there; no instruction of it is carried out.
final class LiveCodeItems {
    private static final int MOST_TEST_BYTES = 512 << 20;

    private LiveCodeItems() {}

    static Item item(Row row, Map<String, String> extra) throws ItemException {
        Map<String, String> fields = new LinkedHashMap<>(extra);
        fields.put(Item.QUESTION, row.text("question_content").strip());
        fields.put("title", row.optional("question_title").orElse(""));
        String starter = row.optional("starter_code").orElse("").strip();
        fields.put("starter", starter);
        fields.put(Item.KIND, starter.isEmpty() ? "program" : "function");
        Item.Key key =
                row.span().isPresent()
                        ? new Item.Stored(row.span().get())
                        : new Item.Fixed(tests(row));
        return new Item(row.text("question_id"), fields, key);
    }

    /// All tests of a row.
    static Reference.Tests tests(Row row) throws ItemException {
        List<Reference.Tests.Case> cases =
                new ArrayList<>(cases(row, row.text("public_test_cases")));
        Optional<String> hidden = row.optional("private_test_cases");
        if (hidden.isPresent() && !hidden.get().isBlank()) {
            cases.addAll(cases(row, unpacked(row, hidden.get())));
        }
        if (cases.isEmpty()) {
            throw new ItemException(row.place() + ": no tests, expected one or more");
        }
        JsonNode metadata = parse(row, "metadata", row.optional("metadata").orElse("{}"));
        Optional<String> function =
                Optional.of(metadata.path("func_name").asString(""))
                        .filter(name -> !name.isEmpty());
        return new Reference.Tests(function, cases);
    }

    private static List<Reference.Tests.Case> cases(Row row, String json) throws ItemException {
        List<Reference.Tests.Case> cases = new ArrayList<>();
        for (JsonNode each : parse(row, "tests", json)) {
            if (!each.path("input").isString() || !each.path("output").isString()) {
                throw new ItemException(
                        row.place() + ": a test without input or output, expected both as texts");
            }
            cases.add(
                    new Reference.Tests.Case(
                            each.path("input").stringValue(), each.path("output").stringValue()));
        }
        return cases;
    }

    private static JsonNode parse(Row row, String what, String json) throws ItemException {
        try {
            return Rows.MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new ItemException(
                    "%s: %s: %s, expected JSON"
                            .formatted(row.place(), what, e.getOriginalMessage()),
                    e);
        }
    }

    /// Private tests as JSON: as they are where they are JSON, else unpacked.
    private static String unpacked(Row row, String packed) throws ItemException {
        if (packed.stripLeading().startsWith("[")) {
            return packed;
        }
        try (var inflated =
                new InflaterInputStream(
                        new ByteArrayInputStream(Base64.getMimeDecoder().decode(packed)))) {
            byte[] pickle = inflated.readNBytes(MOST_TEST_BYTES);
            return pickledText(pickle)
                    .orElseThrow(
                            () ->
                                    new ItemException(
                                            row.place()
                                                    + ": private tests are no pickled text,"
                                                    + " expected LiveCodeBench's form"));
        } catch (IllegalArgumentException | IOException e) {
            if (e instanceof ItemException known) {
                throw known;
            }
            throw new ItemException(
                    "%s: private tests cannot be unpacked (%s); fetch the file again"
                            .formatted(row.place(), e.getMessage()),
                    e);
        }
    }

    /// The one text of a pickle of protocols 2 to 5: `PROTO n`, perhaps `FRAME`, then the text
    /// (`BINUNICODE`, `SHORT_BINUNICODE` or `BINUNICODE8`; pickletools.py).
    static Optional<String> pickledText(byte[] pickle) {
        int at = 0;
        if (pickle.length > 2 && (pickle[0] & 0xff) == 0x80) {
            at = 2;
        }
        if (at < pickle.length && (pickle[at] & 0xff) == 0x95) {
            at += 9;
        }
        if (at >= pickle.length) {
            return Optional.empty();
        }
        int lengthBytes =
                switch (pickle[at++] & 0xff) {
                    case 0x8c -> 1;
                    case 'X' -> 4;
                    case 0x8d -> 8;
                    default -> 0;
                };
        if (lengthBytes == 0 || lengthBytes > pickle.length - at) {
            return Optional.empty();
        }
        long length = 0;
        for (int i = 0; i < lengthBytes; i++) {
            length |= (pickle[at + i] & 0xffL) << 8 * i;
        }
        at += lengthBytes;
        return length < 0 || length > pickle.length - at
                ? Optional.empty()
                : Optional.of(new String(pickle, at, (int) length, StandardCharsets.UTF_8));
    }
}
