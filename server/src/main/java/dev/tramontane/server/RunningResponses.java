package dev.tramontane.server;

import tools.jackson.databind.node.ObjectNode;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The responses that are being written, as they are told meanwhile.
final class RunningResponses {
    private final Map<String, Running> running = new ConcurrentHashMap<>();

    private record Running(String owner, ObjectNode response) {}

    /// Until it is closed, its owner may ask about it.
    interface Entry extends AutoCloseable {
        @Override
        void close();
    }

    /// @param response not to be changed any more
    Entry enter(String id, Caller caller, ObjectNode response) {
        running.put(id, new Running(caller.owner(), response));
        return () -> running.remove(id);
    }

    /// One of the caller's own.
    Optional<ObjectNode> find(String id, Caller caller) {
        return Optional.ofNullable(running.get(id))
                .filter(each -> each.owner().equals(caller.owner()))
                .map(each -> each.response().deepCopy());
    }
}
