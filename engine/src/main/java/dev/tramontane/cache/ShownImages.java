package dev.tramontane.cache;

import dev.tramontane.image.ImageHash;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which images a sequence shows, and at which of its positions: there the tokens alone do not tell
/// what the model reads.
///
/// @param images in the order of their positions
public record ShownImages(List<Shown> images) {
    /// Of a sequence of text.
    public static final ShownImages NONE = new ShownImages(List.of());

    public ShownImages {
        images = List.copyOf(images);
    }

    /// An image.
    ///
    /// @param positions where its vectors stand, in their order, rising; shared
    public record Shown(ImageHash image, int[] positions) {}

    /// Vectors of one image at consecutive positions.
    ///
    /// @param offset of the first from where somebody looks
    /// @param first number of that vector
    /// @param count of vectors
    public record Run(ImageHash image, int offset, int first, int count) {}

    /// What is shown at positions `from` to `to`.
    public List<Run> between(int from, int to) {
        if (images.isEmpty()) {
            return List.of();
        }
        List<Run> runs = new ArrayList<>();
        for (Shown shown : images) {
            addRuns(shown, from, to, runs);
        }
        return runs.isEmpty() ? List.of() : List.copyOf(runs);
    }

    private static void addRuns(Shown shown, int from, int to, List<Run> runs) {
        int[] positions = shown.positions();
        int found = Arrays.binarySearch(positions, from);
        int first = found < 0 ? -found - 1 : found;
        while (first < positions.length && positions[first] < to) {
            int end = first + 1;
            while (end < positions.length
                    && positions[end] == positions[end - 1] + 1
                    && positions[end] < to) {
                end++;
            }
            runs.add(new Run(shown.image(), positions[first] - from, first, end - first));
            first = end;
        }
    }
}
