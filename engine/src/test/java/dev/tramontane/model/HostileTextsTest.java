package dev.tramontane.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/// Damaged vocabularies and chat templates, held to what {@link Opening} demands.
///
/// `-Dtramontane.mutations=1000000` runs the long form.
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTextsTest {
    /// Of heap for one template within {@link SmallTexts}' budgets, of which the output is the
    /// most.
    private static final long MOST_BYTES_FOR_A_TEMPLATE = 32 << 20;

    @TempDir Path folder;

    @Test
    void mutated_tekken_files_open_or_are_refused() throws IOException {
        Mutations mutations = new Mutations(7);
        Mutations.openAll(
                SmallTexts.tekken().toString().getBytes(UTF_8),
                Mutations.MANY,
                bytes ->
                        bytes.length % 2 == 0
                                ? mutations.mutate(bytes, bytes.length)
                                : mutations.mutateJson(bytes),
                bytes -> () -> SmallTexts.openTekken(bytes));
    }

    static List<String> tokenizers() {
        return SmallTexts.TOKENIZERS;
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void mutated_hugging_face_tokenizers_open_or_are_refused(String name) throws IOException {
        byte[] original = SmallTexts.tokenizer(name).toString().getBytes(UTF_8);
        Path file = Files.write(folder.resolve("tokenizer.json"), original);
        Mutations mutations = new Mutations(11);
        Mutations.openAll(
                original,
                1 + Mutations.MANY / SmallTexts.TOKENIZERS.size(),
                mutations::mutateJson,
                Damage.inFile(file, () -> SmallTexts.openTokenizer(file)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "tokenizer_config.json; {\"add_bos_token\": true, \"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\"}",
                "special_tokens_map.json; {\"unk_token\": \"<unk>\", \"eos_token\": {\"content\": \"</s>\"}}",
                "generation_config.json; {\"eos_token_id\": [2, 3], \"temperature\": 0.5}"
            })
    void mutated_files_beside_a_tokenizer_are_used_or_refused(String name, String json)
            throws IOException {
        Path tokenizer = folder.resolve("tokenizer.json");
        Files.writeString(tokenizer, SmallTexts.tokenizer("spm-legacy").toString());
        Path file = Files.writeString(folder.resolve(name), json);
        Mutations mutations = new Mutations(12);
        Mutations.openAll(
                json.getBytes(UTF_8),
                Mutations.FEWER,
                mutations::mutateJson,
                Damage.inFile(file, () -> SmallTexts.openTokenizer(tokenizer)));
    }

    @Test
    void mutated_templates_render_or_are_refused() throws IOException {
        List<byte[]> templates =
                SmallTexts.templates().stream().map(text -> text.getBytes(UTF_8)).toList();
        var variables = SmallTexts.variables();
        var random = new SplittableRandom(13);
        Mutations mutations = new Mutations(14);
        int rendered = 0;
        for (int i = 0; i < Mutations.MANY; i++) {
            byte[] mutated =
                    mutations.mutateText(
                            templates.get(random.nextInt(templates.size())),
                            templates.get(random.nextInt(templates.size())));
            boolean opens =
                    Opening.of(
                            new String(mutated, UTF_8),
                            mutated.length,
                            MOST_BYTES_FOR_A_TEMPLATE,
                            () -> SmallTexts.render(mutated, variables));
            rendered += opens ? 1 : 0;
        }
        assertTrue(rendered > 0 && rendered < Mutations.MANY, rendered + " rendered");
    }
}
