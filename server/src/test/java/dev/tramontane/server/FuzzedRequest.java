package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.wire.ApiError;
import dev.tramontane.wire.ChatCompletions;

import tools.jackson.databind.node.ObjectNode;

/// A request as a stranger writes it: what Jazzer calls (`mvn -Pfuzz`), and the build with seeded
/// damage.
public final class FuzzedRequest {
    private FuzzedRequest() {}

    public static void fuzzerTestOneInput(byte[] body) {
        isRead(body);
    }

    /// Reads a body as a request; true where it is one.
    ///
    /// @throws RuntimeException which is a finding: proper refusals are of two types, and can be
    ///   told in every shape
    static boolean isRead(byte[] body) {
        try {
            ChatCompletions.readRequest(Json.parse(body), Script.SAMPLING);
            return true;
        } catch (RefusedException refused) {
            check(refused.error());
        } catch (InvalidRequestException invalid) {
            check(ApiError.of(invalid));
        }
        return false;
    }

    private static void check(ApiError error) {
        ObjectNode told = error.toJsonWithDetail();
        if (error.status() != 400 || told.path("message").asString("").isEmpty()) {
            throw new AssertionError("not told properly: " + told);
        }
    }
}
