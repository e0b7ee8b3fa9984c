package dev.tramontane.train.nano;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.kernels.Kernels;
import dev.tramontane.model.ModelConfig;
import dev.tramontane.nano.ModelMaker;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.train.SftStep;
import dev.tramontane.train.kernels.Precision;
import dev.tramontane.weights.GgufFile;
import dev.tramontane.weights.Metadata;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class NanoRecipeTest {
    @TempDir private Path folder;

    /// Two stages of a few steps, with a state every two.
    static NanoSettings settings() {
        NanoSettings pico = NanoSettings.pico();
        var network =
                new ModelConfig(
                        32,
                        1,
                        2,
                        1,
                        16,
                        48,
                        400,
                        1e-5f,
                        10_000,
                        Kernels.RopePairs.SPLIT_HALF,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        Integer.MAX_VALUE,
                        256);
        return new NanoSettings(
                network,
                200,
                pico.families(),
                pico.families(),
                pico.languages(),
                10,
                List.of(
                        new NanoSettings.Stage(3, 100, List.of(1, 0, 0)),
                        new NanoSettings.Stage(4, 200, List.of(1, 1, 0))),
                new NanoSettings.Learning(8e-3, 2, 405, 1),
                512,
                Precision.BFLOAT16,
                2,
                new NanoSettings.Tests(5, 4, 12));
    }

    /// Somebody who watches, and may kill the run.
    private static final class Watcher implements NanoRecipe.Progress {
        private final List<String> parts = new ArrayList<>();
        private final List<SftStep> steps = new ArrayList<>();
        private final List<Integer> tests = new ArrayList<>();
        private final long killedAt;

        private final int all;

        Watcher(int all, long killedAt) {
            this.all = all;
            this.killedAt = killedAt;
        }

        @Override
        public void begins(String what) {
            parts.add(what);
        }

        @Override
        public void step(SftStep step, double seconds, int planned) {
            assertEquals(all, planned);
            steps.add(step);
            if (step.step() == killedAt) {
                throw new Killed();
            }
        }

        @Override
        public void tested(int step, NanoReport report) {
            assertEquals(step == all ? 12 : 4, report.all().problems());
            assertEquals(step == all ? 5 : 2, report.familiar().problems());
            tests.add(step);
        }
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /// What runs of these tests begin with.
    static NanoRecipe.Origin origin(long seed, Optional<Path> from) {
        return new NanoRecipe.Origin("tramontane train nano --seed " + seed, seed, from);
    }

    private static Watcher run(Path folder, int threads, long killedAt) throws IOException {
        var watcher = new Watcher(7, killedAt);
        var recipe = new NanoRecipe(settings(), origin(5, Optional.empty()), threads);
        if (killedAt > 0) {
            assertThrows(Killed.class, () -> recipe.run(folder, watcher));
        } else {
            recipe.run(folder, watcher);
        }
        return watcher;
    }

    private static byte[] bytes(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    @Test
    void a_run_leaves_the_files_that_ship_and_a_second_one_makes_the_same() throws IOException {
        Watcher first = run(folder.resolve("a"), 1, 0);
        assertEquals(7, first.steps.size());
        assertEquals(
                List.of(
                        "vocabulary",
                        "3 steps of 100 tokens, levels [1, 0, 0]",
                        "4 steps of 200 tokens, levels [1, 1, 0]",
                        "evaluation",
                        "export"),
                first.parts);
        assertEquals(List.of(5, 7), first.tests);
        run(folder.resolve("b"), 2, 0);
        for (String file :
                List.of(
                        "tekken.json",
                        "tests/step-00000005.json",
                        "evaluation.json",
                        "export/nano.gguf",
                        "export/nano/model.safetensors",
                        "export/SHA256SUMS",
                        "export/nano/training.json",
                        "export/nano/card.md")) {
            assertArrayEquals(
                    bytes(folder.resolve("a").resolve(file)),
                    bytes(folder.resolve("b").resolve(file)),
                    file);
        }
    }

    @Test
    void a_run_that_is_killed_in_any_stage_ends_with_the_bits_of_one_that_was_not()
            throws IOException {
        run(folder.resolve("straight"), 1, 0);
        Path killed = folder.resolve("killed");
        for (int at : new int[] {1, 3, 4, 6}) {
            run(killed, 1, at);
        }
        Watcher rest = run(killed, 1, 0);
        assertEquals(List.of(6L, 7L), rest.steps.stream().map(SftStep::step).toList());
        assertArrayEquals(
                bytes(folder.resolve("straight/export/nano.gguf")),
                bytes(killed.resolve("export/nano.gguf")));
        List<String> log = Files.readAllLines(killed.resolve("steps.jsonl"));
        assertEquals(7, log.size());
        for (int i = 0; i < log.size(); i++) {
            assertTrue(log.get(i).startsWith("{\"step\":" + (i + 1) + ","), log.get(i));
        }
    }

    @Test
    void a_run_that_is_stopped_leaves_its_last_step_and_goes_on_from_it() throws IOException {
        run(folder.resolve("straight"), 1, 0);
        Path stopped = folder.resolve("stopped");
        var recipe = new NanoRecipe(settings(), origin(5, Optional.empty()), 1);
        var first = new Watcher(7, 0);
        assertFalse(recipe.run(stopped, first, () -> first.steps.size() == 4));
        assertEquals(4, first.steps.size());
        assertFalse(Files.exists(stopped.resolve("export")));
        var rest = new Watcher(7, 0);
        assertTrue(recipe.run(stopped, rest, () -> false));
        assertEquals(List.of(5L, 6L, 7L), rest.steps.stream().map(SftStep::step).toList());
        assertArrayEquals(
                bytes(folder.resolve("straight/export/nano.gguf")),
                bytes(stopped.resolve("export/nano.gguf")));
    }

    @Test
    void another_rate_changes_nothing_else() {
        NanoSettings nano = NanoSettings.nano().withSteps(300, 200);
        NanoSettings slower = nano.withRate(3e-4);
        assertEquals(3e-4, slower.learning().rate());
        assertEquals(nano, slower.withRate(nano.learning().rate()));
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(IllegalArgumentException.class, () -> nano.withRate(rate));
        }
    }

    @Test
    void what_weights_get_wrong_is_taught_most() {
        NanoSettings nano = NanoSettings.nano();
        Map<Integer, Double> levels = Map.of(1, 0.96, 2, 0.94, 3, 0.86);
        Map<String, Double> families = new HashMap<>();
        nano.families().forEach(family -> families.put(family.key(), 1.0));
        assertEquals(
                List.of(),
                nano.aimedBy(new NanoSettings.Tested(families, levels)).harder(),
                "nothing is wrong");
        families.replaceAll((_, _) -> 0.95);
        families.put("lamps", 1.0);
        families.put("letters", 0.84);
        families.put("truth", 0.98);
        families.remove("sort");
        NanoSettings aimed = nano.aimedBy(new NanoSettings.Tested(families, levels));
        Map<String, Long> harder =
                aimed.harder().stream().collect(groupingBy(ProblemFamily::key, counting()));
        assertEquals(2, harder.remove("letters"), "twice as often wrong as the mean");
        assertEquals(4, harder.remove("sort"), "a missing one is never right");
        assertFalse(harder.containsKey("lamps") || harder.containsKey("truth"), "nearly right");
        assertEquals(Set.of(1L), Set.copyOf(harder.values()), "about the mean");
        assertEquals(
                List.of(150, 175, 275), aimed.stages().getLast().levels(), "wrong 4, 6 and 14%");
    }

    @Test
    void weights_without_their_figures_are_no_start() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        var missing =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new NanoRecipe(settings(), origin(6, Optional.of(empty)), 1));
        String told = String.valueOf(missing.getMessage());
        assertTrue(told.contains("training.json"), told);
        Files.writeString(empty.resolve("training.json"), "{");
        var broken =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new NanoRecipe(settings(), origin(6, Optional.of(empty)), 1));
        String found = String.valueOf(broken.getMessage());
        assertTrue(found.contains("not JSON"), found);
    }

    @Test
    void a_run_that_is_ended_early_has_the_bits_of_one_that_was_meant_to_be_short()
            throws IOException {
        Path copy = folder.resolve("copy");
        Path meant = folder.resolve("meant");
        NanoSettings whole = settings().withSteps(7, 1);
        NanoSettings early = settings().withSteps(5, 1);
        var first = new Watcher(7, 4);
        var recipe = new NanoRecipe(whole, origin(5, Optional.empty()), 1);
        assertThrows(Killed.class, () -> recipe.run(copy, first));
        for (Path place : List.of(copy, meant)) {
            new NanoRecipe(early, origin(5, Optional.empty()), 1).run(place, new Watcher(5, 0));
        }
        for (String file : List.of("export/nano.gguf", "export/nano/training.json")) {
            assertArrayEquals(bytes(meant.resolve(file)), bytes(copy.resolve(file)), file);
        }
    }

    @Test
    void a_run_that_ends_in_its_first_stage_has_no_other() {
        assertEquals(1, settings().withSteps(2, 0).stages().size());
        assertEquals(9, settings().withSteps(9, 4).stages().getLast().steps() + 3);
        assertThrows(IllegalArgumentException.class, () -> settings().withSteps(4, 5));
    }

    @Test
    void a_run_may_start_from_the_weights_of_another() throws IOException {
        run(folder.resolve("a"), 1, 0);
        Path exported = folder.resolve("a/export/nano");
        var later = new Watcher(7, 0);
        new NanoRecipe(settings(), origin(6, Optional.of(exported)), 1)
                .run(folder.resolve("b"), later);
        assertTrue(later.steps.getFirst().loss() < 6, "began at " + later.steps.getFirst().loss());
        assertArrayEquals(
                bytes(folder.resolve("a/tekken.json")), bytes(folder.resolve("b/tekken.json")));
        String card = Files.readString(folder.resolve("b/export/nano/card.md"));
        assertTrue(card.contains("from the weights with SHA-256 "), card);
    }

    @Test
    void what_ships_opens_as_a_model_that_has_the_familys_form() throws IOException {
        run(folder, 1, 0);
        try (var model = LocalModel.open(folder.resolve("export/nano.gguf"));
                var answer =
                        model.chat(
                                ChatRequest.of("What is 1 + 1?")
                                        .withSampling(SamplingParams.greedy(5)))) {
            int finished = 0;
            for (ChatEvent event : answer) {
                finished += event instanceof ChatEvent.Finished ? 1 : 0;
            }
            assertEquals(1, finished);
        }
        String card = Files.readString(folder.resolve("export/nano/card.md"));
        assertTrue(card.contains("| made by | `tramontane train nano --seed 5` |"), card);
        try (Arena arena = Arena.ofShared()) {
            Metadata metadata = GgufFile.open(folder.resolve("export/nano.gguf"), arena).metadata();
            String notice = metadata.text("tramontane.notice").orElseThrow();
            assertTrue(notice.startsWith("nano is still learning: "), notice);
        }
    }

    @Test
    void the_build_makes_the_same_model_of_the_exported_folder() throws IOException {
        run(folder, 1, 0);
        Path built = folder.resolve("built");
        ModelMaker.main(new String[] {folder.resolve("export/nano").toString(), built.toString()});
        assertArrayEquals(
                bytes(folder.resolve("export/nano.gguf")), bytes(built.resolve("nano.gguf")));
        String sums = Files.readString(folder.resolve("export/SHA256SUMS"));
        String digest = Files.readString(built.resolve("nano.sha256")).strip();
        assertTrue(sums.startsWith(digest + "  nano.gguf\n"), sums);
        assertArrayEquals(
                bytes(folder.resolve("export/nano/card.md")), bytes(built.resolve("card.md")));
    }

    @Test
    void the_last_state_can_be_tested_beside_the_run() throws IOException {
        var recipe = new NanoRecipe(settings(), origin(5, Optional.empty()), 1);
        run(folder, 1, 1);
        var thrown = assertThrows(IllegalArgumentException.class, () -> recipe.test(folder, 6));
        assertTrue(String.valueOf(thrown.getMessage()).endsWith("train first"));
        run(folder, 1, 6);
        assertEquals(6, recipe.test(folder, 6).all().problems());
    }

    @Test
    void another_vocabulary_than_the_networks_is_refused() throws IOException {
        run(folder, 1, 1);
        NanoSettings nano = NanoSettings.nano();
        var thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                new NanoRecipe(nano, origin(5, Optional.empty()), 1)
                                        .run(folder, new Watcher(7, 0)));
        assertTrue(
                String.valueOf(thrown.getMessage())
                        .endsWith(
                                "tekken.json: a vocabulary of 400, expected 2048, the rows of the embedding; begin in another folder"),
                thrown.getMessage());
    }
}
