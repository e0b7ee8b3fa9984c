package dev.tramontane.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

@Timeout(300)
class WeightReadersTest {
    private final WeightReaders readers = new WeightReaders(() -> new ArithmeticException("gone"));

    @Test
    void weights_are_freed_when_the_last_reader_is_done() throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        var reads = new CountDownLatch(2);
        var goesOn = new CountDownLatch(1);
        List<FutureTask<String>> reading = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            var task =
                    new FutureTask<>(
                            () ->
                                    readers.read(
                                            () -> {
                                                reads.countDown();
                                                await(goesOn);
                                                order.add("read");
                                                return "read";
                                            }));
            Thread.ofPlatform().daemon().start(task);
            reading.add(task);
        }
        reads.await(); // both at once
        Thread freeing =
                Thread.ofPlatform().daemon().start(() -> readers.free(() -> order.add("freed")));
        Waiting.until(
                "it waits for readers",
                freeing::getState,
                state -> state == Thread.State.WAITING || state == Thread.State.TERMINATED);
        goesOn.countDown();
        for (FutureTask<String> task : reading) {
            assertEquals("read", task.get());
        }
        freeing.join();
        assertEquals(List.of("read", "read", "freed"), order);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void who_comes_after_that_is_told_why() {
        assertEquals(3, readers.read(() -> 3));
        readers.free(() -> {});
        assertThrows(ArithmeticException.class, () -> readers.read(() -> 3));
    }
}
