import module java.net.http;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.server.Models;
import dev.tramontane.server.ServedModel;
import dev.tramontane.server.Server;
import dev.tramontane.server.ServerConfig;

// The API of OpenAI and Mistral from within a program of yours, and a question to it over HTTP.
//
//     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' \
//         examples/EmbedTheServer.java MODEL "Hello"
void main(String[] args) throws IOException, InterruptedException {
    try (LocalModel model = LocalModel.open(Path.of(args[0]));
            Server server = Server.start(ServerConfig.local(0), serving(model));
            HttpClient client = HttpClient.newHttpClient()) {
        IO.println("serving at http://127.0.0.1:%d/v1".formatted(server.port()));
        String body =
                """
                {"model": "mine", "max_tokens": 200, "messages": [{"role": "user", "content": "%s"}]}
                """
                        .formatted(args[1]);
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:%d/v1/chat/completions"
                                                .formatted(server.port())))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        IO.println(client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body());
    }
}

Models serving(LocalModel model) {
    long now = Instant.now().getEpochSecond();
    return new Models(List.of(ServedModel.of("mine", Models.USUAL_NAMES, now, model)));
}
