package dev.tramontane.grammar;

import java.util.List;

/// A regular expression as it is written, anchors included.
sealed interface RegexNode {
    /// What has no anchors.
    record Plain(Expression expression) implements RegexNode {}

    /// `^` at a character of the pattern.
    record Start(int at) implements RegexNode {}

    /// `$` at a character of the pattern.
    record End(int at) implements RegexNode {}

    /// One after the other; one of them has anchors.
    record Sequence(List<RegexNode> parts) implements RegexNode {}

    /// One of these; one of them has anchors.
    record Choice(List<RegexNode> options) implements RegexNode {}

    /// Something with anchors, or nothing.
    record Maybe(RegexNode body) implements RegexNode {}
}
