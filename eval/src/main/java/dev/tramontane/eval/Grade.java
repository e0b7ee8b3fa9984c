package dev.tramontane.eval;

import java.util.Optional;

/// What a grader thinks of an answer.
///
/// @param extracted what it took for the answer; absent where it found none
/// @param why one line for people: what was compared with what, how, and what decided
public record Grade(boolean correct, Optional<String> extracted, String why) {}
