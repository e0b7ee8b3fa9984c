package dev.tramontane.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.JsonNodeFactory;

import java.util.List;
import java.util.Optional;

class CallCheckTest {
    private static final CallCheck CHECK =
            new CallCheck(
                    List.of(
                            new ToolSpec("f", "", JsonNodeFactory.instance.objectNode()),
                            new ToolSpec("g", "", JsonNodeFactory.instance.objectNode())));

    @Test
    void a_call_that_does_not_fit_its_tool_says_what_is_wrong() {
        assertEquals(Optional.empty(), fault("f", "{\"a\": 1}"));
        assertTrue(fault("f", "[1]").orElseThrow().contains("no JSON object"));
        assertTrue(fault("g", "{\"a\":").orElseThrow().startsWith("g: the arguments are no JSON"));
        assertEquals("there is no tool h, expected one of [f, g]", fault("h", "{}").orElseThrow());
    }

    @Test
    void without_tools_there_is_nothing_to_fit() {
        var call = new ToolCall(Optional.empty(), "f", "{}");
        assertEquals(Optional.empty(), new CallCheck(List.of()).fault(call));
    }

    private static Optional<String> fault(String name, String arguments) {
        return CHECK.fault(new ToolCall(Optional.empty(), name, arguments));
    }
}
