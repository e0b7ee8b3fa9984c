package dev.tramontane.server;

import static dev.tramontane.server.Route.Access.ANYBODY;
import static dev.tramontane.server.Route.Access.CALLER;
import static dev.tramontane.server.Route.Access.OPERATOR;
import static dev.tramontane.server.Route.Load.HEAVY;
import static dev.tramontane.server.Route.Load.LIGHT;

import static io.helidon.http.Method.DELETE;
import static io.helidon.http.Method.GET;
import static io.helidon.http.Method.POST;

import dev.tramontane.server.telemetry.Meters;
import dev.tramontane.server.ui.UiFiles;

import io.helidon.http.Method;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the server answers.
///
/// @param table the API
/// @param files the page's, which are no endpoints: the API's description leaves them out
record Routes(List<Route> table, List<Route> files) {
    static Routes of(
            ServerConfig config,
            Models models,
            RunningAnswers running,
            Admission admission,
            Meters meters,
            Page page) {
        var listing = new ModelsEndpoint(models);
        var health = new HealthEndpoint(admission);
        var teller = new AnswerTeller(running, config.limits().keepAlive());
        var chat = new ChatEndpoint(config, models, teller);
        var messages = new MessagesEndpoint(config, models, teller);
        var ollama = new OllamaEndpoint(config, models, teller);
        var ollamaModels = new OllamaModelsEndpoint(models);
        var llama = new LlamaEndpoint(models, teller);
        var llamaModels = new LlamaModelsEndpoint(models);
        var tokens = new TokensEndpoint(models);
        var embeddings = new EmbeddingsEndpoint(models, running);
        var state = new StateEndpoint(models, meters);
        var store = new ResponseStore(ResponseStore.Bounds.STANDARD);
        var responding = new Running<ObjectNode>();
        var responses = new ResponsesEndpoint(config, models, teller, store, responding);
        var stored = new StoredResponsesEndpoint(store, responding, running);
        List<Route> all = new ArrayList<>();
        all.addAll(
                List.of(
                        new Route(POST, "/v1/chat/completions", CALLER, HEAVY, chat),
                        new Route(POST, "/chat/completions", CALLER, HEAVY, chat),
                        new Route(
                                POST,
                                "/v1/chat/completions/input_tokens",
                                CALLER,
                                LIGHT,
                                tokens::count),
                        new Route(
                                POST,
                                "/chat/completions/input_tokens",
                                CALLER,
                                LIGHT,
                                tokens::count),
                        new Route(
                                POST,
                                "/v1/chat/completions/control",
                                CALLER,
                                LIGHT,
                                new ControlEndpoint(running)),
                        new Route(
                                POST,
                                "/v1/completions",
                                CALLER,
                                HEAVY,
                                new CompletionsEndpoint(models, running, teller)),
                        new Route(
                                POST,
                                "/v1/fim/completions",
                                CALLER,
                                HEAVY,
                                new FimEndpoint(models, teller)),
                        new Route(POST, "/v1/embeddings", CALLER, HEAVY, embeddings::embeddings),
                        new Route(POST, "/embeddings", CALLER, HEAVY, embeddings::plain),
                        new Route(POST, "/embedding", CALLER, HEAVY, embeddings::plain),
                        new Route(POST, "/v1/messages", CALLER, HEAVY, messages),
                        new Route(
                                POST, "/v1/messages/count_tokens", CALLER, LIGHT, messages::count),
                        new Route(POST, "/v1/responses", CALLER, HEAVY, responses),
                        new Route(POST, "/responses", CALLER, HEAVY, responses),
                        new Route(
                                POST,
                                "/v1/responses/input_tokens",
                                CALLER,
                                LIGHT,
                                responses::inputTokens),
                        new Route(GET, "/v1/responses/{id}", CALLER, LIGHT, stored::retrieve),
                        new Route(DELETE, "/v1/responses/{id}", CALLER, LIGHT, stored::delete),
                        new Route(POST, "/v1/responses/{id}/cancel", CALLER, LIGHT, stored::cancel),
                        new Route(
                                GET,
                                "/v1/responses/{id}/input_items",
                                CALLER,
                                LIGHT,
                                stored::inputItems),
                        new Route(POST, "/completion", CALLER, HEAVY, llama::completion),
                        new Route(POST, "/completions", CALLER, HEAVY, llama::completion),
                        new Route(POST, "/infill", CALLER, HEAVY, llama::infill),
                        new Route(POST, "/api/chat", CALLER, HEAVY, ollama::chat),
                        new Route(POST, "/api/generate", CALLER, HEAVY, ollama::generate),
                        new Route(POST, "/api/show", CALLER, LIGHT, ollamaModels::show),
                        new Route(GET, "/api/tags", CALLER, LIGHT, ollamaModels::tags),
                        new Route(GET, "/api/ps", CALLER, LIGHT, ollamaModels::running),
                        new Route(GET, "/api/version", CALLER, LIGHT, ollamaModels::version),
                        new Route(POST, "/tokenize", CALLER, LIGHT, tokens::tokenize),
                        new Route(POST, "/detokenize", CALLER, LIGHT, tokens::detokenize),
                        new Route(POST, "/apply-template", CALLER, LIGHT, tokens::applyTemplate),
                        new Route(GET, "/props", CALLER, LIGHT, state::props),
                        new Route(GET, "/slots", CALLER, LIGHT, state::slots),
                        new Route(GET, "/lora-adapters", CALLER, LIGHT, state::adapters),
                        new Route(GET, "/metrics", CALLER, LIGHT, state::metrics),
                        new Route(GET, "/v1/models", CALLER, LIGHT, listing::list),
                        new Route(GET, "/v1/models/{+id}", CALLER, LIGHT, listing::one),
                        new Route(GET, "/models", CALLER, LIGHT, listing::list),
                        new Route(POST, "/models/load", CALLER, HEAVY, llamaModels::load),
                        new Route(POST, "/models/unload", CALLER, LIGHT, llamaModels::unload),
                        new Route(
                                GET, "/openapi.json", ANYBODY, LIGHT, OpenApiEndpoint.ofResource()),
                        new Route(GET, "/health", ANYBODY, LIGHT, health::health),
                        new Route(GET, "/ready", ANYBODY, LIGHT, health::ready)));
        all.addAll(page.routes(config, models, admission, meters));
        config.operator()
                .map(operator -> new OperatorEndpoint(models, admission, operator))
                .ifPresent(
                        operator -> {
                            all.add(
                                    new Route(
                                            GET,
                                            "/operator/status",
                                            OPERATOR,
                                            LIGHT,
                                            operator::status));
                            all.add(
                                    new Route(
                                            POST,
                                            "/operator/unload",
                                            OPERATOR,
                                            LIGHT,
                                            operator::unload));
                            all.add(
                                    new Route(
                                            POST,
                                            "/operator/stop",
                                            OPERATOR,
                                            LIGHT,
                                            operator::stop));
                        });
        return new Routes(List.copyOf(all), page(new UiEndpoint(UiFiles.ofThisBuild())));
    }

    private static List<Route> page(UiEndpoint ui) {
        return List.of(
                new Route(GET, "/", ANYBODY, LIGHT, ui::index),
                new Route(GET, "/ui/{+file}", ANYBODY, LIGHT, ui::page),
                new Route(GET, "/webjars/{+file}", ANYBODY, LIGHT, ui::library));
    }

    private Stream<Route> all() {
        return Stream.concat(table.stream(), files.stream());
    }

    HttpRouting.Builder routing(Dispatch dispatch) {
        HttpRouting.Builder rules = HttpRouting.builder();
        for (Route route : all().toList()) {
            rules.route(
                    route::takes,
                    PathMatchers.create(route.path()),
                    (request, response) -> dispatch.handle(route, request, response));
        }
        return rules.any(
                (request, response) ->
                        dispatch.handle(
                                new Route(GET, Route.NOWHERE, ANYBODY, LIGHT, _ -> refuse(request)),
                                request,
                                response));
    }

    /// Nothing is told of a path but whether there is one.
    private void refuse(ServerRequest request) {
        String path = request.path().path();
        Optional<Method> known =
                all().filter(route -> route.path().equals(path)).map(Route::method).findFirst();
        String method = Printable.shortened(request.prologue().method().text());
        throw known.isPresent()
                ? RefusedException.wrongMethod(method, path, known.get().text())
                : RefusedException.noPath(method, Printable.shortened(path));
    }
}
