package dev.tramontane.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.ResponseFormat;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.ToolChoice;
import dev.tramontane.chat.ToolSpec;
import dev.tramontane.chat.ToolUse;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SamplingParams;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/// Reads a request of LangChain4j as one of ours: what it leaves open is as the model has it.
final class RequestReader {
    private final ChatRequest request;
    private final ChatRequestParameters parameters;
    private final SamplingParams model;

    /// @param model how the model wants its tokens chosen
    RequestReader(ChatRequest request, SamplingParams model) {
        this.request = request;
        this.parameters = request.parameters();
        this.model = model;
    }

    AdaptedModel.Asked read() {
        List<Message> messages = new ArrayList<>();
        List<String> images = new ArrayList<>();
        for (int at = 0; at < request.messages().size(); at++) {
            String place = place(at);
            MessageReader.read(request.messages().get(at), place)
                    .ifPresent(
                            message -> {
                                messages.add(message);
                                images.addAll(images(message, place));
                            });
        }
        dev.tramontane.chat.ChatRequest chat =
                dev.tramontane.chat.ChatRequest.of(messages)
                        .withTools(tools())
                        .withToolUse(toolUse())
                        .withFormat(format());
        if (parameters.stopSequences() != null) {
            chat = chat.withStop(parameters.stopSequences());
        }
        try {
            return own(chat.withSampling(sampling()), images);
        } catch (IllegalArgumentException outOfRange) {
            throw Failures.invalid(outOfRange);
        }
    }

    /// What LangChain4j has no word for.
    private AdaptedModel.Asked own(dev.tramontane.chat.ChatRequest chat, List<String> images) {
        if (!(parameters instanceof TramontaneChatRequestParameters own)) {
            return new AdaptedModel.Asked(chat, images, 1);
        }
        boolean parallel = otherwise(own.parallelToolCalls(), true);
        return new AdaptedModel.Asked(
                chat.withThinking(otherwise(own.thinking(), Thinking.DEFAULT))
                        .withToolUse(chat.toolUse().withParallel(parallel)),
                images,
                otherwise(own.votes(), 1));
    }

    /// Where images stand; each part of a message has become one of ours.
    private static List<String> images(Message message, String place) {
        List<String> places = new ArrayList<>();
        for (int part = 0; part < message.content().size(); part++) {
            if (message.content().get(part) instanceof Chunk.ImageChunk) {
                places.add(MessageReader.place(place, part));
            }
        }
        return places;
    }

    private static String place(int message) {
        return "messages[%d]".formatted(message);
    }

    private static <T> T otherwise(@Nullable T told, T otherwise) {
        return Objects.requireNonNullElse(told, otherwise);
    }

    private SamplingParams sampling() {
        @Nullable Long seed = null;
        @Nullable Double minP = null;
        if (parameters instanceof TramontaneChatRequestParameters own) {
            seed = own.seed();
            minP = own.minP();
        }
        return new SamplingParams(
                penalties(),
                number(parameters.temperature(), model.temperature()),
                otherwise(parameters.topK(), model.topK()),
                model.typicalP(),
                number(parameters.topP(), model.topP()),
                number(minP, model.minP()),
                seed == null ? ThreadLocalRandom.current().nextLong() : seed,
                otherwise(parameters.maxOutputTokens(), model.maxTokens()),
                model.topLogprobs());
    }

    private Penalties penalties() {
        Repetition repetition = model.penalties().repetition();
        return new Penalties(
                model.penalties().bias(),
                new Repetition(
                        repetition.repeat(),
                        number(parameters.frequencyPenalty(), repetition.frequency()),
                        number(parameters.presencePenalty(), repetition.presence()),
                        repetition.lastTokens()),
                model.penalties().dry());
    }

    private static float number(@Nullable Double told, float otherwise) {
        return told == null ? otherwise : told.floatValue();
    }

    private List<ToolSpec> tools() {
        @Nullable List<ToolSpecification> tools = parameters.toolSpecifications();
        return tools == null ? List.of() : tools.stream().map(RequestReader::tool).toList();
    }

    private static ToolSpec tool(ToolSpecification tool) {
        JsonNode parameters =
                tool.parameters() == null
                        ? JsonNodeFactory.instance
                                .objectNode()
                                .put("type", "object")
                                .set("properties", JsonNodeFactory.instance.objectNode())
                        : SchemaWriter.write(tool.parameters());
        return new ToolSpec(
                tool.name(),
                otherwise(tool.description(), ""),
                parameters,
                Boolean.TRUE.equals(tool.strict()));
    }

    private ToolUse toolUse() {
        dev.langchain4j.model.chat.request.@Nullable ToolChoice choice = parameters.toolChoice();
        if (choice == null) {
            return ToolUse.FREE;
        }
        return ToolUse.FREE.withChoice(
                switch (choice) {
                    case AUTO -> new ToolChoice.Auto();
                    case REQUIRED -> new ToolChoice.Required();
                    case NONE -> new ToolChoice.None();
                });
    }

    private ResponseFormat format() {
        dev.langchain4j.model.chat.request.@Nullable ResponseFormat format =
                parameters.responseFormat();
        if (format == null || format.type() != ResponseFormatType.JSON) {
            return ResponseFormat.TEXT;
        }
        @Nullable JsonSchema schema = format.jsonSchema();
        return schema == null
                ? new ResponseFormat.JsonObject()
                : new ResponseFormat.JsonSchema(SchemaWriter.write(schema.rootElement()));
    }
}
