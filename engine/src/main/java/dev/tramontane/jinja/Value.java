package dev.tramontane.jinja;

import tools.jackson.databind.JsonNode;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// What a template computes with: Python's values, as far as templates meet them.
///
/// Lists and dicts never change after they were made; only a {@link Namespace} does.
public sealed interface Value
        permits Value.Undefined,
                Value.None,
                Value.Bool,
                Value.Int,
                Value.Real,
                Value.Str,
                Value.Array,
                Value.Tuple,
                Dict,
                Value.Range,
                Value.View,
                Value.Generator,
                Value.Namespace,
                Value.Handle {
    /// The name or attribute was not there. It prints as nothing; most other uses are errors.
    ///
    /// @param why the error of such a use
    record Undefined(String why) implements Value {}

    /// Python's `None`.
    record None() implements Value {}

    /// A truth value; also 0 or 1.
    record Bool(boolean value) implements Value {}

    /// An integer of any size.
    record Int(BigInteger value) implements Value {}

    /// A float.
    record Real(double value) implements Value {}

    /// A string.
    ///
    /// @param markup whether it counts as escaped HTML: texts joined to it are escaped
    record Str(Text text, boolean markup) implements Value {
        String chars() {
            return text.chars();
        }

        Str with(Text changed) {
            return new Str(changed, markup);
        }
    }

    /// A list.
    record Array(List<Value> items) implements Value {}

    /// A tuple.
    ///
    /// @param grouped whether `groupby` made it: a pair whose parts have names
    record Tuple(List<Value> items, boolean grouped) implements Value {}

    /// A `range`.
    record Range(BigInteger start, BigInteger stop, BigInteger step, int count) implements Value {
        Value at(int index) {
            return new Int(start.add(step.multiply(BigInteger.valueOf(index))));
        }
    }

    /// What `keys()`, `values()` and `items()` give.
    ///
    /// @param kind as Python names the type, such as `dict_keys`
    record View(String kind, List<Value> items) implements Value {}

    /// Items that can be walked over once.
    record Generator(Iterator<Value> items) implements Value {}

    /// A mutable set of names.
    record Namespace(Map<String, Value> attributes) implements Value {}

    /// Something of the language itself: a function, a macro, a method, a loop.
    ///
    /// @param kind as Python names the type
    /// @param attributes what can be asked of it by name
    /// @param body what a call does
    record Handle(String kind, String name, Map<String, Supplier<Value>> attributes, Body body)
            implements Value {
        /// What a call does.
        @FunctionalInterface
        interface Body {
            Value call(Arguments arguments);
        }

        static Handle function(String name, Body body) {
            return new Handle("function", name, Map.of(), body);
        }
    }

    Value NONE = new None();
    Value TRUE = new Bool(true);
    Value FALSE = new Bool(false);

    /// A text given by somebody: what it spells stays text.
    static Value given(String text) {
        return new Str(Text.given(text), false);
    }

    /// A word of the format itself, such as a role's name.
    static Value own(String text) {
        return new Str(Text.own(text), false);
    }

    static Value of(boolean value) {
        return value ? TRUE : FALSE;
    }

    static Value of(long value) {
        return new Int(BigInteger.valueOf(value));
    }

    static Value of(BigInteger value) {
        return new Int(value);
    }

    static Value of(double value) {
        return new Real(value);
    }

    /// A list, copied.
    static Value list(List<? extends Value> items) {
        return new Array(List.copyOf(items));
    }

    /// A dict with keys of strings, in the map's order; the keys are given texts.
    static Value dict(Map<String, ? extends Value> entries) {
        var dict = new Dict();
        entries.forEach((key, value) -> dict.put(given(key), value));
        return dict;
    }

    /// A JSON value; all its texts are given ones.
    static Value given(JsonNode json) {
        if (json.isObject()) {
            var dict = new Dict();
            json.properties()
                    .forEach(field -> dict.put(given(field.getKey()), given(field.getValue())));
            return dict;
        }
        if (json.isArray()) {
            List<Value> items = new ArrayList<>();
            json.forEach(item -> items.add(given(item)));
            return new Array(items);
        }
        if (json.isString()) {
            return given(json.stringValue());
        }
        if (json.isIntegralNumber()) {
            return of(json.bigIntegerValue());
        }
        if (json.isNumber()) {
            return of(json.doubleValue());
        }
        return json.isBoolean() ? of(json.booleanValue()) : NONE;
    }

    /// A plain string.
    static Value of(Text text) {
        return new Str(text, false);
    }
}
