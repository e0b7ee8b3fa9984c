package dev.tramontane.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.tramontane.chat.Thinking;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/// What a request can ask for beyond LangChain4j's own parameters; what is null is left open.
///
/// A subclass, since that is how LangChain4j lets a provider ask for more.
public final class TramontaneChatRequestParameters extends DefaultChatRequestParameters {
    private final @Nullable Thinking thinking;
    private final @Nullable Long seed;
    private final @Nullable Double minP;
    private final @Nullable Integer votes;
    private final @Nullable Boolean parallelToolCalls;

    private TramontaneChatRequestParameters(Builder builder) {
        super(builder);
        this.thinking = builder.thinking;
        this.seed = builder.seed;
        this.minP = builder.minP;
        this.votes = builder.votes;
        this.parallelToolCalls = builder.parallelToolCalls;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// Whether and how much to think: {@link Thinking.Budget}, {@link Thinking.Effort}, {@link
    /// Thinking.Off}.
    public @Nullable Thinking thinking() {
        return thinking;
    }

    /// A seeded request says the same each time.
    public @Nullable Long seed() {
        return seed;
    }

    /// Tokens at least this likely relative to the likeliest are kept.
    public @Nullable Double minP() {
        return minP;
    }

    /// How many answers there are to be a majority vote of; the winner is told.
    public @Nullable Integer votes() {
        return votes;
    }

    /// Whether several calls may come in one answer.
    public @Nullable Boolean parallelToolCalls() {
        return parallelToolCalls;
    }

    @Override
    public TramontaneChatRequestParameters overrideWith(ChatRequestParameters that) {
        return builder().overrideWith(this).overrideWith(that).build();
    }

    @Override
    public TramontaneChatRequestParameters defaultedBy(ChatRequestParameters that) {
        return builder().overrideWith(that).overrideWith(this).build();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof TramontaneChatRequestParameters that
                && Objects.equals(thinking, that.thinking)
                && Objects.equals(seed, that.seed)
                && Objects.equals(minP, that.minP)
                && Objects.equals(votes, that.votes)
                && Objects.equals(parallelToolCalls, that.parallelToolCalls);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), thinking, seed, minP, votes, parallelToolCalls);
    }

    @Override
    public String toString() {
        return "TramontaneChatRequestParameters[%s, thinking=%s, seed=%s, minP=%s, votes=%s, parallelToolCalls=%s]"
                .formatted(super.toString(), thinking, seed, minP, votes, parallelToolCalls);
    }

    /// What is asked for, part by part.
    public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {
        private @Nullable Thinking thinking;
        private @Nullable Long seed;
        private @Nullable Double minP;
        private @Nullable Integer votes;
        private @Nullable Boolean parallelToolCalls;

        private Builder() {}

        @Override
        public Builder overrideWith(ChatRequestParameters other) {
            super.overrideWith(other);
            if (other instanceof TramontaneChatRequestParameters own) {
                thinking = own.thinking() == null ? thinking : own.thinking();
                seed = own.seed() == null ? seed : own.seed();
                minP = own.minP() == null ? minP : own.minP();
                votes = own.votes() == null ? votes : own.votes();
                parallelToolCalls =
                        own.parallelToolCalls() == null
                                ? parallelToolCalls
                                : own.parallelToolCalls();
            }
            return this;
        }

        public Builder thinking(@Nullable Thinking wish) {
            thinking = wish;
            return this;
        }

        public Builder seed(@Nullable Long number) {
            seed = number;
            return this;
        }

        public Builder minP(@Nullable Double share) {
            minP = share;
            return this;
        }

        public Builder votes(@Nullable Integer samples) {
            votes = samples;
            return this;
        }

        public Builder parallelToolCalls(@Nullable Boolean allowed) {
            parallelToolCalls = allowed;
            return this;
        }

        @Override
        public TramontaneChatRequestParameters build() {
            return new TramontaneChatRequestParameters(this);
        }
    }
}
