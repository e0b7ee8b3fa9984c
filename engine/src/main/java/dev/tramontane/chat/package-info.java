/// The upper floor: messages in, events out. Start with {@link dev.tramontane.chat.ChatModel}.
package dev.tramontane.chat;
