package dev.tramontane.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tramontane.contract.Transcript.Exchange;
import dev.tramontane.contract.Transcript.Session;
import dev.tramontane.server.RecordedIds;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/// Listens to a client's tests: what it sends and is told is what its transcript has.
///
/// `-Dtramontane.transcripts=write` writes the transcript instead, of all tests that have run; a
/// class of tests is written as a whole.
public final class Recorded implements BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final boolean WRITES =
            System.getProperty("tramontane.transcripts", "").equals("write");

    private final String client;
    private final List<Session> written = new ArrayList<>();
    private final List<Listening> listening = new ArrayList<>();
    private String test = "";

    /// What is heard of one server.
    private record Listening(String session, Scene scene, List<Exchange> exchanges) {}

    /// @param client the name of its transcript
    public Recorded(String client) {
        this.client = client;
    }

    /// A server that is listened to, once or more often in a test.
    public Serving serving(Scene scene) {
        return serving(scene, listening.isEmpty() ? test : test + " " + (listening.size() + 1));
    }

    /// A server that is listened to, where a test has a session for each of its arguments.
    ///
    /// @param session its name in the transcript
    Serving serving(Scene scene, String session) {
        var heard = new Listening(session, scene, Collections.synchronizedList(new ArrayList<>()));
        listening.add(heard);
        var ids = new RecordedIds();
        return Serving.noted(
                scene,
                (asked, answer) ->
                        heard.exchanges().add(new Exchange(asked, Told.of(answer, ids))));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        listening.clear();
        test = context.getRequiredTestMethod().getName();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            return;
        }
        for (Listening heard : listening) {
            var session = new Session(heard.session(), heard.scene(), heard.exchanges());
            if (WRITES) {
                written.add(session);
            } else {
                Session known =
                        Transcript.of(client).session(heard.session()).orElse(session.silent());
                assertEquals(
                        known.json(),
                        session.json(),
                        "-Dtramontane.transcripts=write writes it anew");
            }
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (!written.isEmpty()) {
            String how =
                    "What %s sent to this server and was told in the tests of %s, which write it with -Dtramontane.transcripts=write."
                            .formatted(client, context.getRequiredTestClass().getSimpleName());
            written.sort(Comparator.comparing(Session::test));
            new Transcript(how, written).write(client);
        }
    }
}
