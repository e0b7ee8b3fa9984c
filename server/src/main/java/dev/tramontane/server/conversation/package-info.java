/// The page's conversations: what was said, as trees of messages, and the answers that are being
/// written. Start with {@link dev.tramontane.server.conversation.Conversations}. Nothing here knows
/// of HTTP.
@org.jspecify.annotations.NullMarked
package dev.tramontane.server.conversation;
