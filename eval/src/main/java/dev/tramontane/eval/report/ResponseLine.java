package dev.tramontane.eval.report;

import dev.tramontane.eval.Reference;
import dev.tramontane.eval.items.ItemException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A recorded response: a line of JSON.
///
/// ```
/// {"id": "p7", "response": "[THINK]…[/THINK]It is 4.", "answer": "4", "sample": 2}
/// ```
///
/// @param text the response, its thinking in it
/// @param isCut whether it was cut off by a limit
/// @param reference the right answer, where the line has it
record ResponseLine(
        String id, int sample, String text, boolean isCut, Optional<Reference> reference) {
    private static final int LONGEST_CHARS = 256 << 20;
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxStringLength(LONGEST_CHARS)
                                                    .build())
                                    .build())
                    .build();

    /// @param place file and line, for messages
    /// @throws ItemException when it is no such line
    static ResponseLine read(String text, String place) throws ItemException {
        JsonNode line;
        try {
            line = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new ItemException(place + ": " + e.getOriginalMessage() + ", expected JSON", e);
        }
        JsonNode id = line.path("id");
        JsonNode response = line.path("response");
        JsonNode sample = line.path("sample");
        if (!(id.isString() || id.isInt()) || !response.isString()) {
            throw new ItemException(
                    place + ": no id or no response, expected {\"id\": …, \"response\": \"…\"}");
        }
        if (!sample.isMissingNode() && !sample.isNull() && !sample.isInt()) {
            throw new ItemException(place + ": sample is " + sample + ", expected a whole number");
        }
        boolean cut =
                line.path("finish_reason").asString("").toLowerCase(Locale.ROOT).equals("length");
        try {
            return new ResponseLine(
                    id.asString(),
                    sample.isInt() ? sample.intValue() : 0,
                    response.stringValue(),
                    cut,
                    line.hasNonNull("answer")
                            ? Optional.of(reference(line, place))
                            : Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new ItemException(place + ": answer: " + e.getMessage(), e);
        }
    }

    /// A text or number, a list of which each is right, or a program's tests; a letter where the
    /// line has the choices.
    private static Reference reference(JsonNode line, String place) throws ItemException {
        JsonNode answer = line.path("answer");
        if (answer.isObject()) {
            return tests(answer, place);
        }
        if (answer.isString() && answer.stringValue().stripLeading().startsWith("{\"")) {
            try {
                JsonNode inner = MAPPER.readTree(answer.stringValue());
                if (inner.has("inputs")) {
                    return tests(inner, place);
                }
            } catch (JacksonException _) {
                // an answer that looks like JSON
            }
        }
        List<String> texts = texts(answer);
        JsonNode choices = line.path("choices");
        if (choices.isArray()
                && texts.size() == 1
                && texts.getFirst().strip().matches("[A-Za-z]")) {
            char letter = Character.toUpperCase(texts.getFirst().strip().charAt(0));
            return new Reference.Choice(letter, texts(choices));
        }
        return new Reference.Text(texts);
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        for (JsonNode each : node.isArray() ? node : List.of(node)) {
            texts.add(text(each));
        }
        return texts;
    }

    /// `{"inputs": […], "outputs": […], "fn_name": "…"}`, as LiveCodeBench hands tests over, texts
    /// throughout, or as APPS and TACO do: an input may be the list of a function's arguments or of
    /// lines; a function's results may each stand in a list of their own.
    private static Reference.Tests tests(JsonNode node, String place) throws ItemException {
        JsonNode inputs = node.path("inputs");
        JsonNode outputs = node.path("outputs");
        if (!inputs.isArray() || inputs.isEmpty() || inputs.size() != outputs.size()) {
            throw new ItemException(
                    place
                            + ": answer holds no tests, expected `inputs` and as many `outputs`, and"
                            + " `fn_name` where a function is called");
        }
        String function = node.path("fn_name").asString("");
        boolean isCalled = !function.isEmpty();
        boolean isWrapped =
                elements(outputs).allMatch(output -> output.isArray() && output.size() == 1);
        List<Reference.Tests.Case> cases = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            JsonNode output = outputs.path(i);
            cases.add(
                    new Reference.Tests.Case(
                            lines(inputs.path(i), isCalled),
                            isCalled && output.isArray()
                                    ? (isWrapped ? output.path(0) : output).toString()
                                    : lines(output, false)));
        }
        return new Reference.Tests(isCalled ? Optional.of(function) : Optional.empty(), cases);
    }

    /// A text as it is, of a list a line for each: arguments as JSON, lines as they are.
    private static String lines(JsonNode node, boolean areArguments) {
        if (!node.isArray()) {
            return text(node);
        }
        return elements(node)
                .map(each -> areArguments ? each.toString() : text(each))
                .collect(Collectors.joining("\n"));
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static String text(JsonNode node) {
        return node.isString() ? node.stringValue() : node.toString();
    }
}
