package dev.tramontane.tools.sandbox;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;

/// Programs that want nothing they may not have.
@ParameterizedClass
@EnumSource(Tier.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SandboxTest {
    private final Tier tier;
    private Sandbox sandbox;

    SandboxTest(Tier tier) {
        this.tier = tier;
    }

    @BeforeEach
    void open() throws InterruptedException {
        sandbox = tier.open();
    }

    private String print(String source) throws InterruptedException {
        return print(Program.of(source));
    }

    private String print(Program program) throws InterruptedException {
        RunResult result = sandbox.run(program, Limits.USUAL);
        assertTrue(result.isSuccess(), result::toString);
        assertEquals("", result.errors().text());
        return result.output().text();
    }

    @Test
    void a_program_reads_its_input_and_writes_its_output() throws InterruptedException {
        assertEquals("olleh\n", print(Program.of("print(input()[::-1])").withInput("hello\n")));
    }

    @Test
    void ten_megabytes_of_input_arrive() throws InterruptedException {
        byte[] input = new byte[10 << 20];
        Arrays.fill(input, (byte) 'a');
        var program =
                new Program("import sys; print(len(sys.stdin.buffer.read()))", Map.of(), input);
        assertEquals(input.length + "\n", print(program));
    }

    @Test
    void input_is_read_in_every_way_there_is() throws InterruptedException {
        String source =
                """
                import os, sys
                print(input())
                print(sys.stdin.readline().strip())
                print(open(0, closefd=False).readline().strip() == '')
                print(os.fstat(0).st_size)
                os.lseek(0, 0, 0)
                print(os.read(0, 3))
                print(open('/dev/stdin').read() if os.path.exists('/dev/stdin') else 'one\\ntwo\\nthree\\n')
                """;
        assertEquals(
                "one\ntwo\nTrue\n14\nb'one'\none\ntwo\nthree\n\n",
                print(Program.of(source).withInput("one\ntwo\nthree\n")));
    }

    @Test
    void letters_of_all_scripts_pass() throws InterruptedException {
        assertEquals("čaj 茶 🍵\n", print(Program.of("print(input())").withInput("čaj 茶 🍵")));
    }

    @Test
    void a_program_is_main() throws InterruptedException {
        String source =
                """
                import __main__, dataclasses, pickle, sys
                @dataclasses.dataclass
                class Point:
                    x: 'int' = 1
                assert pickle.loads(pickle.dumps(Point(3))) == Point(3)
                print(__name__, __main__.Point().x, sys.argv, __file__.endswith('/main.py'))
                """;
        assertEquals("__main__ 1 ['main.py'] True\n", print(source));
    }

    @Test
    void files_are_given_and_come_back_if_they_are_new_or_changed() throws InterruptedException {
        var program =
                Program.of(
                                """
                                import helper, os
                                open('changed', 'a').write('!')
                                os.mkdir('folder')
                                open('folder/new', 'w').write(helper.WORD)
                                """)
                        .withFiles(
                                Map.of(
                                        "helper.py", bytes("WORD = 'word'"),
                                        "changed", bytes("text"),
                                        "same", bytes("text")));
        RunResult result = sandbox.run(program, Limits.USUAL);
        assertEquals(Set.of("changed", "folder/new"), result.files().keySet());
        assertArrayEquals(bytes("text!"), result.files().get("changed"));
        assertArrayEquals(bytes("word"), result.files().get("folder/new"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_failure_is_told_as_python_tells_it() throws InterruptedException {
        RunResult result = sandbox.run(Program.of("def f():\n    return 1 / 0\nf()"), Limits.USUAL);
        assertEquals(1, result.exit());
        assertTrue(
                result.errors()
                        .text()
                        .startsWith(
                                "Traceback (most recent call last):\n  File \"main.py\", line 3, in <module>\n"),
                result::toString);
        assertFalse(result.errors().text().contains("driver"), result::toString);
    }

    @Test
    void an_error_of_syntax_is_told_with_its_line() throws InterruptedException {
        RunResult result = sandbox.run(Program.of("x = 1\nif"), Limits.USUAL);
        assertEquals(1, result.exit());
        assertTrue(result.errors().text().contains("line 2"), result::toString);
    }

    @Test
    void exit_codes_are_kept() throws InterruptedException {
        assertEquals(3, sandbox.run(Program.of("import sys; sys.exit(3)"), Limits.USUAL).exit());
        assertEquals(4, sandbox.run(Program.of("import os; os._exit(4)"), Limits.USUAL).exit());
        assertEquals(0, sandbox.run(Program.of("raise SystemExit"), Limits.USUAL).exit());
    }

    @Test
    void what_was_printed_and_what_is_to_be_done_at_exit_is_done() throws InterruptedException {
        assertEquals(
                "begin\nthread\nend\n",
                print(
                        """
                        import atexit, threading, time
                        atexit.register(print, 'end')
                        begun = threading.Event()
                        def late():
                            begun.wait()
                            time.sleep(0.05)
                            print('thread')
                        threading.Thread(target=late).start()
                        print('begin')
                        begun.set()
                        """));
    }

    @Test
    void threads_loops_of_events_and_deep_recursion_work() throws InterruptedException {
        assertEquals(
                "45 done 40000\n",
                print(
                        """
                        import asyncio, sys, threading
                        from concurrent.futures import ThreadPoolExecutor
                        sys.setrecursionlimit(50000)
                        async def done():
                            await asyncio.sleep(0.001)
                            return 'done'
                        def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
                        deep = []
                        threading.stack_size(256 << 20)
                        thread = threading.Thread(target=lambda: deep.append(depth(40000)))
                        thread.start()
                        thread.join()
                        threading.stack_size(0)
                        with ThreadPoolExecutor(4) as pool:
                            print(sum(pool.map(int, range(10))), asyncio.run(done()), deep[0])
                        """));
    }

    @Test
    void the_usual_modules_work() throws InterruptedException {
        assertEquals(
                "3.5 Counter({'a': 2}) 1 [1, 2] 2026 True {\"a\": 1} copy\n",
                print(
                        """
                        import collections, datetime, decimal, heapq, json, os, random, shutil, sqlite3, statistics, tempfile
                        with tempfile.NamedTemporaryFile() as f: f.write(b'x')
                        open('a', 'w').write('copy')
                        shutil.copy('a', 'b')
                        base = sqlite3.connect(':memory:')
                        print(statistics.mean([3, 4]), collections.Counter('aa'), base.execute('select 1').fetchone()[0],
                              heapq.nsmallest(2, [3, 1, 2]), datetime.date(2026, 1, 1).year, random.random() < 1,
                              json.dumps({'a': 1}), open('b').read())
                        """));
    }

    @Test
    void two_programs_draw_other_random_numbers() throws InterruptedException {
        String draw = "import random; print(random.random())";
        assertFalse(print(draw).equals(print(draw)));
    }

    @Test
    void numpy_computes() throws InterruptedException {
        needs("numpy");
        assertEquals(
                "[[7.0, 10.0], [15.0, 22.0]] 6.0\n",
                print(
                        """
                        import numpy as np
                        a = np.array([[1., 2.], [3., 4.]])
                        print((a @ a).tolist(), round(np.linalg.norm(np.full(36, 1.)), 9))
                        """));
    }

    @Test
    void matplotlib_draws() throws InterruptedException {
        needs("matplotlib");
        RunResult result =
                sandbox.run(
                        Program.of(
                                "import matplotlib.pyplot as plt; plt.plot([1, 3, 2]); plt.savefig('plot.png')"),
                        Limits.USUAL.withTime(Duration.ofSeconds(60)));
        assertEquals(Set.of("plot.png"), result.files().keySet(), result::toString);
        assertEquals(
                "PNG", new String(result.files().get("plot.png"), 1, 3, StandardCharsets.US_ASCII));
    }

    private void needs(String module) throws InterruptedException {
        assumeTrue(
                sandbox.run(
                                Program.of("import " + module),
                                Limits.USUAL.withTime(Duration.ofSeconds(60)))
                        .isSuccess(),
                "skipped: the Python of the sandbox has no " + module);
    }

    @Test
    void programs_run_beside_each_other_and_wait_for_a_place() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<Future<String>>();
            for (int i = 0; i < 6; i++) {
                int number = i;
                results.add(threads.submit(() -> print("print(%d ** 2)".formatted(number))));
            }
            for (int i = 0; i < 6; i++) {
                assertEquals(i * i + "\n", results.get(i).get());
            }
        }
    }

    @Test
    void who_waits_may_stop_waiting() throws InterruptedException {
        var ended = new AtomicReference<Throwable>();
        Thread waiting =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        sandbox.run(
                                                Program.of("import time; time.sleep(1000)"),
                                                Limits.USUAL);
                                    } catch (Throwable failure) {
                                        ended.set(failure);
                                    }
                                });
        waiting.interrupt();
        waiting.join();
        assertTrue(ended.get() instanceof InterruptedException, () -> "" + ended.get());
        assertEquals("well\n", print("print('well')"));
    }

    @Test
    void a_closed_sandbox_leaves_nothing() throws InterruptedException {
        Sandbox own = tier.fresh(SandboxOptions.USUAL.withPlaces(1));
        String folder =
                own.run(Program.of("import os; print(os.getcwd())"), Limits.USUAL)
                        .output()
                        .text()
                        .strip();
        List<ProcessHandle> ours = driversIn(folder);
        assertFalse(ours.isEmpty());
        own.close();
        assertTrue(Files.notExists(Path.of(folder).getParent()), folder);
        Waiting.until(
                "its processes end",
                () -> ours.stream().filter(ProcessHandle::isAlive).toList(),
                List::isEmpty);
        assertThrows(IllegalStateException.class, () -> own.run(Program.of("pass"), Limits.USUAL));
    }

    @Test
    void closing_ends_what_runs() throws Exception {
        Sandbox own = tier.fresh(SandboxOptions.USUAL.withPlaces(1));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running =
                    threads.submit(
                            () ->
                                    own.run(
                                            Program.of("while True: pass"),
                                            Limits.USUAL.withTime(Duration.ofMinutes(10))));
            own.close();
            assertThrows(ExecutionException.class, running::get);
        }
    }

    @Test
    void what_an_operator_shows_can_be_read_and_not_written() throws Exception {
        Path shown = Files.createTempDirectory("shown");
        Files.setPosixFilePermissions(shown, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.writeString(shown.resolve("data"), "seen");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        var program =
                Program.of(
                        """
                        print(open('%1$s').read())
                        try: open('%1$s', 'a')
                        except OSError: print('and left')
                        """
                                .formatted(file));
        try (Sandbox own = tier.fresh(SandboxOptions.USUAL.withReadable(List.of(shown)))) {
            assertEquals("seen\nand left\n", own.run(program, Limits.USUAL).output().text());
        }
        Files.delete(file);
        Files.delete(shown);
    }

    private static List<ProcessHandle> driversIn(String folder) {
        return ProcessHandle.current()
                .descendants()
                .filter(
                        each ->
                                each.info().arguments().stream()
                                        .anyMatch(all -> String.join(" ", all).contains(folder)))
                .toList();
    }

    @Test
    void a_sandbox_ends_with_the_process_that_has_it() throws Exception {
        Process holder = SandboxProcess.start(tier);
        long program = Long.parseLong(holder.inputReader().readLine());
        ProcessHandle running = ProcessHandle.of(program).orElseThrow();
        holder.destroyForcibly().waitFor();
        Waiting.until("the program ends", running::isAlive, lives -> !lives);
    }

    @Test
    void a_process_that_cannot_see_what_programs_keep_open_has_no_sandbox() throws Exception {
        String[] lesser = {"/usr/bin/setpriv", "--bounding-set=-sys_ptrace"};
        assumeTrue(
                Sessions.isRoot()
                        && Files.isExecutable(Path.of(lesser[0]))
                        && new ProcessBuilder(lesser[0], lesser[1], "true").start().waitFor() == 0,
                "skipped: we are not root, or have no setpriv to give up a capability");
        Process holder = SandboxProcess.start(tier, lesser);
        try {
            String said = holder.inputReader().readLine();
            assertTrue(said != null && said.contains("CAP_SYS_PTRACE"), said);
        } finally {
            holder.destroyForcibly();
        }
    }
}
