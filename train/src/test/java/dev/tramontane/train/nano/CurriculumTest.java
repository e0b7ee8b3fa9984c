package dev.tramontane.train.nano;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.Message;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.NanoSuite;
import dev.tramontane.eval.suite.ProblemFamily;
import dev.tramontane.eval.suite.Split;
import dev.tramontane.tokenizer.Tekken;
import dev.tramontane.tokenizer.Tokenizer.SpecialTokens;
import dev.tramontane.train.Example;
import dev.tramontane.train.data.AnswerWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

class CurriculumTest {
    private static final List<Language> LANGUAGES = List.of(Language.values());
    private static final List<Integer> LEVELS = List.of(6, 3, 1);
    private static final int CONTEXT = 1024;

    @TempDir private Path folder;

    private static Lessons lessons(long seed, List<Integer> levels) throws IOException {
        return new Lessons(seed, new Lessons.Mix(ProblemFamily.all(), LANGUAGES, levels));
    }

    private static String question(Lesson lesson) {
        Message last = lesson.prompt().getLast();
        assertTrue(last instanceof Message.UserMessage, last.toString());
        return lesson.texts().get(lesson.prompt().size() - 1);
    }

    private static Stream<String> instructions(NanoSuite suite, Language language) {
        return ProblemFamily.all().stream()
                .map(family -> suite.problem(Split.TRAIN, language, family, 1, 0))
                .map(suite::instruction)
                .distinct();
    }

    private static boolean isTold(Lesson lesson) {
        return lesson.prompt().getFirst() instanceof Message.SystemMessage;
    }

    @Test
    void a_lesson_is_a_function_of_its_number_and_seed() throws IOException {
        Lessons lessons = lessons(1, LEVELS);
        assertEquals(lessons.at(77), lessons(1, LEVELS).at(77));
        assertNotEquals(lessons.at(77), lessons.at(78));
        assertNotEquals(lessons.at(77), lessons(2, LEVELS).at(77));
    }

    @Test
    void half_the_prompts_have_a_system_message_and_half_ask_for_a_form() throws IOException {
        Lessons lessons = lessons(1, LEVELS);
        var suite = new NanoSuite(1);
        List<String> instructions =
                LANGUAGES.stream().flatMap(each -> instructions(suite, each)).toList();
        int told = 0;
        int asking = 0;
        int both = 0;
        int boxed = 0;
        for (int number = 0; number < 2000; number++) {
            Lesson lesson = lessons.at(number);
            boolean asks = instructions.stream().anyMatch(question(lesson)::endsWith);
            told += isTold(lesson) ? 1 : 0;
            asking += asks ? 1 : 0;
            both += asks && isTold(lesson) ? 1 : 0;
            boxed += lesson.answer().contains("\\boxed{") ? 1 : 0;
        }
        long texts = ProblemFamily.all().stream().filter(ProblemFamily::isVerbatim).count();
        assertEquals(2000.0 * texts / ProblemFamily.all().size(), 2000 - boxed, 20);
        assertEquals(1000, told, 100);
        assertEquals(1000, asking, 100);
        assertEquals(500, both, 90);
    }

    @Test
    void answers_without_thinking_are_few_easy_and_mostly_without_their_beginning()
            throws IOException {
        Lessons lessons = lessons(1, LEVELS);
        int silent = 0;
        int begun = 0;
        for (int number = 0; number < 4000; number++) {
            Lesson lesson = lessons.at(number);
            if (lesson.thought().isEmpty()) {
                assertFalse(isTold(lesson));
                silent++;
                begun += lesson.begins() ? 1 : 0;
            } else {
                assertTrue(lesson.begins());
            }
        }
        assertEquals(0.6 * 0.5 * 0.1 * 4000, silent, 40);
        assertTrue(begun > 0 && begun < silent / 4, begun + " of " + silent);
        Lessons hard = lessons(1, List.of(0, 1, 1));
        for (int number = 0; number < 1000; number++) {
            assertTrue(hard.at(number).thought().isPresent());
        }
    }

    @Test
    void every_family_and_language_is_taught_equally() throws IOException {
        int pairs = ProblemFamily.all().size() * LANGUAGES.size();
        Map<String, Integer> seen = new HashMap<>();
        var suite = new NanoSuite(1);
        Lessons lessons = lessons(1, LEVELS);
        for (int number = 0; number < 3 * pairs; number++) {
            String told = question(lessons.at(number));
            for (Language language : LANGUAGES) {
                if (instructions(suite, language).anyMatch(told::endsWith)) {
                    seen.merge(language.code(), 1, Integer::sum);
                }
            }
        }
        assertEquals(LANGUAGES.size(), seen.size());
        List<Integer> first = order(1, pairs);
        assertEquals(pairs, first.stream().distinct().count());
        assertNotEquals(first, order(2, pairs));
    }

    private static List<Integer> order(long seed, int pairs) throws IOException {
        Lessons lessons = lessons(seed, LEVELS);
        return LongStream.range(0, pairs).mapToObj(number -> lessons.pair(number, pairs)).toList();
    }

    @Test
    void what_is_learned_is_the_answer_with_its_marks_and_its_end() throws IOException {
        Lessons lessons = lessons(1, LEVELS);
        Tekken tekken = NanoVocabulary.at(folder.resolve("tekken.json"), lessons, 400, 600);
        InstructTemplate template = InstructTemplate.of(tekken, Optional.empty()).orElseThrow();
        var curriculum =
                new Curriculum(lessons, new AnswerWriter(tekken, Optional.empty()), CONTEXT);
        for (int number = 0; number < 300; number++) {
            Lesson lesson = lessons.at(number);
            Example example = curriculum.at(number);
            int[] prompt = template.encode(ChatRequest.of(lesson.prompt()));
            assertArrayEquals(prompt, Arrays.copyOf(example.tokens(), prompt.length));
            int[] response =
                    Arrays.copyOfRange(example.tokens(), prompt.length, example.tokens().length);
            String thought = lesson.thought().map("[THINK]%s[/THINK]"::formatted).orElse("");
            assertEquals(
                    thought + lesson.answer() + "</s>",
                    tekken.decode(response, SpecialTokens.KEEP));
            for (int i = 0; i < example.tokens().length; i++) {
                int from = prompt.length + (lesson.begins() ? 0 : 1);
                assertEquals(i >= from, example.learned()[i]);
            }
        }
    }

    @Test
    void levels_come_as_often_as_their_weights_say() throws IOException {
        assertThrows(
                IllegalArgumentException.class,
                () -> new Lessons.Mix(ProblemFamily.all(), LANGUAGES, List.of(1, 1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Lessons.Mix(ProblemFamily.all(), LANGUAGES, List.of(0, 0, 0)));
        var mix = new Lessons.Mix(ProblemFamily.all(), LANGUAGES, LEVELS);
        var random = new SplittableRandom(5);
        int[] drawn = new int[1 + ProblemFamily.LEVELS];
        for (int i = 0; i < 10_000; i++) {
            drawn[mix.level(random)]++;
        }
        assertEquals(6000, drawn[1], 200);
        assertEquals(3000, drawn[2], 200);
        assertEquals(1000, drawn[3], 200);
    }

    @Test
    void a_vocabulary_larger_than_the_lessons_teach_or_smaller_than_the_bytes_is_refused()
            throws IOException {
        Lessons lessons = lessons(1, LEVELS);
        Path file = folder.resolve("tekken.json");
        var many =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> NanoVocabulary.at(file, lessons, 1, 4_000));
        assertTrue(String.valueOf(many.getMessage()).startsWith("1 lessons teach "));
        assertThrows(
                IllegalArgumentException.class, () -> NanoVocabulary.at(file, lessons, 1, 319));
        assertFalse(Files.exists(file));
    }

    @Test
    void talk_has_its_share_and_half_of_it_remembers_its_thoughts() throws IOException {
        var some = new Lessons.Mix(List.of(ProblemFamily.all().getFirst()), LANGUAGES, LEVELS, 8);
        var lessons = new Lessons(1, some);
        int talk = 0;
        for (int number = 0; number < 2_000; number++) {
            talk += lessons.at(number).answer().contains("\\boxed{") ? 0 : 1;
        }
        assertTrue(talk > 60 && talk < 160, talk + " of 2,000");
        var nothingElse = new Lessons(1, new Lessons.Mix(some.families(), LANGUAGES, LEVELS, 100));
        int earlier = 0;
        int thoughts = 0;
        for (int number = 0; number < 1_000; number++) {
            for (Message message : nothingElse.at(number).prompt()) {
                if (message instanceof Message.AssistantMessage) {
                    earlier++;
                    thoughts += message.content().size() - 1;
                }
            }
        }
        assertTrue(earlier > 100, earlier + " earlier answers");
        assertEquals(earlier / 2.0, thoughts, earlier / 6.0);
    }

    @Test
    void another_lesson_takes_the_place_of_one_that_outgrows_the_context() throws IOException {
        Lessons lessons = lessons(1, LEVELS);
        Tekken tekken = NanoVocabulary.at(folder.resolve("tekken.json"), lessons, 10, 320);
        var writer = new AnswerWriter(tekken, Optional.empty());
        var whole = new Curriculum(lessons, writer, CONTEXT);
        int longest = whole.at(3).tokens().length - 1;
        int[] other = new Curriculum(lessons, writer, longest).at(3).tokens();
        assertTrue(other.length <= longest, other.length + " tokens");
        assertArrayEquals(other, new Curriculum(lessons, writer, longest).at(3).tokens());

        var hopeless = new Curriculum(lessons, writer, 20);
        var thrown = assertThrows(IllegalArgumentException.class, () -> hopeless.at(3));
        assertTrue(String.valueOf(thrown.getMessage()).startsWith("context is 20, and "));
    }
}
