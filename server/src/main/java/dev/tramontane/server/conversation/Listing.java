package dev.tramontane.server.conversation;

import dev.tramontane.chat.InvalidRequestException;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// A part of an owner's conversations, pinned ones first, then those that changed last.
///
/// @param next where the following part begins; empty behind the last
public record Listing(List<Conversation> conversations, Optional<Cursor> next) {
    /// Which are wanted.
    ///
    /// @param query words that titles or messages contain; empty for all
    /// @param limit how many at most
    /// @param after where to go on; empty for the beginning
    public record Wish(String query, boolean archived, int limit, Optional<Cursor> after) {}

    /// A place among conversations: behind the one with these.
    public record Cursor(int pinned, long updatedMillis, String id) {
        private static final String FORM = "[01]:\\d{1,18}:[0-9a-zA-Z-]{1,64}";

        static Cursor behind(Conversation last) {
            return new Cursor(last.pinned() ? 1 : 0, last.updated().toEpochMilli(), last.id());
        }

        public String text() {
            String plain = pinned + ":" + updatedMillis + ":" + id;
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
        }

        /// @throws InvalidRequestException when nobody gave it out
        public static Cursor of(String text) {
            try {
                String plain =
                        new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
                if (plain.matches(FORM)) {
                    String[] parts = plain.split(":");
                    return new Cursor(
                            Integer.parseInt(parts[0]), Long.parseLong(parts[1]), parts[2]);
                }
            } catch (IllegalArgumentException _) { // told below
            }
            throw new InvalidRequestException(
                    "after",
                    "found no place in a list, expected the next of an answer; leave it out");
        }
    }
}
