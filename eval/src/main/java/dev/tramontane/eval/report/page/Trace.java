package dev.tramontane.eval.report.page;

import dev.tramontane.eval.report.drawing.HtmlPage;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/// What a model wrote in one attempt, as it lies in the page: `[thinking, answer]` as JSON,
/// deflated (RFC 1951, without a head) and in base64. The page unpacks one when it is read.
final class Trace {
    private Trace() {}

    /// @param keepsThinking whether the thinking is there; else `null` stands for it
    static String packed(Trial trial, boolean keepsThinking) {
        ArrayNode texts = JsonNodeFactory.instance.arrayNode();
        if (keepsThinking) {
            texts.add(HtmlPage.whole(trial.thinking()));
        } else {
            texts.addNull();
        }
        texts.add(HtmlPage.whole(trial.answer()));
        var bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try (var out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(texts.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is no disk to fail
        } finally {
            deflater.end();
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
