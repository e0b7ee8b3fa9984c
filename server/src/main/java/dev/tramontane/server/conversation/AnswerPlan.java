package dev.tramontane.server.conversation;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Thinking;
import dev.tramontane.wire.ChatCompletions;
import dev.tramontane.wire.Fields;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// How an answer is wanted.
///
/// @param model by its public name; empty for the server's first
/// @param budget of the thinking, in tokens; empty for as much as it takes
/// @param votes answers that there are to be a vote of; 1 for none
/// @param seed empty for another one each time
/// @param system what stands above the conversation; empty for the model's own
public record AnswerPlan(
        String model, Mode mode, OptionalInt budget, int votes, OptionalLong seed, String system) {
    private static final int LONGEST_SYSTEM_CHARS = 256 << 10;
    private static final int USUAL_VOTES = 4;
    private static final int MOST_BUDGET = 10_000_000;

    /// The page's three ways to answer.
    public enum Mode {
        /// At once, without thinking.
        FLASH,
        THINK,
        /// The answer that most of several agree on.
        VOTES;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// @throws InvalidRequestException when it is none; it names the field
    public static AnswerPlan read(Fields plan) {
        Mode mode =
                switch (plan.text("mode").orElse("think")) {
                    case "flash" -> Mode.FLASH;
                    case "think" -> Mode.THINK;
                    case "votes" -> Mode.VOTES;
                    default -> throw plan.unexpected("mode", "flash, think or votes");
                };
        String system = Texts.clean(plan.text("system").orElse(""));
        if (system.length() > LONGEST_SYSTEM_CHARS) {
            throw plan.unexpected(
                    "system", "%d characters at most".formatted(LONGEST_SYSTEM_CHARS));
        }
        int votes = plan.integer("votes", 1, ChatCompletions.MOST_VOTES).orElse(USUAL_VOTES);
        return new AnswerPlan(
                Texts.clean(plan.text("model").orElse("")),
                mode,
                plan.integer("budget", 0, MOST_BUDGET),
                mode == Mode.VOTES ? Math.max(2, votes) : 1,
                plan.whole("seed"),
                system);
    }

    /// As {@link #toJson} wrote it.
    static AnswerPlan stored(Fields plan) {
        AnswerPlan read = read(plan);
        return new AnswerPlan(
                read.model,
                read.mode,
                read.budget,
                plan.integer("samples", 1, ChatCompletions.MOST_VOTES).orElse(read.votes),
                read.seed,
                read.system);
    }

    /// What a model is asked for.
    ///
    /// @param thinks whether it can
    public Thinking thinking(boolean thinks) {
        if (!thinks) {
            return Thinking.DEFAULT;
        }
        return switch (mode) {
            case FLASH -> new Thinking.Off();
            case THINK, VOTES ->
                    budget.isPresent()
                            ? new Thinking.Budget(budget.getAsInt())
                            : new Thinking.Effort(Thinking.Level.HIGH);
        };
    }

    public AnswerPlan withModel(String name) {
        return new AnswerPlan(name, mode, budget, votes, seed, system);
    }

    /// As it is told: `votes` are those of the outcome, how many were wanted is `samples`.
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("model", model).put("mode", mode.word());
        budget.ifPresentOrElse(tokens -> json.put("budget", tokens), () -> json.putNull("budget"));
        if (mode == Mode.VOTES) {
            json.put("samples", votes);
        }
        seed.ifPresent(number -> json.put("seed", number));
        if (!system.isEmpty()) {
            json.put("system", system);
        }
        return json;
    }
}
