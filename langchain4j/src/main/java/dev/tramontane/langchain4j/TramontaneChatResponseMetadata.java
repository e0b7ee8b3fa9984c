package dev.tramontane.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.tramontane.chat.Usage;
import dev.tramontane.chat.Votes;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.Optional;

/// What an answer took, beyond what LangChain4j asks: tokens of the thinking and of the cache, what
/// control did, and how a vote stood.
///
/// A subclass, since that is how LangChain4j lets a provider tell more.
public final class TramontaneChatResponseMetadata extends ChatResponseMetadata {
    private final Usage usage;
    private final Optional<Votes> votes;

    private TramontaneChatResponseMetadata(Builder builder) {
        super(builder);
        this.usage = builder.usage;
        this.votes = builder.votes;
    }

    public static Builder builder() {
        return new Builder();
    }

    /// All counts, and what control did.
    public Usage usage() {
        return usage;
    }

    /// How the votes stood at the end; empty where there was no vote.
    public Optional<Votes> votes() {
        return votes;
    }

    @Override
    public Builder toBuilder() {
        var builder = new Builder().usage(usage).votes(votes);
        toBuilder(builder);
        return builder;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof TramontaneChatResponseMetadata that
                && usage.equals(that.usage)
                && votes.equals(that.votes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), usage, votes);
    }

    @Override
    public String toString() {
        return "TramontaneChatResponseMetadata[%s, usage=%s, votes=%s]"
                .formatted(super.toString(), usage, votes);
    }

    /// What is told, part by part.
    public static final class Builder extends ChatResponseMetadata.Builder<Builder> {
        private Usage usage = new Usage(0, 0, 0);
        private Optional<Votes> votes = Optional.empty();

        private Builder() {}

        public Builder usage(Usage told) {
            usage = told;
            return this;
        }

        public Builder votes(Optional<Votes> told) {
            votes = told;
            return this;
        }

        @Override
        public TramontaneChatResponseMetadata build() {
            return new TramontaneChatResponseMetadata(this);
        }
    }
}
