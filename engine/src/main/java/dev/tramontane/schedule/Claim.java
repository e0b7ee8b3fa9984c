package dev.tramontane.schedule;

import dev.tramontane.cache.PrefixChain;

import java.util.Optional;

/// Whose a sequence is, and how it stands to others.
///
/// @param owner among whom the engine is shared fairly
/// @param yields whether it gives way to sequences that do not
/// @param prefix the names of its blocks, by which they are shared; empty for a sequence that
///   shares none. Its own.
public record Claim(String owner, boolean yields, Optional<PrefixChain> prefix) {}
