package dev.tramontane.jinja;

import java.util.HashMap;
import java.util.Map;

/// The filters, by name: all of Jinja's but `pprint`, `random`, `urlize`, `wordwrap` and `xmlattr`.
final class Filters {
    /// What stands behind a `|`.
    @FunctionalInterface
    interface Filter {
        Value apply(Value input, Arguments arguments);
    }

    private final Map<String, Filter> filters = new HashMap<>();
    private final Tests tests;

    Filters(Budget budget, Operators operators, Spelling spelling, Access access) {
        Tests tests = new Tests(operators, spelling, this::has);
        this.tests = tests;
        new TextFilters(budget, spelling, access.strings()).addTo(filters);
        new NumberFilters().addTo(filters);
        new ItemFilters(budget, operators, spelling, access).addTo(filters);
        new SelectFilters(budget, access, this, tests).addTo(filters);
        filters.put(
                "tojson",
                (input, arguments) -> JsonPrinter.tojson(input, arguments, budget, operators));
    }

    /// The tests, which some filters ask.
    Tests tests() {
        return tests;
    }

    boolean has(String name) {
        return filters.containsKey(name);
    }

    Value apply(String name, Value input, Arguments arguments) {
        Filter filter = filters.get(name);
        if (filter == null) {
            throw new Fault("the filter '" + name + "'", "one of Jinja's own");
        }
        return filter.apply(input, arguments);
    }
}
