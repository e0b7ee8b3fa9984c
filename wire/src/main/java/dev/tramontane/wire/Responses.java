package dev.tramontane.wire;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.sampling.SamplingParams;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// OpenAI's Responses API: JSON → {@link ChatRequest}; {@link ResponseWriter} is the way back.
///
/// Its conversations are lists of items, some of which the server remembers: a request may go on
/// from an answer that it names, or name an item of one.
public final class Responses {
    private static final Pattern MESSAGE = Pattern.compile("messages\\[(\\d{1,9})](.*)");
    private static final Pattern TOOL = Pattern.compile("(tools\\[\\d{1,9}])\\.function(.*)");

    private Responses() {}

    /// What a server remembers of whoever asks. What it has forgotten, it refuses.
    public interface Past {
        /// The items of a response and of all those before it, asked and answered in turn.
        List<ObjectNode> conversation(String responseId);

        /// One item, by its id; empty where it is not known.
        Optional<ObjectNode> item(String id);
    }

    /// A message, and where the request has it.
    ///
    /// @param place such as `input[2]`
    record Placed(Message message, String place) {}

    /// A request as a client sent it.
    ///
    /// @param model that it asks for; empty where it names none
    /// @param places of the messages
    /// @param settings what its answer tells again: what was asked, with the values that hold
    /// @param delivery how the answer is told
    /// @param memory what is remembered of it
    /// @param votes how many answers there are to be a vote of; 1 for no vote
    /// @param truncates whether a conversation that is too long loses its oldest turns
    public record Request(
            String model,
            ChatRequest chat,
            List<String> places,
            ObjectNode settings,
            Delivery delivery,
            Memory memory,
            int votes,
            boolean truncates) {
        public Request {
            places = List.copyOf(places);
        }

        /// The same without some of its messages.
        ///
        /// @param from of the first that is left out
        /// @param to of the first behind them
        public Request without(int from, int to) {
            List<Integer> kept =
                    IntStream.range(0, places.size())
                            .filter(i -> i < from || i >= to)
                            .boxed()
                            .toList();
            return new Request(
                    model,
                    chat.withMessages(kept.stream().map(chat.messages()::get).toList()),
                    kept.stream().map(places::get).toList(),
                    settings,
                    delivery,
                    memory,
                    votes,
                    truncates);
        }

        /// The same as its model is asked it.
        ///
        /// @param asked with the same messages, behind what the model is told with each request
        public Request asking(ChatRequest asked) {
            int more = asked.messages().size() - places.size();
            List<String> others = new ArrayList<>(Collections.nCopies(more, "model"));
            others.addAll(places);
            return new Request(model, asked, others, settings, delivery, memory, votes, truncates);
        }

        /// What is wrong with the chat request, told as of this one.
        public InvalidRequestException told(InvalidRequestException refusal) {
            String found = refusal.parameter();
            String place = place(found);
            String message = String.valueOf(refusal.getMessage());
            return new InvalidRequestException(
                    place,
                    message.startsWith(found + ": ")
                            ? message.substring(found.length() + 2)
                            : message,
                    refusal.kind());
        }

        private String place(String found) {
            Matcher message = MESSAGE.matcher(found);
            if (message.matches()) {
                int index = Integer.parseInt(message.group(1));
                return index < places.size()
                        ? placeIn(places.get(index), message.group(2))
                        : "input";
            }
            Matcher tool = TOOL.matcher(found);
            if (tool.matches()) {
                return tool.group(1) + tool.group(2);
            }
            if (found.startsWith("response_format")) {
                return found.contains("schema") ? "text.format.schema" : "text.format";
            }
            return switch (found) {
                case "messages" -> "input";
                case "reasoning_effort" -> "reasoning.effort";
                default -> found;
            };
        }

        /// What is deeper in a message has a place in the item where the item is a message.
        private static String placeIn(String item, String rest) {
            boolean isItem = item.startsWith("input[");
            if (isItem && rest.equals(".tool_call_id")) {
                return item + ".call_id";
            }
            return isItem && (rest.startsWith(".content") || rest.equals(".role"))
                    ? item + rest
                    : item;
        }
    }

    /// How an answer is told.
    ///
    /// @param stream whether it is sent as it comes
    /// @param progress whether the reading of the prompt is told
    /// @param format of the thinking; empty where the request does not say
    public record Delivery(boolean stream, boolean progress, Optional<ReasoningFormat> format) {}

    /// What is remembered of a request.
    ///
    /// @param store whether anything is, beyond its answer's end
    /// @param previous the response that it goes on from
    /// @param items its own, each with an id
    public record Memory(boolean store, Optional<String> previous, List<ObjectNode> items) {
        public Memory {
            items = List.copyOf(items);
        }
    }

    /// Reads a request.
    ///
    /// @param defaults the model's own, for what the request leaves open
    /// @throws InvalidRequestException when it is none; it names the field
    public static Request readRequest(JsonNode json, SamplingParams defaults, Past past) {
        return new ResponsesReader(new Fields(json, ""), past).read(defaults);
    }
}
