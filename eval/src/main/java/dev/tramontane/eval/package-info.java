/// Measures any {@link dev.tramontane.chat.ChatModel} on problems with known answers.
package dev.tramontane.eval;
