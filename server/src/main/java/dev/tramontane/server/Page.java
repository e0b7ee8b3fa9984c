package dev.tramontane.server;

import static dev.tramontane.server.Route.Access.ANYBODY;
import static dev.tramontane.server.Route.Access.CALLER;
import static dev.tramontane.server.Route.Load.HEAVY;
import static dev.tramontane.server.Route.Load.LIGHT;

import static io.helidon.http.Method.DELETE;
import static io.helidon.http.Method.GET;
import static io.helidon.http.Method.PATCH;
import static io.helidon.http.Method.POST;

import dev.tramontane.server.conversation.Conversations;
import dev.tramontane.server.store.StoreException;
import dev.tramontane.server.store.StoreSettings;
import dev.tramontane.server.telemetry.Meters;

import java.util.List;
import java.util.Optional;

/// What the chat page has behind it: its endpoints under `/web/`, its conversations, the answers
/// that belong to them. They change together with the page, without notice: programs have the API.
record Page(Optional<Conversations> conversations, PageAnswers answers) implements AutoCloseable {
    /// What all of its endpoints' paths begin with.
    static final String PATH = "/web/";

    static Page of(ServerConfig config, RunningAnswers running, Admission admission) {
        Optional<Conversations> conversations =
                config.store().map(place -> new Conversations(StoreSettings.of(place.toString())));
        conversations.ifPresent(Page::openSoon);
        return new Page(conversations, new PageAnswers(conversations, running, admission));
    }

    /// So that the first page need not wait; a store that fails is told to whoever asks it.
    private static void openSoon(Conversations conversations) {
        Thread.ofVirtual()
                .name("tramontane-store-opener")
                .start(
                        () -> {
                            try {
                                conversations.look();
                            } catch (StoreException _) { // noted
                            }
                        });
    }

    List<Route> routes(ServerConfig config, Models models, Admission admission, Meters meters) {
        var talks = new ConversationsEndpoint(conversations, models, answers);
        var written = new PageAnswersEndpoint(models, answers, config.limits().keepAlive());
        var state = new PageStateEndpoint(config, models, conversations, admission, meters);
        String one = "/web/conversations/{id}";
        String answer = "/web/answers/{id}";
        return List.of(
                new Route(GET, "/web/config", ANYBODY, LIGHT, state::config),
                new Route(GET, "/web/status", CALLER, LIGHT, state::status),
                new Route(GET, "/web/conversations", CALLER, LIGHT, talks::list),
                new Route(POST, "/web/conversations", CALLER, LIGHT, talks::create),
                new Route(GET, one, CALLER, LIGHT, talks::tell),
                new Route(PATCH, one, CALLER, LIGHT, talks::change),
                new Route(DELETE, one, CALLER, LIGHT, talks::delete),
                new Route(POST, one + "/messages", CALLER, HEAVY, talks::ask),
                new Route(POST, one + "/answers", CALLER, HEAVY, talks::again),
                new Route(GET, one + "/export", CALLER, LIGHT, talks::export),
                new Route(POST, "/web/import", CALLER, LIGHT, talks::add),
                new Route(GET, answer + "/events", CALLER, LIGHT, written::events),
                new Route(POST, answer + "/stop", CALLER, LIGHT, written::stop),
                new Route(POST, answer + "/answer-now", CALLER, LIGHT, written::answerNow),
                new Route(POST, answer + "/think-longer", CALLER, LIGHT, written::thinkLonger),
                new Route(POST, PATH + "documents", CALLER, LIGHT, new DocumentsEndpoint(models)),
                new Route(POST, "/web/temporary", CALLER, HEAVY, written::temporary));
    }

    @Override
    public void close() {
        answers.close();
        conversations.ifPresent(Conversations::close);
    }
}
