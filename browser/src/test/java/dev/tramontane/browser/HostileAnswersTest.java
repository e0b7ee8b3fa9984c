package dev.tramontane.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What a model writes never runs, asks anybody, or leaves its place: more than a thousand texts in
/// a real browser, under the policy of the real server.
///
/// The policy is the second wall: that it had nothing to forbid shows that the first one holds.
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class HostileAnswersTest {
    private static final int BATCH = 60;

    /// Shows each text as an answer and as thinking, whole and in pieces, and gathers what it finds
    /// in the nodes.
    private static final String SHOW =
            """
            async (texts) => {
              const problems = []
              const {createAnswerView} = await import('/ui/answer/answer.js')
              const {t} = await import('/ui/language.js')
              const frame = () => new Promise(requestAnimationFrame)
              window.pwned ??= []
              window.pwn ??= () => pwned.push(new Error().stack)
              for (const text of texts) {
                const place = document.createElement('div')
                document.getElementById('answer').append(place)
                const view = createAnswerView(place, {strings: t, budget: 100})
                place.querySelector('.reasoning').hidden = false
                view.thinking(text)
                view.reasoning.stream.flushFor(1000)
                const chars = Math.ceil(text.length / 3)
                for (let at = 0; at < text.length; at += chars) {
                  view.text(text.slice(at, at + chars))
                  view.stream.flushFor(0)
                }
                view.finished({finish_reason: text, usage: {}, votes: [{answer: text, count: 1}]})
                view.intervened({kind: text})
                view.tool({name: text, arguments: text, result: text, sources: [{title: text, url: text}]})
                view.stream.flushFor(1000)
                view.reasoning.open(true)
                view.error({message: text})
                view.sources.show(view.stream.shared)
                place.answer = text
              }
              while (document.querySelector('#answer .math.pending') !== null) await frame()
              for (let frames = 0; frames < 10; frames++) await frame()
              for (const place of document.getElementById('answer').children) {
                for (const element of place.querySelectorAll('*')) {
                  const found = wrong(element)
                  if (found !== null) problems.push(`${found}: ${element.outerHTML.slice(0, 200)} of ${place.answer}`)
                }
              }
              document.getElementById('answer').replaceChildren()
              return problems
            }
            """;

    /// What no element of an answer may be or have.
    private static final String WRONG =
            """
            window.tags = new Set(('div section span p br hr h4 h5 h6 ul ol li blockquote em strong s del ins u mark small sub sup kbd code ' +
              'pre a table thead tbody tr th td img figure figcaption button details summary bdi progress ' +
              'svg path line math semantics annotation mrow mi mo mn ms mtext mspace mstyle mfrac msqrt mroot msub msup msubsup munder ' +
              'mover munderover mtable mtr mtd mlabeledtr mpadded mphantom menclose mmultiscripts mprescripts none merror').split(' '))
            window.wrong = element => {
              const tag = element.tagName.toLowerCase()
              if (!tags.has(tag)) return 'a strange element'
              for (const {name, value} of element.attributes) {
                if (name.startsWith('on')) return 'a handler'
                if (['srcdoc', 'srcset', 'action', 'formaction', 'xlink:href', 'background', 'poster', 'data', 'ping', 'is', 'slot', 'name'].includes(name))
                  return 'a strange attribute'
                if (name === 'href' && !/^(https?|mailto):/.test(value)) return 'an address'
                if (name === 'href' && element.rel !== 'noopener noreferrer nofollow') return 'a link that tells'
                if (name === 'src' && !/^data:image\\/(png|jpeg|gif|webp);base64,/.test(value) && !new URL(value, location).pathname.startsWith('/web/'))
                  return 'a picture'
                if (name === 'src' && new URL(value, location).protocol !== 'data:' && new URL(value, location).origin !== location.origin) return 'a picture elsewhere'
                if (name === 'id' && !/^(trace|speed|source)-\\d+$/.test(value)) return 'an id'
                if (name === 'style' && element.closest('.katex') === null && !/^(inline|block)-size: [\\d.]+(px|%);$/.test(value)) return 'a style'
                if (name === 'style' && /url|expression|fixed|@|absolute/.test(value)) return 'a style of a formula'
              }
              const {position} = getComputedStyle(element)
              if (position === 'fixed') return 'a place of its own'
              if (element.matches('.math') && element.getBoundingClientRect().width > innerWidth) return 'a formula that is too wide'
              return null
            }
            """;

    private static Chromium chromium;
    private static AnswerPage page;

    @BeforeAll
    static void open() throws IOException {
        chromium = Chromium.open(HostileAnswersTest.class);
        page = AnswerPage.open(chromium.tab(), Map.of());
        page.tab().page.evaluate("() => {" + WRONG + "}");
    }

    @AfterAll
    static void close() {
        if (page != null) {
            page.close();
            chromium.close();
        }
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        HostileAnswersTest.class.getResourceAsStream(
                                "/hostile/" + name + ".txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.matches("# [^<]*"))
                    .toList();
        }
    }

    private static List<String> in(List<String> texts, String... places) {
        return Stream.of(places)
                .flatMap(place -> texts.stream().map(text -> place.replace("%s", text)))
                .toList();
    }

    private static void show(List<String> texts) {
        List<Object> problems = new ArrayList<>();
        for (int from = 0; from < texts.size(); from += BATCH) {
            List<String> batch = texts.subList(from, Math.min(texts.size(), from + BATCH));
            problems.addAll(
                    (List<?>) Objects.requireNonNull(page.tab().page.evaluate(SHOW, batch)));
        }
        assertEquals(List.of(), problems);
        assertNothingHappened();
    }

    private static void assertNothingHappened() {
        assertEquals(List.of(), page.tab().evaluate("window.pwned"), "no script runs");
        assertEquals(List.of(), page.forbidden(), "the policy had nothing to forbid");
        assertEquals(
                List.of(),
                page.tab().requests().stream()
                        .filter(address -> !address.startsWith(page.address("/")))
                        .filter(address -> !address.startsWith("data:image/"))
                        .toList(),
                "no request leaves");
        assertEquals(page.address("/alone"), page.tab().page.url());
        assertEquals(1, page.tab().context().pages().size(), "nothing opens");
    }

    @Test
    void html_stays_text() throws IOException {
        List<String> texts = in(lines("html"), "%s", "- x\n\n  %s", "| a |\n|---|\n| %s $x$ |");
        assertTrue(texts.size() > 400, () -> texts.size() + " texts");
        show(texts);
    }

    @Test
    void links_and_pictures_lead_nowhere_but_where_they_say() throws IOException {
        show(
                in(
                        lines("addresses"),
                        "[x](%s)",
                        "[x](<%s>)",
                        "![x](%s)",
                        "![x](<%s>)",
                        "<%s>",
                        "[x][y] [1]\n\n[y]: %s\n[1]: %s"));
    }

    @Test
    void formulas_draw_and_do_nothing_else() throws IOException {
        show(in(lines("formulas"), "$%s$", "$$\n%s\n$$", "\\(%s\\)"));
    }

    @Test
    void markdown_names_nothing_of_the_page() throws IOException {
        show(lines("markdown").stream().map(String::translateEscapes).toList());
        assertEquals(
                "undefined", page.tab().evaluate("typeof ({}).polluted + ''"), "no prototype grew");
    }

    /// As if Markdown had let everything through: the sanitizer alone.
    @Test
    void the_sanitizer_alone_leaves_nothing_either() throws IOException {
        Object problems =
                page.tab()
                        .page
                        .evaluate(
                                """
                                async (texts) => {
                                  const {sanitize} = await import('/ui/answer/sanitize.js')
                                  const problems = []
                                  for (const text of texts) {
                                    const place = document.createElement('div')
                                    document.getElementById('answer').append(place)
                                    place.append(sanitize(text))
                                    for (const element of place.querySelectorAll('*')) {
                                      const found = wrong(element)
                                      if (found !== null && found !== 'a link that tells') problems.push(`${found}: ${element.outerHTML} of ${text}`)
                                    }
                                  }
                                  for (let frames = 0; frames < 10; frames++) await new Promise(requestAnimationFrame)
                                  document.getElementById('answer').replaceChildren()
                                  return problems
                                }
                                """,
                                in(lines("html"), "%s", "<p>%s</p>", "<svg>%s</svg>", "<table>%s"));
        assertEquals(List.of(), problems);
        for (String seen : page.forbidden()) { // in the document without a window that it parses in
            assertTrue(seen.contains("/purify.min.js"), seen);
        }
        assertNothingHappened();
    }

    /// The test's own eyes: what would have run, asked and restyled is stopped, and that is seen.
    @Test
    void what_the_policy_stops_is_seen() throws IOException {
        try (AnswerPage other = AnswerPage.open(chromium.tab(), Map.of())) {
            other.tab().page.evaluate("() => {" + WRONG + "}");
            other.tab().page.evaluate(BREAK);
            String forbidden = String.join("\n", other.forbidden());
            for (String directive :
                    List.of("img-src", "require-trusted-types-for", "style-src-attr")) {
                assertTrue(forbidden.contains(directive), forbidden);
            }
            assertEquals(
                    "a picture",
                    other.tab().evaluate("wrong(document.querySelector('#answer img'))"));
            assertTrue(other.tab().requests().contains("http://outside.invalid/x.png"));
        }
    }

    private static final String BREAK =
            """
            async () => {
              const image = document.createElement('img')
              try {
                image.setAttribute('onerror', 'pwn()')
              } catch {} // trusted types stop it before the policy on scripts does
              image.src = 'http://outside.invalid/x.png'
              document.getElementById('answer').append(image)
              const styled = document.createElement('p')
              styled.setAttribute('style', 'position: fixed')
              document.getElementById('answer').append(styled)
              while (forbidden.length < 3) await new Promise(requestAnimationFrame)
            }
            """;
}
