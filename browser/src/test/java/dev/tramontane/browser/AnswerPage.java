package dev.tramontane.browser;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.server.Models;
import dev.tramontane.server.ServedModel;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// One answer alone on a page, without the frame around it: under the real server's address and
/// under the policy that it sends, with what the policy forbade.
final class AnswerPage implements AutoCloseable {
    private static final String HTML =
            """
            <!doctype html>
            <html lang="en">
              <head>
                <meta charset="utf-8">
                <title>An answer</title>
                <link rel="icon" href="/ui/icon.svg" type="image/svg+xml">
                <link rel="stylesheet" href="/ui/style/base.css">
                <link rel="stylesheet" href="/ui/answer/answer.css">
              </head>
              <body><main><h1>An answer</h1><h2>A conversation</h2><h3>Model</h3><div id="answer"></div></main></body>
            </html>
            """;

    /// The answer is `view`, what its buttons did `told`, what the policy forbade `forbidden`.
    private static final String BEGIN =
            """
            async ([options, language]) => {
              window.forbidden = []
              document.addEventListener('securitypolicyviolation', e =>
                forbidden.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sample} at ${e.sourceFile}:${e.lineNumber}`))
              const [{createAnswerView}, {t, useLanguage}] =
                await Promise.all([import('/ui/answer/answer.js'), import('/ui/language.js')])
              await useLanguage(language)
              document.body.style.overflow = 'auto'
              document.querySelector('main').style.cssText = 'max-inline-size: 46rem; margin: 1rem auto; padding-inline: 1rem'
              window.told = []
              window.begin = (more) => {
                document.getElementById('answer').replaceChildren()
                window.view = createAnswerView(document.getElementById('answer'), {
                  strings: t,
                  onAnswerNow: () => told.push('now'),
                  onThinkLonger: tokens => told.push('longer ' + tokens),
                  onCopy: what => told.push('copied ' + what),
                  ...more,
                })
              }
              begin(options)
            }
            """;

    private final Server server;
    private final Tab tab;

    private AnswerPage(Server server, Tab tab) {
        this.server = server;
        this.tab = tab;
    }

    /// In a tab that it closes.
    ///
    /// @param options of `createAnswerView`, beside what every page has
    static AnswerPage open(Tab tab, Map<String, Object> options) throws IOException {
        return open(tab, options, "en", new Silent());
    }

    static AnswerPage open(Tab tab, Map<String, Object> options, String language, ChatModel model)
            throws IOException {
        var page = new AnswerPage(serve(model), tab);
        String policy =
                Objects.requireNonNull(
                        tab.page
                                .request()
                                .get(page.address("/ui/answer/answer.js"))
                                .headers()
                                .get("content-security-policy"));
        tab.page.route(
                page.address("/alone"),
                route ->
                        route.fulfill(
                                new Route.FulfillOptions()
                                        .setContentType("text/html")
                                        .setHeaders(Map.of("Content-Security-Policy", policy))
                                        .setBody(HTML)));
        tab.page.navigate(page.address("/alone"));
        tab.page.evaluate(BEGIN, List.of(options, language));
        return page;
    }

    private static Server serve(ChatModel model) throws IOException {
        var nature =
                new ServedModel.Nature(
                        "Silent",
                        4096,
                        new SamplingParams(0.7f, 0, 0.95f, 0, 0, 1000, -1),
                        true,
                        true,
                        false);
        var served = new ServedModel("silent", List.of(), 1, model, nature, Optional.empty());
        return Server.start(ServerConfig.local(0), new Models(List.of(served)));
    }

    String address(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    Tab tab() {
        return tab;
    }

    /// Begins another answer in the place of this one.
    void begin(Map<String, Object> options) {
        tab.page.evaluate("more => begin(more)", options);
    }

    /// Lets something happen to the answer: `thinking`, `text`, `finished`, …
    void tell(String event, @Nullable Object data) {
        tab.page.evaluate("([event, data]) => view[event](data)", List.of(event, data));
    }

    /// The text comes in pieces, each in a frame of its own.
    void stream(String event, String text, int chars) {
        tab.page.evaluate(
                """
                async ([event, text, chars]) => {
                  for (let at = 0; at < text.length; at += chars) {
                    view[event](text.slice(at, at + chars))
                    await new Promise(requestAnimationFrame)
                  }
                }
                """,
                List.of(event, text, chars));
    }

    /// It ends, and all that it has is shown.
    void finish(Map<String, Object> data) {
        tell("finished", data);
        awaitShown();
    }

    void awaitShown() {
        tab.await("document.querySelectorAll('.math.pending').length === 0");
        tab.page.evaluate(
                """
                async () => {
                  for (let frames = 0; frames < 4; frames++) await new Promise(requestAnimationFrame)
                  while (view.stream.pending !== '') await new Promise(requestAnimationFrame)
                }
                """);
        tab.await("document.querySelectorAll('.math.pending').length === 0");
    }

    Locator find(String selector) {
        return tab.page.locator("#answer " + selector);
    }

    /// What the policy forbade since it was asked last.
    List<String> forbidden() {
        return ((List<?>)
                        Objects.requireNonNull(
                                tab.page.evaluate("forbidden.splice(0, forbidden.length)")))
                .stream().map(String::valueOf).toList();
    }

    @Override
    public void close() {
        tab.close();
        server.close();
    }

    /// Nobody asks it anything.
    private record Silent() implements ChatModel {
        @Override
        public ChatStream chat(ChatRequest request) {
            throw new IllegalStateException("the page is alone, and asks nothing");
        }

        @Override
        public void close() {}
    }
}
