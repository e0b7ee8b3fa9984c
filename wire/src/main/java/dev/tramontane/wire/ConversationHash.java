package dev.tramontane.wire;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.Message;
import dev.tramontane.image.RgbImage;

import java.net.URI;

/// The beginning of a conversation as a number: the messages up to the first that its user wrote.
/// All turns of a conversation have it in common, and mostly no other conversation has it.
///
/// Always the same for the same texts, in every process. FNV-1a over characters (Fowler, Noll and
/// Vo), mixed as in SplittableRandom (Steele, Lea and Flood 2014, with Stafford's variant 13).
final class ConversationHash {
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    /// Texts that differ only behind so many characters count as one.
    private static final int MOST_CHARS = 1 << 16;

    private long hash = BASIS;
    private int left = MOST_CHARS;

    private ConversationHash() {}

    static long of(ChatRequest request) {
        var hash = new ConversationHash();
        for (Message message : request.messages()) {
            for (Chunk chunk : message.content()) {
                switch (chunk) {
                    case Chunk.TextChunk(String text) -> hash.add(text);
                    case Chunk.ThinkChunk(String text, boolean _) -> hash.add(text);
                    case Chunk.ImageChunk(ImageSource.Address(URI uri)) -> hash.add(uri.toString());
                    case Chunk.ImageChunk(ImageSource.Pixels(RgbImage image)) ->
                            hash.add(image.toString());
                }
            }
            if (message instanceof Message.UserMessage) {
                break;
            }
        }
        return hash.hash;
    }

    static long of(String text) {
        var hash = new ConversationHash();
        hash.add(text);
        return hash.hash;
    }

    private void add(String text) {
        int chars = Math.min(left, text.length());
        left -= chars;
        for (int i = 0; i < chars; i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        hash = (hash ^ Character.MAX_VALUE) * PRIME; // "ab", "c" is not "a", "bc"
    }

    /// How much the second of two numbers suits the first.
    static long mixed(long one, long other) {
        long mixed = one * 0x9e3779b97f4a7c15L + other;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
