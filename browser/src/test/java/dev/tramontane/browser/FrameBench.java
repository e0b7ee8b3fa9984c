package dev.tramontane.browser;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;

import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.Usage;
import dev.tramontane.sampling.FinishReason;

import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// How smoothly a long answer comes: a model that plays a script at a steady rate, the real server,
/// the page's answer in a real browser, and the time of each of its frames. A program, since its
/// figures depend on the machine: `mvn -Pframes -pl browser -am verify -DskipTests`.
///
/// Arguments: tokens of thinking (100,000), tokens a second (200), tokens that come at once before
/// (0).
final class FrameBench {
    private static final long MILLIS_BETWEEN_LOOKS = 10_000;
    private static final int ANSWER_TOKENS = 2000;

    private static final String PLAY =
            """
            async () => {
              window.times = []
              let last = performance.now()
              const tick = now => { times.push(now - last); last = now; if (!window.over) requestAnimationFrame(tick) }
              requestAnimationFrame(tick)
              const answer = await fetch('/v1/chat/completions', {
                method: 'POST',
                headers: {'Content-Type': 'application/json'},
                body: JSON.stringify({model: 'silent', stream: true, reasoning_format: 'separate',
                  messages: [{role: 'user', content: 'Think.'}]}),
              })
              window.received = 0
              let rest = ''
              for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
                rest += text
                const lines = rest.split('\\n')
                rest = lines.pop()
                for (const line of lines) {
                  if (!line.startsWith('data: {')) continue
                  const delta = JSON.parse(line.slice(6)).choices[0]?.delta ?? {}
                  if (delta.reasoning_content) { received++; view.thinking(delta.reasoning_content) }
                  if (delta.content) { received++; view.text(delta.content) }
                }
              }
              view.finished({finish_reason: 'stop', usage: {}})
              window.over = true
            }
            """;

    private FrameBench() {}

    public static void main(String[] arguments) throws IOException {
        List<Integer> given = Arrays.stream(arguments).map(Integer::valueOf).toList();
        int tokens = given.isEmpty() ? 100_000 : given.get(0);
        int rate = given.size() < 2 ? 200 : given.get(1);
        int atOnce = given.size() < 3 ? 0 : given.get(2);
        try (Chromium chromium = Chromium.open(FrameBench.class);
                AnswerPage page =
                        AnswerPage.open(
                                chromium.tab(),
                                Map.of("budget", tokens),
                                "en",
                                new Player(tokens, rate, atOnce))) {
            play(page.tab(), tokens, rate);
        }
    }

    private static void play(Tab tab, int tokens, int rate) {
        CDPSession inspector = tab.context().newCDPSession(tab.page);
        var time = new JsonObject();
        time.addProperty("timeDomain", "threadTicks"); // of the processor, whoever else has it
        inspector.send("Performance.enable", time);
        System.out.printf("%,d tokens of thinking at %d a second%n", tokens, rate);
        tab.page.evaluate("() => { void (" + PLAY.strip() + ")() }");
        boolean isOver = false;
        while (!isOver) {
            tab.page.waitForTimeout(MILLIS_BETWEEN_LOOKS);
            isOver = Boolean.TRUE.equals(tab.evaluate("window.over === true"));
            look(tab, inspector);
        }
        System.out.println(tab.evaluate(SUMMARY));
    }

    private static final String SUMMARY =
            """
            (() => {
              const sorted = times.slice(2).sort((a, b) => a - b)
              const share = most => (100 * sorted.filter(t => t <= most).length / sorted.length).toFixed(3)
              return `${sorted.length} frames; up to 50 ms: ${share(50)}%; median ${sorted[sorted.length >> 1].toFixed(1)}, ` +
                `99.9%: ${sorted[Math.floor(sorted.length * 0.999)].toFixed(1)}, longest ${sorted.slice(-5).map(t => t.toFixed(1)).join(', ')} ms`
            })()
            """;

    private static void look(Tab tab, CDPSession inspector) {
        JsonObject metrics = inspector.send("Performance.getMetrics");
        System.out.printf(
                "%s tokens; heap %.1f MB, %.0f nodes; processor seconds of script %.1f, style %.1f, layout %.1f, all tasks %.1f; %s%n",
                tab.evaluate("received"),
                metric(metrics, "JSHeapUsedSize") / 1e6,
                metric(metrics, "Nodes"),
                metric(metrics, "ScriptDuration"),
                metric(metrics, "RecalcStyleDuration"),
                metric(metrics, "LayoutDuration"),
                metric(metrics, "TaskDuration"),
                tab.evaluate(SUMMARY));
    }

    /// A figure of `Performance.getMetrics`.
    static double metric(JsonObject metrics, String name) {
        for (var each : metrics.getAsJsonArray("metrics")) {
            if (each.getAsJsonObject().get("name").getAsString().equals(name)) {
                return each.getAsJsonObject().get("value").getAsDouble();
            }
        }
        return 0;
    }

    /// Says its script, token by token.
    private record Player(int tokens, int rate, int atOnce) implements ChatModel {
        @Override
        public ChatStream chat(ChatRequest request) {
            return new Playing(new Trace(tokens), new Trace(ANSWER_TOKENS), rate, atOnce);
        }

        @Override
        public void close() {}
    }

    private record Playing(
            Trace thinking, Trace answer, int rate, int atOnce, AtomicBoolean isClosed)
            implements ChatStream {
        Playing(Trace thinking, Trace answer, int rate, int atOnce) {
            this(thinking, answer, rate, atOnce, new AtomicBoolean());
        }

        @Override
        public Iterator<ChatEvent> iterator() {
            long begin = System.nanoTime();
            int all = thinking.tokens() + answer.tokens();
            return new Iterator<>() {
                private int next;

                @Override
                public boolean hasNext() {
                    return next <= all && !isClosed.get();
                }

                @Override
                public ChatEvent next() {
                    long due = begin + (long) (Math.max(0, next - atOnce) * 1e9 / rate);
                    while (System.nanoTime() < due) {
                        LockSupport.parkNanos(due - System.nanoTime());
                    }
                    int at = next++;
                    if (at < thinking.tokens()) {
                        return new ChatEvent.Thinking(thinking.token(at));
                    }
                    return at < all
                            ? new ChatEvent.Text(answer.token(at - thinking.tokens()))
                            : new ChatEvent.Finished(
                                    FinishReason.STOP, new Usage(1, all, thinking.tokens()));
                }
            };
        }

        @Override
        public void answerNow() {}

        @Override
        public void thinkLonger(int tokens) {}

        @Override
        public void close() {
            isClosed.set(true);
        }
    }

    /// A text as models think: sentences with formulas, lists, tables, code; of four characters a
    /// token.
    private record Trace(int tokens) {
        private static final int CHARS = 4;
        private static final String PASSAGE = Objects.requireNonNull(passage());

        private static String passage() {
            return """
            Okay, let me work this out. We need the number of ways to write $n = a^2 + b^2$ with \
            $a, b \\ge 0$; call it $r_2(n)$. First, note that $r_2(p) = 8$ for primes $p \\equiv 1 \\pmod 4$.

            So the generating function is
            $$\\sum_{n \\ge 0} r_2(n) q^n = \\left( \\sum_{k \\in \\mathbb{Z}} q^{k^2} \\right)^2 = 1 + 4 \\sum_{n \\ge 1} \\frac{q^n}{1 + q^{2n}}.$$

            Wait, that is not quite right. Let me check **case by case**:

            1. If $n = 5$, then $5 = 1^2 + 2^2$, which gives *eight* ordered pairs with signs.
            2. If $n = 25$, there are `12`: $(\\pm 5, 0)$, $(0, \\pm 5)$, $(\\pm 3, \\pm 4)$, $(\\pm 4, \\pm 3)$.
               - The first kind has two,
               - the second kind four.
            3. If $n = 3$, none.

            | n | pairs | $r_2(n)$ |
            |---|:-----:|---------:|
            | 1 | (1, 0), (0, 1) | 4 |
            | 2 | (1, 1) | 4 |
            | 5 | (1, 2), (2, 1) | 8 |

            Hmm, I could verify it with a few lines:

            ```python
            def r2(n: int) -> int:
                return sum(a * a + b * b == n for a in range(-n, n + 1) for b in range(-n, n + 1))

            print([r2(n) for n in range(20)])  # 1, 4, 4, 0, 4, 8, …
            ```

            > The identity is Jacobi's; see any book on theta functions.

            Now the sum up to $N$ is about $\\pi N$ with an error of $O(\\sqrt{N})$, since it counts lattice points \
            in a disc of radius $\\sqrt{N}$. That agrees with the table, so I am fairly confident. Let me go on with the next one, and try to be careful about signs this time.

            """;
        }

        String token(int at) {
            int from = at * CHARS % PASSAGE.length();
            String twice = PASSAGE + PASSAGE;
            return twice.substring(from, from + CHARS);
        }
    }
}
