package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.weights.ModelFormatException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// What `tekken.json` may say, and that a damaged one is refused as such and never otherwise.
final class TekkenFileTest {
    private static final Path TINY = Vectors.FOLDER.resolve("tiny-text-a/tekken.json");
    private static final int MUTATIONS = 10_000;

    @Test
    void a_tiny_vocabulary_spells_text_in_bytes() {
        Tekken tiny = Vectors.tiny();
        assertEquals(1280, tiny.vocab());
        assertEquals(Optional.of("v13"), tiny.config().version());
        assertTrue(tiny.addBos());
        assertEquals(OptionalInt.of(1), tiny.special(SpecialToken.BOS));
        String text = "Wie spät ist es? ½ 😀";
        assertEquals(text, tiny.decode(tiny.encode(text), SpecialTokens.KEEP));
        assertThrows(IllegalArgumentException.class, () -> tiny.bytesOf(1280));
        assertThrows(IllegalArgumentException.class, () -> tiny.isSpecial(-1));
        assertThrows(
                IllegalArgumentException.class,
                () -> tiny.decode(new int[] {1280}, SpecialTokens.IGNORE));
    }

    @Test
    void a_v15_file_tells_its_settings_and_its_image_sizes() {
        TekkenConfig config = Vectors.tekken("v15").config();
        JsonNode effort = config.modelSettings().orElseThrow().get("reasoning_effort");
        assertEquals("none", effort.get("default").stringValue());
        assertEquals(14, config.image().orElseThrow().get("image_patch_size").intValue());
    }

    @Test
    void image_sizes_may_be_called_multimodal_up_to_v11() {
        TekkenConfig config = Vectors.tekken("v11").config();
        assertEquals(1540, config.image().orElseThrow().get("max_image_size").intValue());
        assertRefused("multimodal", file -> file.set("multimodal", file.objectNode().put("a", 1)));
    }

    @Test
    void special_tokens_that_a_file_leaves_out_are_filled_up() throws IOException {
        ObjectNode file = tiny();
        ArrayNode specials = (ArrayNode) file.get("special_tokens");
        while (specials.size() > 40) {
            specials.remove(40);
        }
        Tekken tekken = read(bytes(file));
        assertEquals(1280, tekken.vocab());
        assertEquals("<SPECIAL_999>", tekken.pieceOf(999));
        assertEquals(OptionalInt.of(34), tekken.special(SpecialToken.THINK));
    }

    @Test
    void what_is_wrong_is_named() {
        assertRefused("config is missing", file -> file.remove("config"));
        assertRefused("config.pattern", file -> config(file).put("pattern", "\\w+"));
        assertRefused("config.pattern", file -> config(file).remove("pattern"));
        assertRefused("config.version", file -> config(file).put("version", "thirteen"));
        assertRefused("/config/version", file -> config(file).put("version", 13));
        assertRefused("default_vocab_size", file -> config(file).put("default_vocab_size", 999));
        assertRefused("default_vocab_size", file -> config(file).remove("default_vocab_size"));
        assertRefused("280 entries", file -> config(file).put("default_vocab_size", 1281));
        assertRefused("280 entries", file -> config(file).put("default_vocab_size", 2_000_000_000));
        assertRefused(
                "default_num_special_tokens",
                file -> config(file).put("default_num_special_tokens", 2_000_000_000));
        assertRefused(
                "default_vocab_size",
                file -> config(file).put("default_vocab_size", 5_000_000_000L)); // beyond an int
        assertRefused("special_tokens is missing", file -> file.remove("special_tokens"));
        assertRefused("rank 1000", file -> special(file, 999).put("rank", 1000));
        assertRefused("rank 5 twice", file -> special(file, 6).put("rank", 5));
        assertRefused("[INST]", file -> special(file, 30).put("token_str", "[INST]"));
        assertRefused("no token_str", file -> special(file, 7).remove("token_str"));
        assertRefused("/vocab", file -> file.put("vocab", "none"));
        assertRefused("0 entries", file -> file.remove("vocab"));
        assertRefused("vocab[17].rank", file -> entry(file, 17).put("rank", 18));
        assertRefused("vocab[17].rank", file -> entry(file, 17).remove("rank"));
        assertRefused("vocab[17].token_bytes", file -> entry(file, 17).put("token_bytes", ""));
        assertRefused("base64", file -> entry(file, 17).put("token_bytes", "A*=="));
        assertRefused("are both", file -> entry(file, 270).put("token_bytes", "AA=="));
        assertRefused("0x11", file -> entry(file, 17).put("token_bytes", "emVicmE="));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}x",
                "{} {}",
                "\u0000\u0000\u0000\u0000",
                "{\"vocab\":"
            })
    void what_is_no_such_file_is_refused(String text) {
        refusal(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void json_of_any_depth_is_refused_without_overflowing_the_stack() {
        String deep = "{\"image\":" + "[".repeat(1_000_000);
        refusal(deep.getBytes(StandardCharsets.US_ASCII));
        String deeper = "{\"image\":{\"a\":" + "{\"a\":".repeat(1_000_000);
        refusal(deeper.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void a_file_cut_off_anywhere_is_refused() throws IOException {
        byte[] whole = Files.readAllBytes(TINY);
        int length = new String(whole, StandardCharsets.UTF_8).stripTrailing().length();
        for (int cut = 0; cut < length; cut += 499) {
            refusal(Arrays.copyOf(whole, cut));
        }
    }

    @Test
    void ten_thousand_damaged_files_open_or_are_refused() throws IOException {
        byte[] whole = small();
        var random = new SplittableRandom(42);
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = damage(whole, random);
            try {
                Tekken tekken = read(damaged);
                assertEquals("aé😀", tekken.decode(tekken.encode("aé😀"), SpecialTokens.KEEP));
            } catch (ModelFormatException _) {
                refused++;
            }
        }
        assertTrue(refused > MUTATIONS / 2, "only " + refused + " were refused");
    }

    @Test
    void failures_to_read_are_not_the_files_fault() throws IOException {
        InputStream closed = InputStream.nullInputStream();
        closed.close();
        assertThrows(IOException.class, () -> Tekken.read(closed, "closed.json"));
        assertThrows(IOException.class, () -> Tekken.read(Path.of("no such file")));
    }

    /// Jackson takes the zeros for a rare kind of UTF-32 and throws as if reading had failed.
    @ParameterizedTest
    @ValueSource(strings = {"\0{\0\0", "\0\0{\0"})
    void text_in_a_strange_encoding_is_the_files_fault(String start) {
        refusal((start + "\"\"}").getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] damage(byte[] whole, SplittableRandom random) {
        byte[] damaged = whole.clone();
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            int at = random.nextInt(damaged.length);
            switch (random.nextInt(4)) {
                case 0 -> damaged[at] ^= (byte) (1 << random.nextInt(8));
                case 1 ->
                        damaged[at] =
                                (byte) "{}[]\",:0123456789-.enullA=".charAt(random.nextInt(26));
                case 2 -> {
                    int from = random.nextInt(damaged.length);
                    int length = Math.min(64, damaged.length - Math.max(at, from));
                    System.arraycopy(damaged, from, damaged, at, random.nextInt(1 + length));
                }
                default -> damaged = Arrays.copyOf(damaged, Math.max(1, at));
            }
        }
        return damaged;
    }

    /// A file with fewer special tokens, so that damage hits every part of it.
    private static byte[] small() throws IOException {
        ObjectNode file = tiny();
        ArrayNode specials = (ArrayNode) file.get("special_tokens");
        while (specials.size() > 40) {
            specials.remove(40);
        }
        config(file).put("default_vocab_size", 320).put("default_num_special_tokens", 40);
        file.get("vocab").forEach(entry -> ((ObjectNode) entry).remove("token_str"));
        return bytes(file);
    }

    private static ObjectNode tiny() {
        return (ObjectNode) Vectors.read("tiny-text-a/tekken.json");
    }

    private static ObjectNode config(ObjectNode file) {
        return (ObjectNode) file.get("config");
    }

    private static ObjectNode entry(ObjectNode file, int index) {
        return (ObjectNode) file.get("vocab").get(index);
    }

    private static ObjectNode special(ObjectNode file, int index) {
        return (ObjectNode) file.get("special_tokens").get(index);
    }

    private static void assertRefused(String named, Consumer<ObjectNode> damage) {
        ObjectNode file = tiny();
        damage.accept(file);
        String message = refusal(bytes(file));
        assertTrue(message.contains(named), message);
        assertTrue(message.startsWith("test.json: ") && message.contains("expected"), message);
    }

    private static String refusal(byte[] file) {
        return String.valueOf(
                assertThrows(ModelFormatException.class, () -> read(file)).getMessage());
    }

    private static Tekken read(byte[] file) throws IOException {
        return Tekken.read(new ByteArrayInputStream(file), "test.json");
    }

    private static byte[] bytes(ObjectNode file) {
        return new JsonMapper().writeValueAsBytes(file);
    }
}
