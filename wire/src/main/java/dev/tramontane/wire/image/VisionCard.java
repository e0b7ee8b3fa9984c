package dev.tramontane.wire.image;

import dev.tramontane.engine.Vision;
import dev.tramontane.image.ImageGrid;

import tools.jackson.databind.node.ObjectNode;

import java.util.OptionalDouble;

/// How a model sees and what images cost it, as commands and cards tell it.
public final class VisionCard {
    private VisionCard() {}

    /// Smaller images cost less than the largest: tokens and memory in proportion to their area.
    ///
    /// @param seconds that the largest takes to be encoded here; empty where nobody measured
    /// @param card gets `patch_size`, `merge`, `longest_side`, `weight_bytes` and `largest_image`:
    ///   `{"tokens", "bytes", "seconds"}`
    public static void write(Vision vision, OptionalDouble seconds, ObjectNode card) {
        ImageGrid grid = vision.grid();
        ImageGrid.Tokens largest = grid.largest();
        card.put("patch_size", grid.patchSize())
                .put("merge", grid.mergeSize())
                .put("longest_side", grid.maxSize())
                .put("weight_bytes", vision.weightBytes());
        ObjectNode cost =
                card.putObject("largest_image")
                        .put("tokens", largest.ids())
                        .put("bytes", vision.memoryBytes(largest));
        if (seconds.isPresent()) {
            cost.put("seconds", Math.round(seconds.getAsDouble() * 1e4) / 1e4);
        } else {
            cost.putNull("seconds");
        }
    }
}
