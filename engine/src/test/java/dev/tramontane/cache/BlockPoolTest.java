package dev.tramontane.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

class BlockPoolTest {
    @Test
    void blocks_are_lent_all_or_none_and_come_back() {
        var pool = new BlockPool(5);
        var first = new BlockTable();
        var second = new BlockTable();
        assertTrue(pool.lend(3, first));
        assertFalse(pool.lend(3, second));
        assertEquals(0, second.count());
        assertTrue(pool.lend(2, second));
        assertEquals(0, pool.availableBlocks());
        pool.check(List.of(first, second));
        pool.takeBack(first);
        assertEquals(0, first.count());
        assertEquals(3, pool.availableBlocks());
        pool.check(List.of(second));
        pool.takeBack(second);
        pool.check(List.of());
    }

    @Test
    void a_block_given_back_twice_is_noticed() {
        var pool = new BlockPool(2);
        var table = new BlockTable();
        pool.lend(1, table);
        var copy = new BlockTable();
        copy.append(table.block(0));
        pool.takeBack(table);
        assertThrows(IllegalStateException.class, () -> pool.takeBack(copy));
    }

    @Test
    void a_leak_is_noticed() {
        var pool = new BlockPool(2);
        pool.lend(1, new BlockTable());
        var thrown = assertThrows(IllegalStateException.class, () -> pool.check(List.of()));
        assertTrue(thrown.toString().contains("is lent 1 times, expected 0"));
    }

    @Test
    void what_is_forgotten_is_found_no_more_and_belongs_to_whom_it_did() {
        var pool = new BlockPool(4);
        int[] tokens = new int[2 * KvCache.BLOCK_SIZE];
        Arrays.setAll(tokens, i -> i);
        var chain = new PrefixChain("me", SEED);
        var ended = new BlockTable();
        pool.lend(2, ended);
        pool.keep(ended, 0, chain, tokens);
        pool.keep(ended, 1, chain, tokens);
        var running = new BlockTable();
        assertTrue(pool.adopt(running, 0, chain, tokens));
        pool.takeBack(ended);
        assertEquals(1, pool.restingBlocks());

        pool.forget();
        pool.check(List.of(running));
        assertEquals(0, pool.restingBlocks());
        assertEquals(3, pool.availableBlocks());
        assertEquals(new BlockPool.Match(0, 0), pool.match(chain, tokens, 2));
        pool.takeBack(running);
        pool.check(List.of());
        assertEquals(4, pool.availableBlocks());
        assertEquals(0, pool.restingBlocks());
    }

    @Test
    void positions_need_whole_blocks() {
        assertEquals(1, BlockPool.blocksFor(1));
        assertEquals(1, BlockPool.blocksFor(KvCache.BLOCK_SIZE));
        assertEquals(2, BlockPool.blocksFor(KvCache.BLOCK_SIZE + 1));
    }

    private static final long SEED = 3;

    /// A sequence of as many full blocks as there are numbers, each filled with one number.
    private static int[] tokens(int... fillings) {
        int[] tokens = new int[fillings.length * KvCache.BLOCK_SIZE];
        Arrays.setAll(tokens, i -> fillings[i / KvCache.BLOCK_SIZE]);
        return tokens;
    }

    /// Computes a sequence and gives its blocks back; they rest.
    private static void compute(BlockPool pool, String owner, int... fillings) {
        var table = new BlockTable();
        var chain = new PrefixChain(owner, SEED);
        assertTrue(pool.lend(fillings.length, table));
        for (int i = 0; i < fillings.length; i++) {
            pool.keep(table, i, chain, tokens(fillings));
        }
        pool.takeBack(table);
        pool.check(List.of());
    }

    private static int kept(BlockPool pool, String owner, int... fillings) {
        return pool.match(new PrefixChain(owner, SEED), tokens(fillings), fillings.length).blocks();
    }

    @Test
    void a_kept_block_is_found_by_owner_and_by_all_tokens_up_to_its_end() {
        var pool = new BlockPool(9);
        compute(pool, "a", 1, 2, 3);
        assertEquals(3, kept(pool, "a", 1, 2, 3));
        assertEquals(2, kept(pool, "a", 1, 2, 4));
        assertEquals(0, kept(pool, "a", 2, 3));
        assertEquals(0, kept(pool, "b", 1, 2, 3));
    }

    @Test
    void tokens_are_compared_where_hashes_are_equal() {
        var pool = new BlockPool(4);
        var table = new BlockTable();
        var chain = new PrefixChain("a", SEED);
        pool.lend(1, table);
        pool.keep(table, 0, chain, tokens(1));
        // the chain remembers the hash of the first tokens it saw, so this is a collision
        assertFalse(pool.adopt(new BlockTable(), 0, chain, tokens(2)));
        assertTrue(pool.adopt(new BlockTable(), 0, chain, tokens(1)));
    }

    @Test
    void a_block_has_several_users_and_rests_when_the_last_gives_it_back() {
        var pool = new BlockPool(2);
        var chain = new PrefixChain("a", SEED);
        var first = new BlockTable();
        var second = new BlockTable();
        pool.lend(1, first);
        pool.keep(first, 0, chain, tokens(1));
        assertTrue(pool.adopt(second, 0, chain, tokens(1)));
        assertEquals(1, pool.ownedBlocks());
        assertEquals(0, pool.ownedAlone(first));
        pool.check(List.of(first, second));
        pool.takeBack(first);
        assertEquals(0, pool.restingBlocks());
        assertEquals(1, pool.ownedAlone(second));
        pool.takeBack(second);
        assertEquals(1, pool.restingBlocks());
        assertEquals(2, pool.availableBlocks());
        pool.check(List.of());
    }

    @Test
    void what_was_computed_twice_is_kept_once() {
        var pool = new BlockPool(4);
        var chain = new PrefixChain("a", SEED);
        var first = new BlockTable();
        var second = new BlockTable();
        pool.lend(2, first);
        pool.lend(2, second);
        for (int i = 0; i < 2; i++) {
            pool.keep(first, i, chain, tokens(1, 2));
            pool.keep(second, i, chain, tokens(1, 2));
        }
        assertEquals(2, pool.ownedBlocks());
        assertEquals(first.block(0), second.block(0));
        assertEquals(first.block(1), second.block(1));
        pool.check(List.of(first, second));
    }

    @Test
    void room_is_made_from_the_longest_unused_and_from_the_end_of_a_prefix() {
        var pool = new BlockPool(6);
        compute(pool, "a", 1, 2, 3);
        compute(pool, "a", 4, 5, 6);
        assertEquals(3, kept(pool, "a", 1, 2, 3));
        var table = new BlockTable();
        pool.lend(1, table);
        assertEquals(2, kept(pool, "a", 1, 2, 3));
        assertEquals(3, kept(pool, "a", 4, 5, 6));
        pool.lend(3, table);
        assertEquals(0, kept(pool, "a", 1, 2, 3));
        assertEquals(2, kept(pool, "a", 4, 5, 6));
        pool.check(List.of(table));
    }

    @Test
    void use_keeps_a_prefix_from_being_the_longest_unused() {
        var pool = new BlockPool(6);
        compute(pool, "a", 1, 2, 3);
        compute(pool, "a", 4, 5, 6);
        var user = new BlockTable();
        assertTrue(pool.adopt(user, 0, new PrefixChain("a", SEED), tokens(1)));
        pool.takeBack(user);
        pool.lend(5, user);
        assertEquals(1, kept(pool, "a", 1, 2, 3));
        assertEquals(0, kept(pool, "a", 4, 5, 6));
    }

    @Test
    void a_greedy_owner_displaces_its_own_blocks_before_those_of_others() {
        var pool = new BlockPool(10, 5);
        compute(pool, "small", 1, 2, 3);
        for (int i = 0; i < 20; i++) {
            compute(pool, "greedy", 100 + i, 200 + i);
        }
        assertEquals(3, kept(pool, "small", 1, 2, 3));
        assertEquals(10, pool.restingBlocks());
    }

    @Test
    void an_owner_alone_may_have_all_that_nobody_needs() {
        var pool = new BlockPool(10, 1);
        compute(pool, "a", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertEquals(10, kept(pool, "a", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    }

    @Test
    void part_of_a_table_comes_back() {
        var pool = new BlockPool(5);
        var table = new BlockTable();
        pool.lend(4, table);
        pool.takeBack(table, 1);
        assertEquals(1, table.count());
        assertEquals(4, pool.availableBlocks());
        pool.check(List.of(table));
    }
}
