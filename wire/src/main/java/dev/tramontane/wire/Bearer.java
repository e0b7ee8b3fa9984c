package dev.tramontane.wire;

import java.util.Optional;
import java.util.regex.Pattern;

/// What a header `Authorization: Bearer …` can carry. Java refuses a header that it cannot send
/// with a message that quotes it: a secret must not come that far.
final class Bearer {
    private static final Pattern SECRET = Pattern.compile("[\\x21-\\x7e]+");

    private Bearer() {}

    static boolean carries(String secret) {
        return SECRET.matcher(secret).matches();
    }

    /// @param name what the secret is called; it is not quoted itself
    /// @throws IllegalArgumentException when it is none
    static void check(String name, Optional<String> secret) {
        if (secret.isPresent() && !carries(secret.get())) {
            throw new IllegalArgumentException(
                    name
                            + ": found something else than letters, digits and signs, expected"
                            + " those in one word; copy it again");
        }
    }
}
