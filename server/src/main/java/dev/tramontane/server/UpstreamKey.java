package dev.tramontane.server;

import dev.tramontane.wire.UpstreamOptions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where the key is that servers elsewhere know this one by. The key itself is read when they are
/// first asked, and told to nobody but them.
public sealed interface UpstreamKey {
    /// Bytes of a file with a key in it, at most.
    int MOST_BYTES = 8 << 10;

    /// Nobody said: hosted services have variables of their own, `OPENAI_API_KEY` and
    /// `MISTRAL_API_KEY`, whose keys go to their hosts alone; others want none.
    record Usual() implements UpstreamKey {}

    /// A variable of the environment.
    record Variable(String name) implements UpstreamKey {}

    /// A file that holds the key and nothing else.
    record File(Path path) implements UpstreamKey {}

    /// The key, where one was named.
    ///
    /// @throws IllegalArgumentException when it is not there, or is none; it is not quoted
    /// @throws IOException when the file cannot be read
    default Optional<String> read(Map<String, String> environment) throws IOException {
        return switch (this) {
            case Usual() -> Optional.empty();
            case Variable(String name) ->
                    Optional.of(
                            checked(
                                    environment.getOrDefault(name, ""),
                                    "the variable " + name,
                                    "set it"));
            case File(Path path) -> {
                if (Files.size(path) > MOST_BYTES) {
                    throw new IllegalArgumentException(
                            "%s: longer than %d bytes, expected a key and nothing else; is it the right file?"
                                    .formatted(path, MOST_BYTES));
                }
                String text = new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
                yield Optional.of(checked(text, path.toString(), "write the key into it"));
            }
        };
    }

    private static String checked(String text, String place, String remedy) {
        String key = text.strip();
        if (key.isEmpty()) {
            throw new IllegalArgumentException(
                    place + ": holds nothing, expected a key; " + remedy);
        }
        if (!UpstreamOptions.isKey(key)) {
            throw new IllegalArgumentException(
                    place
                            + ": holds no key, expected letters, digits and signs in one word; "
                            + remedy);
        }
        return key;
    }
}
