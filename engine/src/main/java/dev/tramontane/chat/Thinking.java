package dev.tramontane.chat;

/// Whether and how much a model should think before it answers.
public sealed interface Thinking {
    /// As the model does by itself.
    record ModelDefault() implements Thinking {}

    /// No thinking, as far as the model's format can ask for that.
    record Off() implements Thinking {}

    /// Thinking, with a named effort where the format knows it; else with as many tokens as the
    /// {@link Level} says.
    record Effort(Level level) implements Thinking {}

    /// Thinking that may spend so many tokens, after which it is closed and the answer follows.
    record Budget(int tokens) implements Thinking {
        public Budget {
            if (tokens < 0) {
                throw new IllegalArgumentException(
                        "the thinking budget is " + tokens + ", expected 0 or more");
            }
        }
    }

    /// Named efforts, as the APIs have them.
    enum Level {
        LOW(1024),
        MEDIUM(4096),
        HIGH(Integer.MAX_VALUE);

        private final int tokens;

        Level(int tokens) {
            this.tokens = tokens;
        }

        /// What thinking may spend where the format cannot name the effort.
        public int tokens() {
            return tokens;
        }
    }

    /// The model decides.
    Thinking DEFAULT = new ModelDefault();
}
