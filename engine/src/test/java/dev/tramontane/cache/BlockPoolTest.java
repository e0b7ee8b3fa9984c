package dev.tramontane.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

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
        assertEquals(0, pool.freeBlocks());
        pool.check(5);
        pool.takeBack(first);
        assertEquals(0, first.count());
        assertEquals(3, pool.freeBlocks());
        pool.check(2);
        pool.takeBack(second);
        pool.check(0);
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
        var thrown = assertThrows(IllegalStateException.class, () -> pool.check(0));
        assertTrue(thrown.toString().contains("1 blocks are owned, expected 0"));
    }

    @Test
    void positions_need_whole_blocks() {
        assertEquals(1, BlockPool.blocksFor(1));
        assertEquals(1, BlockPool.blocksFor(KvCache.BLOCK_SIZE));
        assertEquals(2, BlockPool.blocksFor(KvCache.BLOCK_SIZE + 1));
    }
}
