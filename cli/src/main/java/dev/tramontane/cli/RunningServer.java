package dev.tramontane.cli;

import dev.tramontane.server.Presence;
import dev.tramontane.terminal.Stdio;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/// A server of this user that runs on this machine, asked over its own port as its operator.
record RunningServer(Presence presence) {
    private static final Duration CONNECTING = Duration.ofSeconds(2);
    private static final Duration ANSWERING = Duration.ofSeconds(30);

    /// It runs, and does not answer as a server of ours does.
    static final class SilentException extends IOException {
        private static final long serialVersionUID = 1L;

        SilentException(String message) {
            super(message);
        }
    }

    static List<RunningServer> all(Stdio io) throws IOException {
        return Presence.find(EmbeddedModel.home(io.environment())).stream()
                .map(RunningServer::new)
                .toList();
    }

    /// Its address, as messages and tables have it.
    String address() {
        return presence.base().toString();
    }

    /// Whether a text is its address, with or without `http://`, its port, or its process.
    boolean isCalled(String text) {
        String base = address();
        return text.equals(base)
                || base.equals("http://" + text)
                || text.equals(Integer.toString(presence.base().getPort()))
                || text.equals(Long.toString(presence.pid()));
    }

    /// Since when it runs, what it answers, and its models.
    JsonNode status() throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(presence.base().resolve("/operator/status")).GET());
    }

    /// Has it let go of a model.
    ///
    /// @return the outcome in its words: `unloaded`, `was_unloaded`, `leaving`
    String unload(String model) throws IOException, InterruptedException {
        String body = Json.object().put("model", model).toString();
        return send(HttpRequest.newBuilder(presence.base().resolve("/operator/unload"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .path("outcome")
                .stringValue("");
    }

    /// Has it end, as SIGTERM does.
    void stop() throws IOException, InterruptedException {
        send(
                HttpRequest.newBuilder(presence.base().resolve("/operator/stop"))
                        .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest asked =
                request.header("Authorization", "Bearer " + presence.token())
                        .timeout(ANSWERING)
                        .build();
        try (HttpClient client =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECTING)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()) {
            HttpResponse<String> answer = client.send(asked, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                return Json.parse(address(), answer.body());
            }
            throw new SilentException(
                    "%s: answered with status %d, expected 200; is it a server of another version?"
                            .formatted(address(), answer.statusCode()));
        } catch (SilentException told) {
            throw told;
        } catch (IOException | IllegalArgumentException failure) {
            throw new SilentException(
                    "%s: process %d does not answer (%s); see what it does, or end it"
                            .formatted(address(), presence.pid(), failure));
        }
    }
}
