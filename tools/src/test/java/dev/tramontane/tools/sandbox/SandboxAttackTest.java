package dev.tramontane.tools.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.tools.sandbox.RunResult.Limit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Programs that want more than they may have. What the self-test tries is in `probes.py`; here is
/// what takes longer.
@ParameterizedClass
@EnumSource(Tier.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SandboxAttackTest {
    private static final Limits SMALL =
            Limits.USUAL
                    .withTime(Duration.ofSeconds(30))
                    .withElapsed(Duration.ofMinutes(2))
                    .withDiskBytes(4 << 20);

    /// Of processor time; on a busy machine it is long by the clock.
    private static final Limits SECOND =
            SMALL.withTime(Duration.ofSeconds(1)).withElapsed(Duration.ofMinutes(2));

    private final Tier tier;
    private Sandbox sandbox;

    SandboxAttackTest(Tier tier) {
        this.tier = tier;
    }

    @BeforeEach
    void open() throws InterruptedException {
        sandbox = tier.open();
    }

    private RunResult run(String source) throws InterruptedException {
        RunResult result = sandbox.run(Program.of(source), SMALL);
        assertEquals(
                "still well\n",
                sandbox.run(Program.of("print('still well')"), SMALL).output().text());
        return result;
    }

    private void endsBy(Limit limit, String source) throws InterruptedException {
        RunResult result = run(source);
        assertEquals(Optional.of(limit), result.endedBy(), result::toString);
        assertFalse(result.isSuccess());
    }

    @Test
    void no_attack_of_the_self_test_succeeds() throws InterruptedException {
        assertEquals(List.of(), SandboxSelfTest.attack(sandbox, List.of()));
    }

    @Test
    void an_endless_loop_ends() throws InterruptedException {
        RunResult result = sandbox.run(Program.of("while True: pass"), SECOND);
        assertEquals(Optional.of(Limit.TIME), result.endedBy());
        assertEquals(128 + 24, result.exit(), result::toString); // SIGXCPU
    }

    @Test
    void an_endless_loop_that_ignores_the_warning_ends() throws InterruptedException {
        RunResult result =
                sandbox.run(
                        Program.of(
                                """
                                import signal
                                signal.signal(signal.SIGXCPU, signal.SIG_IGN)
                                while True: pass
                                """),
                        SECOND);
        assertEquals(Optional.of(Limit.TIME), result.endedBy());
    }

    @Test
    void a_sleeper_that_ignores_all_signals_ends() throws InterruptedException {
        RunResult result =
                sandbox.run(
                        Program.of(
                                """
                                import signal, time
                                signal.pthread_sigmask(signal.SIG_SETMASK, range(1, 65))
                                time.sleep(100000)
                                """),
                        SMALL.withElapsed(Duration.ofSeconds(2)));
        assertEquals(Optional.of(Limit.TIME), result.endedBy());
    }

    @Test
    void one_large_piece_of_memory_is_not_to_be_had() throws InterruptedException {
        endsBy(Limit.MEMORY, "x = bytearray(3 << 30)");
    }

    @Test
    void many_small_pieces_of_memory_end() throws InterruptedException {
        RunResult result =
                sandbox.run(
                        Program.of("x = []\nwhile True: x.append(bytearray(1 << 20))"),
                        SMALL.withMemoryBytes(256 << 20));
        assertEquals(Optional.of(Limit.MEMORY), result.endedBy());
        assertTrue(result.peakBytes() < 300 << 20, result::toString);
    }

    @Test
    void threads_without_end_end() throws InterruptedException {
        RunResult result =
                run(
                        """
                        import threading, time
                        threading.stack_size(1 << 16)
                        started = 0
                        def rest(): time.sleep(1000)
                        try:
                            while True:
                                threading.Thread(target=rest, daemon=True).start()
                                started += 1
                        except RuntimeError:
                            print(started, 'and no more', flush=True)
                        """);
        if (result.endedBy().isEmpty()) {
            int started = Integer.parseInt(result.output().text().split(" ")[0]);
            assertTrue(started <= SMALL.threads() + 3, result::toString);
        } else {
            assertEquals(Limit.THREADS, result.endedBy().get());
        }
    }

    @Test
    void output_without_end_is_cut_and_ends() throws InterruptedException {
        RunResult result = run("while True: print('x' * 1000)");
        assertEquals(Optional.of(Limit.OUTPUT), result.endedBy());
        assertEquals(SMALL.outputBytes(), result.output().text().length());
        assertTrue(result.output().cut());
    }

    @Test
    void errors_without_end_are_cut_and_end() throws InterruptedException {
        RunResult result = run("import os\nwhile True: os.write(2, b'e' * 100000)");
        assertEquals(Optional.of(Limit.OUTPUT), result.endedBy());
        assertTrue(result.errors().cut());
    }

    @Test
    void a_file_does_not_grow_beyond_the_disk_it_may_use() throws InterruptedException {
        RunResult result = run("f = open('f', 'wb')\nwhile True: f.write(bytes(1 << 20))");
        assertEquals(1, result.exit());
        assertTrue(result.errors().text().contains("File too large"), result::toString);
    }

    @Test
    void a_file_with_holes_counts_as_it_says() throws InterruptedException {
        RunResult result = run("open('f', 'wb').truncate(1 << 40)");
        assertTrue(result.errors().text().contains("File too large"), result::toString);
        endsBy(
                Limit.DISK,
                "for i in range(9): open(str(i), 'wb').truncate(1 << 20)\nimport time; time.sleep(60)");
    }

    @Test
    void room_for_a_file_is_not_taken_behind_its_size() throws InterruptedException {
        RunResult result =
                run(
                        """
                        import ctypes, os
                        libc = ctypes.CDLL(None, use_errno=True)
                        file = os.open('f', os.O_CREAT | os.O_RDWR)
                        os.posix_fallocate(file, 0, 1 << 20)
                        keep_size = 1
                        taken = libc.fallocate(file, keep_size, ctypes.c_long(0), ctypes.c_long(1 << 30))
                        print(os.fstat(file).st_size, taken, ctypes.get_errno())
                        """);
        assertEquals("1048576 -1 1\n", result.output().text(), result::toString);
    }

    @Test
    void files_together_do_not_fill_the_disk() throws InterruptedException {
        endsBy(Limit.DISK, "i = 0\nwhile True: open(str(i), 'wb').write(bytes(1 << 18)); i += 1");
    }

    @Test
    void files_without_end_end() throws InterruptedException {
        endsBy(Limit.DISK, "i = 0\nwhile True: open(str(i), 'w').close(); i += 1");
    }

    @Test
    void files_that_have_no_name_any_more_count() throws InterruptedException {
        endsBy(
                Limit.DISK,
                """
                import os, time
                kept = []
                for i in range(20):
                    kept.append(open('f', 'wb'))
                    os.unlink('f')
                    kept[-1].write(bytes(1 << 20))
                    kept[-1].flush()
                time.sleep(60)
                """);
    }

    @Test
    void files_that_have_no_name_and_are_only_mapped_count() throws InterruptedException {
        endsBy(
                Limit.DISK,
                """
                import ctypes, mmap, os, time
                libc = ctypes.CDLL(None, use_errno=True)
                libc.mmap.restype = ctypes.c_void_p
                libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
                for i in range(20):
                    file = os.open('f', os.O_CREAT | os.O_RDWR)
                    os.posix_fallocate(file, 0, 1 << 20)
                    page = libc.mmap(None, mmap.PAGESIZE, mmap.PROT_READ, mmap.MAP_SHARED, file, 0)
                    assert page != ctypes.c_void_p(-1).value
                    os.unlink('f')
                    os.close(file)
                time.sleep(60)
                """);
    }

    @Test
    void a_tree_with_a_path_too_long_is_too_much() throws InterruptedException {
        endsBy(
                Limit.DISK,
                """
                import os
                for i in range(16):
                    os.mkdir('d' * 255)
                    os.chdir('d' * 255)
                """);
    }

    @Test
    void a_deep_tree_is_too_much_and_is_removed() throws InterruptedException {
        RunResult result =
                run(
                        """
                        import os
                        for i in range(200):
                            os.mkdir('.tramontane-0')
                            os.chdir('.tramontane-0')
                            open('leaf', 'w').write('x')
                        """);
        assertEquals(Optional.of(Limit.DISK), result.endedBy());
        assertEquals(0, result.files().size());
    }

    @Test
    void closed_folders_and_files_are_removed() throws InterruptedException {
        run(
                """
                import os
                os.mkdir('closed', 0)
                os.umask(0o777)
                open('nobody', 'w').write('x')
                os.mkdir('inner')
                """);
        RunResult next = run("import os; print(os.listdir())");
        assertEquals("['main.py']\n", next.output().text());
    }

    @Test
    void nothing_outlives_a_program() throws InterruptedException {
        run(
                """
                import builtins, os, threading, time
                builtins.secret = 1
                os.environ['SECRET'] = 'x'
                open('secret', 'w').write('x')
                threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
                """);
        RunResult next =
                run(
                        "import builtins, os; print(hasattr(builtins, 'secret'), 'SECRET' in os.environ, os.listdir())");
        assertEquals("False False ['main.py']\n", next.output().text());
    }

    @Test
    void a_program_that_closes_everything_is_its_own_loss() throws InterruptedException {
        RunResult result =
                run(
                        "import os\nprint('before', flush=True)\nos.closerange(0, 256)\nprint('after')");
        assertTrue(result.output().text().startsWith("before\n"), result::toString);
        assertFalse(result.output().text().contains("after"), result::toString);
    }

    @Test
    void a_crash_is_a_signal() throws InterruptedException {
        RunResult result = run("import ctypes; ctypes.string_at(0)");
        assertEquals(128 + 11, result.exit(), result::toString);
        assertEquals(
                128 + 9,
                run("import os, resource\nresource.setrlimit(resource.RLIMIT_CPU, (0, 0))\nwhile True: pass")
                        .exit());
    }
}
