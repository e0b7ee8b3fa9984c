package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatStream.Answer;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.sampling.FinishReason;
import dev.tramontane.sampling.SamplingParams;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

class MajorityVoteTest {
    private static final ChatRequest QUESTION =
            ChatRequest.of("17 * 23?").withSampling(SamplingParams.reasoning(100, 50));

    @Test
    void the_answer_that_most_give_wins_with_its_thinking() {
        var model = new Script("so we get thus 391", "391.", "so 392", "= 391");
        try (VoteStream vote = new MajorityVote(model, 4).chat(QUESTION)) {
            Answer answer = vote.collect();
            assertEquals("so we get thus 391", answer.text());
            assertEquals("thought 0", answer.thinking());
            assertEquals(
                    List.of(new Votes.Count("391", 3), new Votes.Count("392", 1)),
                    vote.votes().counts());
            assertEquals(0.75, vote.votes().agreement());
            assertEquals("so 392", vote.answers().get(2).text());
        }
        assertEquals(List.of(100L, 101L, 102L, 103L), model.seeds);
    }

    @Test
    void a_vote_stops_when_nothing_can_change_it() {
        var model = new Script("1", "1", "1", "long and long and long 2", "long long long long 2");
        try (VoteStream vote = new MajorityVote(model, 5).chat(QUESTION)) {
            assertEquals("1", vote.collect().text());
            assertEquals(3, vote.votes().finished());
            assertEquals(List.of(3, 4), model.cancelled);
            assertEquals(FinishReason.CANCELLED, vote.answers().get(4).why());
        }
    }

    @Test
    void samples_that_the_model_does_not_take_yet_begin_as_others_are_done() {
        var model = new Script("so 1", "2", "2", "so so 1", "1");
        model.room = 2;
        try (VoteStream vote = new MajorityVote(model, 5).chat(QUESTION)) {
            assertEquals(List.of(100L, 101L), model.seeds);
            vote.answerNow();
            assertEquals("so 1", vote.collect().text());
            assertEquals(
                    List.of(new Votes.Count("1", 3), new Votes.Count("2", 2)),
                    vote.votes().counts());
        }
        assertEquals(List.of(100L, 101L, 102L, 103L, 104L), model.seeds);
        assertEquals(List.of(0, 1, 2, 3, 4), model.askedToAnswer.stream().sorted().toList());
    }

    @Test
    void a_vote_that_is_decided_or_closed_begins_no_more_samples() {
        var model = new Script("1", "1", "1", "2", "2");
        model.room = 1;
        try (VoteStream vote = new MajorityVote(model, 5).chat(QUESTION)) {
            assertEquals("1", vote.collect().text());
            assertEquals(3, vote.votes().finished());
            assertEquals(3, vote.answers().size());
        }
        var other = new Script("1", "1", "1");
        other.room = 1;
        VoteStream closed = new MajorityVote(other, 3).chat(QUESTION);
        closed.close();
        assertEquals(FinishReason.CANCELLED, closed.collect().why());
        assertEquals(List.of(100L), other.seeds);
    }

    @Test
    void a_vote_ends_where_the_model_takes_nothing_though_no_sample_runs() {
        var model = new Script("1", "2", "2");
        model.room = 0;
        var votes = new MajorityVote(model, 3);
        assertThrows(EngineOverloadedException.class, () -> votes.chat(QUESTION));
        model.room = 1;
        try (VoteStream vote = votes.chat(QUESTION)) {
            model.room = 0;
            assertThrows(EngineOverloadedException.class, vote::collect);
        }
    }

    @Test
    void a_vote_of_more_samples_than_an_engine_lets_wait_comes_to_its_end() throws IOException {
        int samples = 300; // 256 wait, and one runs
        ChatRequest request =
                ChatRequest.of("2+2?")
                        .withSampling(SamplingParams.reasoning(7, 1))
                        .withDefaultSystemPrompt(false);
        try (LocalModel model =
                        LocalModel.open(
                                ChatVectors.FOLDER.resolve("tiny-text-a"),
                                EngineOptions.defaults()
                                        .withContext(128)
                                        .withThreads(1)
                                        .withMaxSequences(1));
                VoteStream vote = new MajorityVote(model, samples).chat(request)) {
            vote.collect();
            assertEquals(samples, vote.votes().finished());
        }
    }

    @Test
    void samples_that_were_set_back_decide_a_vote_while_another_thinks() {
        var model = new Script("long long long long long long 2", "so (waits) 1", "so (waits) 1");
        try (VoteStream vote = new MajorityVote(model, 3).chat(QUESTION)) {
            assertEquals("so 1", vote.collect().text());
            assertEquals(List.of(0), model.cancelled);
        }
    }

    @Test
    void of_equals_the_first_samples_answer_wins_whoever_is_done_first() {
        try (VoteStream vote =
                new MajorityVote(new Script("so so so so so 7", "8", "8", "so so 7"), 4)
                        .chat(QUESTION)) {
            assertEquals("so so so so so 7", vote.collect().text());
        }
    }

    @Test
    void a_number_without_a_unit_goes_to_the_unit_that_most_give_it() {
        var model = new Script("= 5", "5 km", "5 m", "5 kilometers", "5 m", "6 km");
        try (VoteStream vote = new MajorityVote(model, 6).chat(QUESTION)) {
            assertEquals("= 5", vote.collect().text());
            assertEquals(
                    List.of(
                            new Votes.Count("5 km", 3),
                            new Votes.Count("5 m", 2),
                            new Votes.Count("6 km", 1)),
                    vote.votes().counts());
        }
    }

    @Test
    void the_winner_is_that_of_all_votes_whatever_their_units_and_in_any_order() {
        var random = new Random(9);
        List<AnswerKey> keys =
                List.of(
                        new AnswerKey("5"),
                        new AnswerKey("5", "km"),
                        new AnswerKey("5", "m"),
                        new AnswerKey("6"),
                        new AnswerKey("6", "km"));
        int stopped = 0;
        for (int round = 0; round < 5000; round++) {
            int samples = 2 + random.nextInt(9);
            List<AnswerKey> said = new ArrayList<>();
            for (int i = 0; i < samples; i++) {
                said.add(keys.get(random.nextInt(keys.size())));
            }
            var all = new Ballot(samples);
            var early = new Ballot(samples);
            List<Integer> order = new ArrayList<>(IntStream.range(0, samples).boxed().toList());
            Collections.shuffle(order, random);
            order.forEach(sample -> all.cast(sample, Optional.of(said.get(sample))));
            for (int sample : order) {
                if (!early.isDecided()) {
                    early.cast(sample, Optional.of(said.get(sample)));
                }
            }
            AnswerKey winner = all.leader().orElseThrow();
            AnswerKey found = early.leader().orElseThrow();
            boolean same = found.equals(winner) || found.equals(winner.bare());
            assertTrue(same, () -> found + " of " + said + " in order " + order);
            stopped += early.votes().finished() < samples ? 1 : 0;
        }
        assertTrue(stopped > 500, stopped + " votes were decided early");
    }

    @Test
    void the_winner_is_that_of_all_votes_in_any_order() {
        var random = new Random(5);
        for (int round = 0; round < 2000; round++) {
            int samples = 2 + random.nextInt(7);
            List<Integer> said =
                    IntStream.range(0, samples).map(_ -> random.nextInt(3)).boxed().toList();
            var all = new Ballot(samples);
            for (int i = 0; i < samples; i++) {
                all.cast(i, key(said.get(i)));
            }
            List<Integer> order = new ArrayList<>(IntStream.range(0, samples).boxed().toList());
            Collections.shuffle(order, random);
            var early = new Ballot(samples);
            for (int sample : order) {
                if (early.isDecided()) {
                    break;
                }
                early.cast(sample, key(said.get(sample)));
            }
            assertTrue(early.isDecided());
            assertEquals(all.leader(), early.leader(), said + " in order " + order);
        }
    }

    /// A vote, or with 0 none.
    private static Optional<AnswerKey> key(int said) {
        return said == 0 ? Optional.empty() : Optional.of(new AnswerKey("" + said));
    }

    @Test
    void answers_that_broke_off_have_no_vote() {
        try (VoteStream vote = new MajorityVote(new Script("1…", "1…", "2"), 3).chat(QUESTION)) {
            assertEquals("2", vote.collect().text());
            assertEquals(List.of(new Votes.Count("2", 1)), vote.votes().counts());
        }
        try (VoteStream vote = new MajorityVote(new Script("1…", "3…"), 2).chat(QUESTION)) {
            Answer answer = vote.collect();
            assertEquals("1…", answer.text());
            assertEquals(FinishReason.LENGTH, answer.why());
            assertEquals(0, vote.votes().agreement());
        }
    }

    @Test
    void the_stream_tells_how_votes_stand_and_counts_all_tokens() {
        List<Integer> finished = new ArrayList<>();
        Usage usage = new Usage(0, 0, 0);
        try (VoteStream vote =
                new MajorityVote(new Script("a 1", "b 2", "c 3"), 3).chat(QUESTION)) {
            for (ChatEvent event : vote) {
                switch (event) {
                    case ChatEvent.Voted(Votes votes) -> finished.add(votes.finished());
                    case ChatEvent.Finished(FinishReason _, Usage all) -> usage = all;
                    case ChatEvent.Progress _,
                            ChatEvent.Thinking _,
                            ChatEvent.Text _,
                            ChatEvent.ToolCalled _,
                            ChatEvent.Scored _,
                            ChatEvent.Intervened _ -> {}
                }
            }
        }
        assertEquals(List.of(1, 2, 3), finished);
        assertEquals(new Usage(5, 9, 3), usage);
    }

    @Test
    void a_vote_needs_answers_that_can_differ() {
        var model = new Script("1", "1");
        assertThrows(InvalidRequestException.class, () -> new MajorityVote(model, 1));
        var vote = new MajorityVote(model, 2);
        ChatRequest greedy = QUESTION.withSampling(SamplingParams.greedy(9));
        assertEquals(
                "temperature",
                assertThrows(InvalidRequestException.class, () -> vote.chat(greedy)).parameter());
    }

    @Test
    void a_seeded_vote_of_a_model_can_be_repeated() throws IOException {
        ChatRequest request =
                ChatRequest.of("2+2?")
                        .withSampling(SamplingParams.reasoning(7, 24))
                        .withDefaultSystemPrompt(false);
        try (LocalModel model =
                        LocalModel.open(
                                ChatVectors.FOLDER.resolve("tiny-text-a"),
                                EngineOptions.defaults().withContext(512).withThreads(1));
                VoteStream first = new MajorityVote(model, 5).chat(request);
                VoteStream second = new MajorityVote(model, 5).chat(request)) {
            assertEquals(first.collect(), second.collect());
            assertEquals(first.votes(), second.votes());
            for (int sample = 0; sample < 5; sample++) {
                SamplingParams seeded = SamplingParams.reasoning(7 + sample, 24);
                try (ChatStream alone = model.chat(request.withSampling(seeded))) {
                    assertEquals(alone.collect().text(), first.answers().get(sample).text());
                }
            }
        }
    }

    /// A model that gives these answers by turns, a word an event. One that ends in an ellipsis is
    /// cut off there.
    private static final class Script implements ChatModel {
        /// The sample is set back here, and goes on when its turn comes.
        private static final String WAITS = "(waits) ";

        private final String[] texts;
        private final List<Long> seeds = new ArrayList<>();
        private final List<Integer> cancelled = new ArrayList<>();
        private final List<Integer> askedToAnswer = new ArrayList<>();
        private int room = Integer.MAX_VALUE;
        private int running;

        Script(String... texts) {
            this.texts = texts;
        }

        @Override
        public ChatStream chat(ChatRequest request) {
            if (running >= room) {
                throw new EngineOverloadedException("too many", Duration.ofSeconds(1));
            }
            running++;
            int number = seeds.size();
            seeds.add(request.sampling().orElseThrow().seed());
            return new Told(number);
        }

        @Override
        public void close() {}

        private final class Told implements ChatStream {
            private final int number;
            private final List<ChatEvent> events = new ArrayList<>();
            private int at;
            private boolean closed;

            Told(int number) {
                this.number = number;
                events.add(new ChatEvent.Thinking("thought " + number));
                String[] words = texts[number].split("(?<= )");
                for (String word : words) {
                    events.add(
                            word.equals(WAITS)
                                    ? new ChatEvent.Progress(1, 0, 5)
                                    : new ChatEvent.Text(word));
                }
                FinishReason why =
                        texts[number].endsWith("…") ? FinishReason.LENGTH : FinishReason.STOP;
                events.add(new ChatEvent.Finished(why, new Usage(5, 1 + words.length, 1)));
            }

            @Override
            public Iterator<ChatEvent> iterator() {
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return at < events.size();
                    }

                    @Override
                    public ChatEvent next() {
                        if (closed) {
                            at = events.size();
                            cancelled.add(number);
                            running--;
                            return new ChatEvent.Finished(
                                    FinishReason.CANCELLED, new Usage(5, 1, 1));
                        }
                        running -= at == events.size() - 1 ? 1 : 0;
                        return events.get(at++);
                    }
                };
            }

            @Override
            public void answerNow() {
                askedToAnswer.add(number);
            }

            @Override
            public void thinkLonger(int tokens) {}

            @Override
            public void close() {
                closed = true;
            }
        }
    }
}
