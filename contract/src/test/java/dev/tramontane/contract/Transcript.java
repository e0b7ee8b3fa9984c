package dev.tramontane.contract;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a client sent in its tests and was told, one file for each client, an exchange a line.
///
/// @param recorded how the file came about
record Transcript(String recorded, List<Session> sessions) {
    /// The folder of them, beside the module that a test is of.
    private static final Path FOLDER = Path.of("../contract/src/test/resources/transcripts");

    private static final JsonMapper MAPPER = new JsonMapper();

    Transcript {
        sessions = List.copyOf(sessions);
    }

    /// What passed between a client and one server.
    ///
    /// @param test which test of the client it was
    record Session(String test, Scene scene, List<Exchange> exchanges) {
        Session {
            exchanges = List.copyOf(exchanges);
        }

        /// One in which nothing passed.
        Session silent() {
            return new Session(test, scene, List.of());
        }

        /// Equal to another one's if only the order of fields differs.
        List<JsonNode> json() {
            return exchanges.stream().map(Exchange::json).toList();
        }

        @Override
        public String toString() {
            return test; // names a replay
        }
    }

    /// A request and its answer.
    record Exchange(Asked asked, Told told) {
        JsonNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            asked.write(json);
            told.write(json);
            return json;
        }
    }

    Optional<Session> session(String test) {
        return sessions.stream().filter(session -> session.test().equals(test)).findAny();
    }

    /// The names of the clients that have one.
    static List<String> clients() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .sorted()
                    .toList();
        }
    }

    static Transcript of(String client) throws IOException {
        JsonNode file = MAPPER.readTree(Files.readAllBytes(path(client)));
        List<Session> sessions = new ArrayList<>();
        for (JsonNode session : file.path("sessions")) {
            List<Exchange> exchanges = new ArrayList<>();
            for (JsonNode each : session.path("exchanges")) {
                exchanges.add(new Exchange(Asked.read(each), Told.read(each)));
            }
            Scene scene = Scene.valueOf(session.path("scene").stringValue());
            sessions.add(new Session(session.path("test").stringValue(), scene, exchanges));
        }
        return new Transcript(file.path("recorded").stringValue(), sessions);
    }

    void write(String client) throws IOException {
        String all = sessions.stream().map(Transcript::text).collect(Collectors.joining(",\n"));
        String head = "{\"recorded\": " + JsonNodeFactory.instance.stringNode(recorded);
        Files.createDirectories(FOLDER);
        Files.writeString(path(client), head + ",\n\"sessions\": [\n" + all + "]}\n");
    }

    private static String text(Session session) {
        return session.json().stream()
                .map(JsonNode::toString)
                .collect(
                        Collectors.joining(
                                ",\n",
                                "{\"test\": \"%s\", \"scene\": \"%s\", \"exchanges\": [\n"
                                        .formatted(session.test(), session.scene()),
                                "]}"));
    }

    private static Path path(String client) {
        return FOLDER.resolve(client + ".json");
    }
}
