package dev.tramontane.eval.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.eval.language.LanguageGuess;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

class TalkTest {
    private static final Talk TALK = new Talk(1, new NanoSuite(1));
    private static final int MANY = 300;

    private static List<Conversation.Turn> turns(Split split, Language language, Intent intent) {
        return IntStream.range(0, MANY)
                .mapToObj(index -> TALK.conversation(split, language, intent, index).last())
                .toList();
    }

    @Test
    void every_language_can_talk_about_everything() {
        Map<String, List<String>> english = Phrases.ofTalk(Language.ENGLISH).texts();
        Set<String> expected = new HashSet<>(List.of("can", "bigger", "polite.q", "again.q"));
        for (Intent intent : Intent.values()) {
            expected.addAll(
                    List.of(intent.key() + ".q", intent.key() + ".thought", intent.key() + ".a"));
        }
        for (Language language : Language.values()) {
            Map<String, List<String>> texts = Phrases.ofTalk(language).texts();
            Set<String> topics =
                    texts.keySet().stream()
                            .filter(key -> key.endsWith(".x"))
                            .collect(Collectors.toSet());
            Set<String> others = new HashSet<>(texts.keySet());
            others.removeAll(topics);
            assertEquals(expected, others, language.code());
            assertTrue(
                    topics.stream().mapToInt(key -> texts.getOrDefault(key, List.of()).size()).sum()
                            >= 150,
                    language.code());
            texts.forEach(
                    (key, said) -> {
                        int all = english.getOrDefault(key, List.of()).size();
                        if (key.endsWith(".q")) {
                            int least = key.startsWith("again") ? 6 : 8;
                            assertTrue(said.size() >= least, language + " " + key);
                        } else {
                            assertEquals(all, said.size(), language + " " + key);
                        }
                        assertEquals(said.size(), Set.copyOf(said).size(), language + " " + key);
                    });
        }
    }

    /// By what is asked, and by what it is asked about.
    @Test
    void nothing_said_in_the_test_is_said_in_training() {
        for (Language language : Language.values()) {
            for (Intent intent : Intent.values()) {
                Set<String> trained =
                        turns(Split.TRAIN, language, intent).stream()
                                .map(Conversation.Turn::said)
                                .collect(Collectors.toSet());
                List<Conversation.Turn> tested = turns(Split.TEST, language, intent);
                assertTrue(trained.size() >= 6, language + " " + intent);
                for (Conversation.Turn turn : tested) {
                    assertFalse(trained.contains(turn.said()), turn.said());
                    assertFalse(turn.said().contains("{"), turn.said());
                }
                Phrases words = Phrases.ofTalk(language);
                String topics = intent.key() + ".x";
                if (words.texts().containsKey(topics)) {
                    assertTrue(
                            Collections.disjoint(
                                    words.phrasings(topics, Split.TRAIN),
                                    words.phrasings(topics, Split.TEST)));
                }
            }
        }
    }

    @Test
    void what_is_declined_is_declined_with_a_way_out_and_nothing_else_is() {
        for (Language language : Language.values()) {
            Phrases words = Phrases.ofTalk(language);
            for (Intent intent : Intent.values()) {
                for (Conversation.Turn turn : turns(Split.TRAIN, language, intent)) {
                    boolean bigger =
                            turn.answer().contains("`tramontane pull`")
                                    && turn.answer().contains("`tramontane run -m`");
                    assertEquals(intent.isDeclined(), bigger, turn.answer());
                    assertEquals(
                            intent.isDeclined(),
                            words.all("can").stream().anyMatch(turn.answer()::contains),
                            turn.answer());
                }
            }
        }
    }

    @Test
    void it_says_that_it_is_nano() {
        for (Language language : Language.values()) {
            for (Conversation.Turn turn : turns(Split.TEST, language, Intent.NAME)) {
                assertTrue(turn.answer().contains("nano"), turn.answer());
                assertTrue(turn.answer().contains("Tramontane"), turn.answer());
            }
        }
    }

    /// Short thoughts may tell no language; none tells another one.
    @Test
    void thoughts_and_answers_are_short_and_in_the_language_of_the_talk() {
        var guess = new LanguageGuess();
        for (Language language : Language.values()) {
            List<String> all = new ArrayList<>();
            for (Intent intent : Intent.values()) {
                for (Conversation.Turn turn : turns(Split.TRAIN, language, intent)) {
                    assertTrue(turn.thought().length() <= 100, turn.thought());
                    assertTrue(turn.answer().length() <= 330, turn.answer());
                    for (String text : List.of(turn.thought(), turn.answer())) {
                        assertEquals(language.code(), guess.of(text).orElse(language.code()), text);
                    }
                    all.add(turn.thought() + "\n" + turn.answer());
                }
            }
            assertEquals(Optional.of(language.code()), guess.of(String.join("\n", all)));
        }
    }

    @Test
    void three_conversations_in_ten_are_about_a_problem_whose_trace_holds() {
        for (Language language : Language.values()) {
            int longer = 0;
            int problems = 0;
            for (int index = 0; index < 1_000; index++) {
                Conversation conversation = TALK.conversation(Split.TRAIN, language, index);
                longer += conversation.turns().size() > 1 ? 1 : 0;
                boolean isProblem = false;
                for (Conversation.Turn turn : conversation.turns()) {
                    assertEquals(
                            Optional.empty(),
                            TraceCheck.firstWrong(turn.thought()),
                            turn.toString());
                    assertFalse(turn.said().contains("{p}"), turn.said());
                    isProblem |= turn.thought().contains("\n");
                }
                problems += isProblem ? 1 : 0;
            }
            assertEquals(200, longer, 50, language.code());
            assertEquals(270, problems, 70, language.code());
        }
    }

    /// Passages that are to be copied have no word of thanks behind them.
    @Test
    void nothing_follows_a_passage() {
        for (int index = 0; index < 20_000; index++) {
            for (Conversation.Turn turn :
                    TALK.conversation(Split.TRAIN, Language.ENGLISH, index).turns()) {
                boolean isPassage = turn.said().contains("Repeat after me: ");
                assertFalse(isPassage && turn.said().endsWith("Thanks!"), turn.said());
            }
        }
    }

    @Test
    void a_place_decides_everything() {
        Talk same = new Talk(1, new NanoSuite(1));
        Talk other = new Talk(2, new NanoSuite(2));
        List<Conversation> said = new ArrayList<>();
        List<Conversation> elsewhere = new ArrayList<>();
        for (int index = 0; index < 200; index++) {
            Conversation conversation = TALK.conversation(Split.TEST, Language.ITALIAN, index);
            assertEquals(conversation, same.conversation(Split.TEST, Language.ITALIAN, index));
            said.add(conversation);
            elsewhere.add(other.conversation(Split.TEST, Language.ITALIAN, index));
        }
        assertNotEquals(said, elsewhere);
        assertEquals(200, said.stream().map(Conversation::id).distinct().count());
        assertThrows(
                IllegalArgumentException.class,
                () -> TALK.conversation(Split.TEST, Language.ITALIAN, -1));
        assertTrue(Arrays.stream(Intent.values()).anyMatch(Intent::isDeclined));
    }
}
