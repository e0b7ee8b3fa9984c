package dev.tramontane.langchain4j;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.MajorityVote;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.image.RequestImages;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/// One of our models with what LangChain4j's have beside it.
///
/// @param name as it is told in answers, and the only one that requests may ask for
/// @param sampling what holds where a request leaves it open
/// @param defaults what requests are completed with
record AdaptedModel(
        ChatModel model,
        String name,
        SamplingParams sampling,
        ChatRequestParameters defaults,
        List<ChatModelListener> listeners) {
    static final Set<Capability> CAPABILITIES = Set.of(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    private static final RequestImages IMAGES = RequestImages.local();

    AdaptedModel {
        listeners = List.copyOf(listeners);
    }

    /// A request in our words.
    ///
    /// @param images where its images stand in what was asked
    /// @param votes how many answers there are to be a vote of; 1 for no vote
    record Asked(dev.tramontane.chat.ChatRequest chat, List<String> images, int votes) {}

    static AdaptedModel of(LocalModel model) {
        return of(model, model.name(), model.sampling());
    }

    static AdaptedModel of(ChatModel model, String name, SamplingParams sampling) {
        ChatRequestParameters named = ChatRequestParameters.builder().modelName(name).build();
        return new AdaptedModel(model, name, sampling, named, List.of());
    }

    AdaptedModel withDefaults(ChatRequestParameters parameters) {
        checkName(parameters);
        return new AdaptedModel(
                model, name, sampling, defaults.overrideWith(parameters), listeners);
    }

    AdaptedModel withListeners(List<ChatModelListener> others) {
        return new AdaptedModel(model, name, sampling, defaults, others);
    }

    /// @throws UnsupportedFeatureException when it asks for what no model of ours does
    /// @throws dev.langchain4j.exception.InvalidRequestException when a value means nothing
    Asked read(ChatRequest request) {
        checkName(request.parameters());
        Asked asked = new RequestReader(request, sampling).read();
        if (model instanceof LocalModel local && !local.sees() && !asked.images().isEmpty()) {
            throw new UnsupportedFeatureException(
                    "%s: image is not supported by %s, which sees none, expected text; open a model that sees, or leave it out"
                            .formatted(asked.images().getFirst(), name));
        }
        return asked;
    }

    private void checkName(ChatRequestParameters parameters) {
        checkName(parameters.modelName(), name);
    }

    /// @param asked the name in a request; null for none
    /// @throws UnsupportedFeatureException when it is not the model's
    static void checkName(@Nullable String asked, String name) {
        if (asked != null && !asked.equals(name)) {
            throw new UnsupportedFeatureException(
                    "modelName: found %s, expected %s, as another model is not supported by this one; leave it out, or open that model"
                            .formatted(asked, name));
        }
    }

    /// Starts an answer. A model of this process is shown pixels, one elsewhere gets what was sent.
    ChatStream open(Asked asked) {
        ChatModel voting = asked.votes() > 1 ? new MajorityVote(model, asked.votes()) : model;
        return voting.chat(
                model instanceof LocalModel
                        ? IMAGES.decoded(asked.chat(), asked.images(), _ -> {})
                        : asked.chat());
    }

    /// Whoever waits for a model does it on a thread that costs nothing.
    static void onThread(Runnable waiting) {
        Thread.ofVirtual().name("tramontane-langchain4j").start(waiting);
    }
}
