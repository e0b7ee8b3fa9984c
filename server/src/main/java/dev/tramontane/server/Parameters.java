package dev.tramontane.server;

import dev.tramontane.chat.InvalidRequestException;

/// Parameters behind the path, read as strictly as fields are.
final class Parameters {
    private Parameters() {}

    static int integer(Exchange exchange, String name, int least, int most, int usual) {
        String told = exchange.query(name).orElse(Integer.toString(usual));
        long number = told.matches("\\d{1,18}") ? Long.parseLong(told) : -1;
        if (number < least || number > most) {
            throw unexpected(name, exchange, "a whole number from %d to %d".formatted(least, most));
        }
        return (int) number;
    }

    static boolean flag(Exchange exchange, String name) {
        return switch (exchange.query(name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unexpected(name, exchange, "true or false");
        };
    }

    /// What to throw where a parameter is something else than it must be.
    static InvalidRequestException unexpected(String name, Exchange exchange, String expected) {
        return new InvalidRequestException(
                name,
                "found %s, expected %s; correct it"
                        .formatted(
                                Printable.shortened(exchange.query(name).orElse("nothing")),
                                expected));
    }
}
