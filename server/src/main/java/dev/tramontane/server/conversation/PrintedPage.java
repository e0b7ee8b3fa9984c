package dev.tramontane.server.conversation;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/// A conversation as a page to be printed: no script, no request, every text as it is.
final class PrintedPage {
    private static final String STYLE =
            """
            body{max-width:46em;margin:2em auto;padding:0 1em;font:1em/1.5 system-ui,sans-serif;color:#1a1a1a;background:#fff}
            h2{font-size:1em;margin:2em 0 .5em;color:#555}
            p,pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5em 0;unicode-bidi:plaintext}
            pre{font:.875em/1.5 ui-monospace,monospace;padding:.75em;border:1px solid #ddd;border-radius:4px}
            details{color:#555}
            img{max-width:100%}
            time{color:#555}
            @media print{body{margin:0}h2{break-after:avoid}}
            """;

    /// What a policy names the styles by.
    static final String STYLE_HASH = "sha256-" + hash(STYLE);

    private PrintedPage() {}

    private static String hash(String text) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) { // every Java has it
            throw new IllegalStateException(e);
        }
    }

    static String write(Conversation head, List<StoredMessage> branch) {
        var page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html dir=\"auto\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"")
                .append("default-src 'none'; style-src '")
                .append(STYLE_HASH)
                .append("'; img-src data:\">\n")
                .append(
                        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<title>")
                .append(escaped(head.title()))
                .append("</title>\n<style>")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>")
                .append(escaped(head.title()))
                .append("</h1>\n<time>")
                .append(head.created())
                .append("</time>\n");
        branch.forEach(message -> write(message, page));
        return page.append("</body>\n</html>\n").toString();
    }

    private static void write(StoredMessage message, StringBuilder page) {
        page.append("<h2>").append(escaped(ConversationText.speaker(message))).append("</h2>\n");
        for (JsonNode attachment : message.content().attachments()) {
            folded(
                    attachment.path("name").stringValue(""),
                    attachment.path("text").stringValue(""),
                    page);
        }
        if (!message.thinking().isEmpty()) {
            folded("Thinking", message.thinking(), page);
        }
        for (JsonNode part : message.content().parts()) {
            if (part.path("type").stringValue("").equals("image")) {
                page.append("<img src=\"")
                        .append(escaped(part.path("url").stringValue("")))
                        .append("\" alt=\"")
                        .append(escaped(part.path("alt").stringValue("")))
                        .append("\">\n");
            } else {
                paragraphs(part.path("text").stringValue(""), page);
            }
        }
    }

    private static void folded(String name, String text, StringBuilder page) {
        page.append("<details><summary>")
                .append(escaped(name))
                .append("</summary>\n<pre>")
                .append(escaped(text))
                .append("</pre></details>\n");
    }

    /// Fenced code stands apart; all else is written as it is.
    private static void paragraphs(String text, StringBuilder page) {
        boolean isCode = false;
        for (String block : text.split("(?m)^ {0,3}```[^\\n]*\\n?", -1)) {
            if (!block.isBlank()) {
                String tag = isCode ? "pre" : "p";
                page.append('<').append(tag).append('>');
                page.append(escaped(block.stripTrailing()));
                page.append("</").append(tag).append(">\n");
            }
            isCode = !isCode;
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
