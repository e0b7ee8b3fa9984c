package dev.tramontane.eval.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.Message;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.graders.AnyAnswer;
import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.suite.Language;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

class CatalogueTest {
    @TempDir private Path folder;

    @Test
    void every_task_that_comes_along_can_be_read_and_states_its_licence() {
        for (String name : Catalogue.NAMES) {
            Benchmark task = Catalogue.find(name);
            assertEquals(name, task.name());
            assertNotEquals("not stated", task.about().licence(), name);
            assertTrue(task.about().summary().length() > 40, name);
        }
    }

    @Test
    void published_figures_stand_in_the_task_file() {
        Benchmark aime = Catalogue.find("aime-2024");
        assertEquals(70.7, aime.published("Magistral Small 1.0", "pass@1").orElseThrow().percent());
        assertEquals(83.3, aime.published("Magistral Small 1.0", "maj@64").orElseThrow().percent());
        assertEquals(
                86.14, aime.published("Magistral Small 1.2", "pass@1").orElseThrow().percent());
    }

    @Test
    void an_unknown_task_is_refused_with_the_names_there_are() {
        var refused = assertThrows(TaskFileException.class, () -> Catalogue.find("aime-1980"));
        assertTrue(refused.toString().contains("aime-2024"), refused.toString());
    }

    @Test
    void wrong_task_files_are_refused_with_the_key() throws IOException {
        record Case(String text, String says) {}
        String rest = "\nscorer: math\nprompt: \"{{question}}\"\nitems: {files: a.jsonl}\n";
        for (Case each :
                List.of(
                        new Case("", "no keys"),
                        new Case("name: [a", "no YAML"),
                        new Case("name: A B" + rest, "name is A B"),
                        new Case("name: a\nscorer: math\nitems: {files: a}", "prompt is missing"),
                        new Case("name: a\nsample: 3" + rest, "sample has no meaning"),
                        new Case("name: a\nsamples: many" + rest, "samples is many"),
                        new Case("name: a\nsamples: 0" + rest, "samples is 0"),
                        new Case("name: a\nscorer: math\nprompt: x", "items is missing"),
                        new Case(
                                "name: a\nscorer: math\nprompt: x\nitems: {}",
                                "files is missing"))) {
            Path file = Files.writeString(folder.resolve("task.yaml"), each.text());
            var refused =
                    assertThrows(TaskFileException.class, () -> Catalogue.find(file.toString()));
            assertTrue(
                    refused.toString().contains(each.says())
                            && refused.toString().contains("task.yaml"),
                    refused.toString());
        }
    }

    @Test
    void a_task_of_ones_own_needs_a_file_and_no_code() throws IOException {
        Path task =
                Files.writeString(
                        folder.resolve("mine.yaml"),
                        """
                        name: mine
                        scorer: math
                        samples: 3
                        prompt: "Compute {{question}}!"
                        items: {files: mine.csv, id: nr, question: q, answer: a}
                        """);
        Files.writeString(folder.resolve("mine.csv"), "nr,q,a\n7,1+1,2\n8,2+2,4\n");
        Benchmark mine = Catalogue.find(task.toString());
        var files = new ItemFiles(mine, (ItemSource.Files) mine.source());
        List<Item> items = files.load(folder, List.of());
        assertEquals(List.of("7", "8"), items.stream().map(Item::id).toList());
        assertEquals(
                List.of(new Message.UserMessage("Compute 2+2!")), mine.messages(items.get(1), 0));
        assertEquals(new Reference.Text(List.of("4")), mine.problem(items.get(1), 0).reference());
    }

    @Test
    void hand_written_problems_are_ten_in_each_language_and_their_answers_are_graded_right()
            throws IOException {
        Path folder = Path.of("../examples/hand-written");
        Benchmark task = Catalogue.find(folder.resolve("hand-written.yaml").toString());
        var files = new ItemFiles(task, (ItemSource.Files) task.source());
        var grader = new AnyAnswer();
        Map<String, Integer> counts = new HashMap<>();
        for (Item item : files.load(folder, List.of())) {
            counts.merge(item.id().substring(0, 2), 1, Integer::sum);
            Problem problem = task.problem(item, 0);
            for (String answer : ((Reference.Text) problem.reference()).accepted()) {
                assertTrue(grader.grade(problem.reference(), boxed(answer)).correct(), item.id());
            }
            assertFalse(grader.grade(problem.reference(), boxed("-1")).correct(), item.id());
        }
        Map<String, Integer> ten =
                Arrays.stream(Language.values()).collect(Collectors.toMap(Language::code, _ -> 10));
        assertEquals(ten, counts);
    }

    private static String boxed(String answer) {
        return "\\boxed{" + answer + "}";
    }

    @Test
    void choices_are_shuffled_by_problem_and_sample_and_the_key_goes_with_them()
            throws IOException {
        Benchmark gpqa = Catalogue.find("gpqa-diamond");
        var item =
                new Item(
                        "rec1",
                        Map.of("question", "Which?"),
                        new Item.Shuffled("right", List.of("w1", "w2", "w3")));
        Set<Character> letters = new HashSet<>();
        for (int sample = 0; sample < 30; sample++) {
            var problem = gpqa.problem(item, sample);
            var key = (Reference.Choice) problem.reference();
            assertEquals("right", key.choices().get(key.letter() - 'A'));
            assertEquals(problem.messages(), gpqa.messages(item, sample));
            assertTrue(
                    problem.messages().toString().contains(key.letter() + ") right"),
                    problem.messages().toString());
            letters.add(key.letter());
        }
        assertEquals(Set.of('A', 'B', 'C', 'D'), letters);
    }

    @Test
    void every_task_with_files_has_a_few_items_of_our_own_in_its_published_form()
            throws IOException {
        for (String name : Catalogue.NAMES) {
            Benchmark task = Catalogue.find(name);
            if (task.source() instanceof ItemSource.Files files) {
                List<Item> items = DemoItems.of(task, files, List.of());
                assertTrue(items.size() >= 2, name);
                for (Item item : items) {
                    String asked = task.problem(item, 0).messages().toString();
                    assertTrue(asked.length() > 60 && !asked.contains("{{"), asked);
                }
            }
        }
        Benchmark mgsm = Catalogue.find("mgsm");
        var files = (ItemSource.Files) mgsm.source();
        assertEquals(11, DemoItems.of(mgsm, files, List.of()).size());
        Item french = DemoItems.of(mgsm, files, List.of("fr")).getFirst();
        assertEquals("fr-1", french.id());
        assertTrue(mgsm.messages(french, 0).toString().contains("Réponse :"));
    }

    @Test
    void an_examination_keeps_pictures_out_and_reads_choices_from_the_question()
            throws IOException {
        Benchmark hle = Catalogue.find("hle-text");
        List<Item> items = DemoItems.of(hle, (ItemSource.Files) hle.source(), List.of());
        assertEquals(List.of("demo-1", "demo-2"), items.stream().map(Item::id).toList());
        assertEquals(
                new Reference.Choice('B', List.of("Finnish", "Basque", "Swahili", "Latin")),
                hle.problem(items.get(1), 0).reference());
    }
}
