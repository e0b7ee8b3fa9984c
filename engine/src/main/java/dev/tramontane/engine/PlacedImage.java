package dev.tramontane.engine;

import dev.tramontane.image.ImageHash;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.model.VisionEncoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// An image in a prompt.
///
/// @param patches what the encoder reads; shared
/// @param positions indices of its tokens in the prompt, rising: one for each square of patches,
///   row by row; shared, not to be changed
/// @param hash the name of its content
public record PlacedImage(ImagePatches patches, int[] positions, ImageHash hash) {
    public PlacedImage {
        for (int i = 1; i < positions.length; i++) {
            if (positions[i] <= positions[i - 1]) {
                throw new IllegalArgumentException(
                        "position %d follows %d, expected rising ones"
                                .formatted(positions[i], positions[i - 1]));
            }
        }
    }

    /// Names the content, which takes some tens of milliseconds for the largest images.
    public PlacedImage(ImagePatches patches, int[] positions) {
        this(patches, positions, ImageHash.of(patches));
    }

    /// Checks images against the model that is to see them and the prompt that they stand in.
    ///
    /// @throws IllegalArgumentException when it cannot see them, or they do not lie in the prompt
    ///   one after the other
    static void check(List<PlacedImage> images, Optional<VisionEncoder> encoder, int promptTokens) {
        if (images.isEmpty()) {
            return;
        }
        VisionEncoder sees =
                encoder.orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "%d images, expected none: the model sees nothing; open one with a vision part"
                                                .formatted(images.size())));
        int before = -1;
        for (int i = 0; i < images.size(); i++) {
            PlacedImage image = images.get(i);
            int[] positions = image.positions();
            sees.check(image.patches());
            if (positions.length != sees.vectors(image.patches())
                    || positions[0] <= before
                    || positions[positions.length - 1] >= promptTokens) {
                throw new IllegalArgumentException(
                        "image %d has %d places from %d to %d, expected %d behind %d in a prompt of %d tokens; give each square of patches a place of its own"
                                .formatted(
                                        i,
                                        positions.length,
                                        positions.length == 0 ? -1 : positions[0],
                                        positions.length == 0
                                                ? -1
                                                : positions[positions.length - 1],
                                        sees.vectors(image.patches()),
                                        before,
                                        promptTokens));
            }
            before = positions[positions.length - 1];
        }
    }

    /// Images in the places that a prompt has for them, in order.
    ///
    /// @param prompt token ids
    /// @param imageToken the id that stands in these places
    /// @param merge side of the square of patches that becomes one token
    /// @throws IllegalArgumentException when there are more places than the images fill, or fewer
    public static List<PlacedImage> inOrder(
            int[] prompt, int imageToken, int merge, List<ImagePatches> images) {
        int[] places = new int[prompt.length];
        int count = 0;
        for (int i = 0; i < prompt.length; i++) {
            if (prompt[i] == imageToken) {
                places[count++] = i;
            }
        }
        List<PlacedImage> placed = new ArrayList<>(images.size());
        int from = 0;
        for (ImagePatches image : images) {
            int to = from + image.count() / (merge * merge);
            if (to <= count) {
                placed.add(new PlacedImage(image, Arrays.copyOfRange(places, from, to)));
            }
            from = to;
        }
        if (from != count) {
            throw new IllegalArgumentException(
                    "%d images fill %d places, found %d of token %d in the prompt; let the prompt have one for each square of %d x %d patches"
                            .formatted(images.size(), from, count, imageToken, merge, merge));
        }
        return placed;
    }
}
