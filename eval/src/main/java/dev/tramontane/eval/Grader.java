package dev.tramontane.eval;

/// Tells right answers from wrong ones. It sees the answer alone, never the thinking before it.
///
/// Safe for any number of threads; whatever an answer holds, it ends within two seconds (programs
/// within the limits of their sandbox) and throws nothing on account of it.
@FunctionalInterface
public interface Grader {
    /// @param answer the text behind the thinking, as the model wrote it
    Grade grade(Reference reference, String answer);
}
