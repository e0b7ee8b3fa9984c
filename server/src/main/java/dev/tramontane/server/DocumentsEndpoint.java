package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.server.document.DocumentException;
import dev.tramontane.server.document.Documents;

import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.util.Optional;

/// `POST /web/documents?name=FILE`: the file itself is the body, its text the answer. Nothing is
/// kept.
final class DocumentsEndpoint implements Endpoint {
    private static final int LONGEST_NAME_CHARS = 256;
    private static final int MOST_AT_ONCE = 2;

    /// Of languages in Latin letters, for models whose tokenizer is not at hand.
    private static final int CHARS_OF_A_TOKEN = 4;

    private final Models models;
    private final Turnstile turnstile = new Turnstile("documents are being read", MOST_AT_ONCE);

    DocumentsEndpoint(Models models) {
        this.models = models;
    }

    @Override
    public void answer(Exchange exchange) throws IOException {
        String name = exchange.query("name").orElse("document");
        if (name.length() > LONGEST_NAME_CHARS) {
            throw new InvalidRequestException(
                    "name",
                    "found %d characters, expected %d at most; shorten it"
                            .formatted(name.length(), LONGEST_NAME_CHARS));
        }
        Documents.Text read = read(exchange.bytes());
        ObjectNode told = Json.object().put("name", name.replaceAll("[\\p{Cntrl}\\p{Cs}]", " "));
        read.pages()
                .ifPresentOrElse(pages -> told.put("pages", pages), () -> told.putNull("pages"));
        told.put("characters", read.text().codePointCount(0, read.text().length()));
        told.put("text", read.text());
        told.put("tokens", tokens(read.text()));
        exchange.send(told);
    }

    private Documents.Text read(byte[] document) throws IOException {
        if (document.length == 0) {
            throw RefusedException.wrongFile("found nothing, expected a PDF or a text; send one");
        }
        try (Turnstile.Place _ = turnstile.enter()) {
            return Documents.read(document);
        } catch (DocumentException refused) {
            throw RefusedException.wrongFile("found " + refused.getMessage());
        }
    }

    /// As the first model counts them where it is open, else about so many.
    private int tokens(String text) {
        Optional<LocalModel> model = models.offer("").local();
        return model.map(open -> open.tokenizer().encode(text).length)
                .orElse(text.length() / CHARS_OF_A_TOKEN);
    }
}
