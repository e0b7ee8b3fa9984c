package dev.tramontane.cli;

import dev.tramontane.chat.Thinking;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Locale;

/// Reads `on`, `off`, `low`, `medium`, `high` or a number of tokens as a wish about thinking.
final class ThinkConverter implements ITypeConverter<Thinking> {
    @Override
    public Thinking convert(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "on", "high" -> new Thinking.Effort(Thinking.Level.HIGH);
            case "off" -> new Thinking.Off();
            case "low" -> new Thinking.Effort(Thinking.Level.LOW);
            case "medium" -> new Thinking.Effort(Thinking.Level.MEDIUM);
            default -> new Thinking.Budget(tokens(value));
        };
    }

    private static int tokens(String value) {
        try {
            int tokens = Integer.parseInt(value);
            if (tokens >= 0) {
                return tokens;
            }
        } catch (NumberFormatException _) {
            // said below, together with negative numbers
        }
        throw new TypeConversionException(
                "found " + value + ", expected on, off, low, medium, high or a number of tokens");
    }
}
