package dev.tramontane.cache;

import dev.tramontane.image.ImageHash;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;

/// What an encoder made of an image: vectors that stand in the place of embeddings. Kept in a
/// {@link FeatureStore}, which frees the memory.
public final class Features {
    private final Key key;
    private final Tensor vectors;
    private final Arena arena;
    private int users;

    /// Whose an image is, and what it shows.
    ///
    /// @param owner as of the blocks of a {@link PrefixChain}: images of others are never met
    public record Key(String owner, ImageHash image) {}

    Features(Key key, Tensor vectors, Arena arena) {
        this.key = key;
        this.vectors = vectors;
        this.arena = arena;
    }

    Key key() {
        return key;
    }

    /// float[vectors][dim]
    public Tensor vectors() {
        return vectors;
    }

    int users() {
        return users;
    }

    void use() {
        users++;
    }

    void leave() {
        if (users == 0) {
            throw new IllegalStateException("the features of an image were given back twice");
        }
        users--;
    }

    void free() {
        arena.close();
    }
}
