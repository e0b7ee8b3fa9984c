package dev.tramontane.eval.report;

import dev.tramontane.eval.Reference;
import dev.tramontane.eval.items.ItemException;
import dev.tramontane.eval.run.Response;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A recorded response: a line of JSON.
///
/// ```
/// {"id": "p7", "response": "[THINK]…[/THINK]It is 4.", "answer": "4", "sample": 2}
/// ```
///
/// @param reference the right answer, where the line has it
record ResponseLine(
        String id,
        int sample,
        Response response,
        boolean truncated,
        Optional<Reference> reference) {
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
        if (!sample.isMissingNode() && !sample.isInt()) {
            throw new ItemException(place + ": sample is " + sample + ", expected a whole number");
        }
        Response said = Response.of(response.stringValue());
        boolean cut =
                line.path("finish_reason").asString("").toLowerCase(Locale.ROOT).equals("length");
        try {
            return new ResponseLine(
                    id.asString(),
                    sample.asInt(0),
                    said,
                    cut || said.unfinished(),
                    line.has("answer") ? Optional.of(reference(line, place)) : Optional.empty());
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
            texts.add(each.isString() ? each.stringValue() : each.toString());
        }
        return texts;
    }

    /// `{"inputs": […], "outputs": […], "fn_name": "…"}`, as LiveCodeBench hands tests over.
    private static Reference.Tests tests(JsonNode node, String place) throws ItemException {
        JsonNode inputs = node.path("inputs");
        JsonNode outputs = node.path("outputs");
        if (!inputs.isArray() || inputs.isEmpty() || inputs.size() != outputs.size()) {
            throw new ItemException(
                    place
                            + ": answer holds no tests, expected `inputs` and as many `outputs`, and"
                            + " `fn_name` where a function is called");
        }
        List<Reference.Tests.Case> cases = new ArrayList<>();
        for (int i = 0; i < inputs.size(); i++) {
            cases.add(
                    new Reference.Tests.Case(
                            texts(inputs.get(i)).getFirst(), texts(outputs.get(i)).getFirst()));
        }
        String function = node.path("fn_name").asString("");
        return new Reference.Tests(
                function.isEmpty() ? Optional.empty() : Optional.of(function), cases);
    }
}
