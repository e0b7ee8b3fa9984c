package dev.tramontane.server;

import dev.tramontane.wire.ReasoningFormat;

import java.util.Optional;

/// Who may ask, told by a secret of which only the hash is known here.
///
/// @param hash SHA-256 of the key, in hexadecimal digits
/// @param owner among whom the models are shared fairly, and whose conversations stay apart
/// @param format how this owner's clients want thinking told; empty where they say so themselves
public record ApiKey(String hash, String owner, Optional<ReasoningFormat> format) {}
