package dev.tramontane.cli;

import dev.tramontane.chat.BreakerTexts;
import dev.tramontane.sampling.Dry;
import dev.tramontane.sampling.LogitBias;
import dev.tramontane.sampling.Penalties;
import dev.tramontane.sampling.Repetition;
import dev.tramontane.sampling.SequenceBreakers;
import dev.tramontane.tokenizer.Tokenizer;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What changes the logits before a token is chosen, under llama.cpp's names.
final class PenaltyFlags {
    /// The names that {@link #set} knows.
    static final List<String> NAMES =
            List.of(
                    "repeat-penalty",
                    "frequency-penalty",
                    "presence-penalty",
                    "repeat-last-n",
                    "dry-multiplier",
                    "dry-base",
                    "dry-allowed-length",
                    "dry-penalty-last-n",
                    "dry-sequence-breaker",
                    "logit-bias");

    private static final String NO_BREAKERS = "none";

    @Option(
            names = "--repeat-penalty",
            paramLabel = "X",
            description = "Make tokens that came lately less likely; 1 for off.")
    private Optional<Float> repeat = Optional.empty();

    @Option(
            names = "--frequency-penalty",
            paramLabel = "X",
            description = "Take this from a token's logit for each time it came lately; -2 to 2.")
    private Optional<Float> frequency = Optional.empty();

    @Option(
            names = "--presence-penalty",
            paramLabel = "X",
            description = "Take this from a token's logit if it came lately; -2 to 2.")
    private Optional<Float> presence = Optional.empty();

    @Option(
            names = "--repeat-last-n",
            paramLabel = "N",
            description =
                    "Tokens that count as lately for these penalties; -1 for all (default: 64).")
    private Optional<Integer> repeatLastTokens = Optional.empty();

    @Option(
            names = "--dry-multiplier",
            paramLabel = "X",
            description = "Make tokens that continue a repetition less likely (DRY); 0 for off.")
    private Optional<Float> dryMultiplier = Optional.empty();

    @Option(
            names = "--dry-base",
            paramLabel = "X",
            description = "How DRY grows with each repeated token (default: 1.75).")
    private Optional<Float> dryBase = Optional.empty();

    @Option(
            names = "--dry-allowed-length",
            paramLabel = "N",
            description = "Repeated tokens before DRY begins (default: 2).")
    private Optional<Integer> dryAllowedLength = Optional.empty();

    @Option(
            names = "--dry-penalty-last-n",
            paramLabel = "N",
            description = "Tokens that DRY searches; -1 for all (default: -1).")
    private Optional<Integer> dryLastTokens = Optional.empty();

    @Option(
            names = "--dry-sequence-breaker",
            paramLabel = "TEXT",
            description =
                    "A text that ends a repetition for DRY, with escapes as \\n; repeatable; none for"
                            + " no such text (default: \\n : \" *).")
    private List<String> dryBreakers = List.of();

    @Option(
            names = "--logit-bias",
            paramLabel = "ID=VALUE",
            description = "Add to the logit of a token, -100 to 100; repeatable.")
    private Map<Integer, Float> bias = Map.of();

    /// The model's defaults, changed where somebody said so.
    ///
    /// @param tokenizer finds the tokens of DRY's texts
    /// @throws IllegalArgumentException when a value is out of range
    Penalties over(Penalties defaults, Tokenizer tokenizer) {
        Repetition repetition = defaults.repetition();
        Map<Integer, Float> biases = new LinkedHashMap<>(defaults.bias().values());
        biases.putAll(bias);
        return new Penalties(
                new LogitBias(biases),
                new Repetition(
                        repeat.orElse(repetition.repeat()),
                        frequency.orElse(repetition.frequency()),
                        presence.orElse(repetition.presence()),
                        repeatLastTokens.orElse(repetition.lastTokens())),
                dry(defaults.dry(), tokenizer));
    }

    private Dry dry(Dry defaults, Tokenizer tokenizer) {
        float multiplier = dryMultiplier.orElse(defaults.multiplier());
        // Looking through the vocabulary is only worth it where DRY is on.
        SequenceBreakers breakers =
                multiplier == 0 ? SequenceBreakers.NONE : breakerTexts().in(tokenizer);
        return new Dry(
                multiplier,
                dryBase.orElse(defaults.base()),
                dryAllowedLength.orElse(defaults.allowedLength()),
                dryLastTokens.orElse(defaults.lastTokens()),
                breakers);
    }

    private BreakerTexts breakerTexts() {
        if (dryBreakers.isEmpty()) {
            return BreakerTexts.DEFAULT;
        }
        return new BreakerTexts(
                dryBreakers.stream()
                        .filter(text -> !text.equals(NO_BREAKERS))
                        .map(String::translateEscapes)
                        .toList());
    }

    /// Changes a value by name; a breaker or a bias is one more, and `none` is no breaker.
    ///
    /// @return whether there is such a name
    /// @throws NumberFormatException when the value is no number
    boolean set(String name, String value) {
        switch (name) {
            case "repeat-penalty" -> repeat = Optional.of(Float.valueOf(value));
            case "frequency-penalty" -> frequency = Optional.of(Float.valueOf(value));
            case "presence-penalty" -> presence = Optional.of(Float.valueOf(value));
            case "repeat-last-n" -> repeatLastTokens = Optional.of(Integer.valueOf(value));
            case "dry-multiplier" -> dryMultiplier = Optional.of(Float.valueOf(value));
            case "dry-base" -> dryBase = Optional.of(Float.valueOf(value));
            case "dry-allowed-length" -> dryAllowedLength = Optional.of(Integer.valueOf(value));
            case "dry-penalty-last-n" -> dryLastTokens = Optional.of(Integer.valueOf(value));
            case "dry-sequence-breaker" -> addBreaker(value);
            case "logit-bias" -> addBias(value);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void addBreaker(String text) {
        boolean clears = text.equals(NO_BREAKERS);
        List<String> more = new ArrayList<>(clears ? List.of() : dryBreakers);
        more.add(text);
        dryBreakers = List.copyOf(more);
    }

    private void addBias(String assignment) {
        String[] parts = assignment.split("=", 2);
        if (parts.length != 2) {
            throw new IllegalArgumentException(
                    "logit-bias: found '" + assignment + "', expected ID=VALUE, as 17=-5");
        }
        Map<Integer, Float> more = new LinkedHashMap<>(bias);
        more.put(Integer.valueOf(parts[0].strip()), Float.valueOf(parts[1].strip()));
        bias = Map.copyOf(more);
    }
}
