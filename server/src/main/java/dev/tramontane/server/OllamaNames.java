package dev.tramontane.server;

import dev.tramontane.wire.Fields;

/// Names of models as Ollama's clients have them: with a tag, which is `latest` where nobody says
/// one.
final class OllamaNames {
    private static final String LATEST = ":latest";

    private OllamaNames() {}

    /// The model is named by `model`, or by `name` as older clients do.
    ///
    /// @throws RefusedException when there is no such model
    static Asked asked(Exchange exchange, Models models) {
        return Asked.of(exchange, models, body -> name(body, models));
    }

    private static String name(Fields body, Models models) {
        String name = body.text("model").or(() -> body.text("name")).orElse("");
        boolean isPlain = models.find(name).isPresent() || !name.endsWith(LATEST);
        return isPlain ? name : name.substring(0, name.length() - LATEST.length());
    }
}
