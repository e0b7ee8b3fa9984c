package dev.tramontane.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/// Joining pairs, searched and queued, against the plainest way to write it down.
final class PairMergerTest {
    private static final List<String> LETTERS = List.of("a", "b", "c");
    private static final int TOKENS = 60;
    private static final int LONGEST_TOKEN = 7;
    private static final int LONGEST_PIECE = 3 * PairMerger.LONGEST_SEARCHED_SYMBOLS;

    @Test
    void random_pieces_are_joined_as_in_the_plain_way() {
        var random = new SplittableRandom(7);
        for (int round = 0; round < 300; round++) {
            assertJoinedAsInThePlainWay(random, TOKENS);
        }
    }

    @Test
    void of_tokens_with_equal_priority_the_leftmost_pair_is_joined_first() {
        var random = new SplittableRandom(8);
        for (int round = 0; round < 300; round++) {
            assertJoinedAsInThePlainWay(random, 1 + random.nextInt(5));
        }
    }

    @Test
    void positions_leave_their_queue_in_order() {
        var random = new SplittableRandom(9);
        for (int round = 0; round < 2_000; round++) {
            var queue = new PositionQueue();
            var oracle = new PriorityQueue<Integer>();
            boolean ascending = random.nextBoolean();
            for (int i = 0; i < 60; i++) {
                if (random.nextInt(3) > 0 || oracle.isEmpty()) {
                    int position = ascending ? i : random.nextInt(30);
                    queue.add(position);
                    oracle.add(position);
                } else {
                    assertEquals(oracle.remove(), queue.take());
                }
                assertEquals(oracle.isEmpty(), queue.isEmpty());
            }
        }
    }

    @Test
    void pairs_leave_their_queue_by_priority_and_then_by_position() {
        var random = new SplittableRandom(10);
        int priorities = 70_000; // more than one word of the bitmap's upper level
        for (int round = 0; round < 200; round++) {
            var queue = new MergeQueue(priorities);
            var oracle = new PriorityQueue<Long>();
            for (int i = 0; i < 100; i++) {
                if (random.nextInt(3) > 0 || oracle.isEmpty()) {
                    int priority = random.nextInt(priorities) & -random.nextInt(2);
                    int position = random.nextInt(1_000);
                    queue.add(priority, position);
                    oracle.add(((long) priority << 32) | position);
                } else {
                    int priority = queue.lowest();
                    int position = queue.take(priority);
                    assertEquals(oracle.remove(), ((long) priority << 32) | position);
                }
            }
            while (!oracle.isEmpty()) {
                int priority = queue.lowest();
                int position = queue.take(priority);
                assertEquals(oracle.remove(), ((long) priority << 32) | position);
            }
            assertTrue(queue.lowest() < 0);
        }
    }

    /// @param priorities how many different ones the tokens share
    private static void assertJoinedAsInThePlainWay(SplittableRandom random, int priorities) {
        List<String> tokens = randomTokens(random);
        int[] priority = new int[tokens.size()];
        for (int id = 0; id < priority.length; id++) {
            priority[id] = id % priorities;
        }
        var vocabulary = new Vocabulary.Builder("a test");
        tokens.forEach(token -> vocabulary.text(token.getBytes(StandardCharsets.UTF_8)));
        Vocabulary built = vocabulary.build();
        for (int length :
                new int[] {1, 2, 9, LONGEST_PIECE / 3, LONGEST_PIECE / 3 + 1, LONGEST_PIECE}) {
            String piece = randomText(random, length, 1 + random.nextInt(LETTERS.size()));
            Utf8 utf8 = Utf8.of(piece);
            var ids = new TokenIds(0);
            var joining = new TokenPriorities(built.table(), priority, priority.length);
            new PairMerger(built.table(), joining, built.byteIds(), utf8.bytes(), ids)
                    .mergeBytes(0, utf8.length());
            assertArrayEquals(plainly(piece, tokens, priority), ids.toArray(), () -> "of " + piece);
        }
    }

    private static List<String> randomTokens(SplittableRandom random) {
        List<String> tokens = new ArrayList<>(LETTERS);
        while (tokens.size() < TOKENS) {
            String token =
                    randomText(random, 2 + random.nextInt(LONGEST_TOKEN - 1), LETTERS.size());
            if (!tokens.contains(token)) {
                tokens.add(token);
            }
        }
        return tokens;
    }

    private static String randomText(SplittableRandom random, int length, int letters) {
        var text = new StringBuilder();
        while (text.length() < length) {
            text.append(LETTERS.get(random.nextInt(letters)));
        }
        return text.toString();
    }

    private static int[] plainly(String piece, List<String> tokens, int[] priority) {
        Map<String, Integer> ids = new HashMap<>();
        for (String token : tokens) {
            ids.put(token, ids.size());
        }
        List<String> symbols =
                new ArrayList<>(piece.chars().mapToObj(Character::toString).toList());
        while (true) {
            int best = -1;
            int lowest = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                Integer id = ids.get(symbols.get(i) + symbols.get(i + 1));
                if (id != null && priority[id] < lowest) {
                    lowest = priority[id];
                    best = i;
                }
            }
            if (best < 0) {
                return symbols.stream().mapToInt(ids::get).toArray();
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }
}
