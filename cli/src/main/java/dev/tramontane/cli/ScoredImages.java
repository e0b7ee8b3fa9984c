package dev.tramontane.cli;

import dev.tramontane.engine.PlacedImage;
import dev.tramontane.engine.Vision;
import dev.tramontane.image.ImagePatches;
import dev.tramontane.tokenizer.SpecialToken;
import dev.tramontane.tokenizer.Tokenizer;
import dev.tramontane.wire.image.ImageDecoder;
import dev.tramontane.wire.image.ImageLimits;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The images of a line of `score --jsonl`: files, for the `[IMG]` places of its tokens in order.
final class ScoredImages {
    private static final ImageDecoder DECODER = new ImageDecoder(ImageLimits.USUAL);

    private ScoredImages() {}

    /// @param paths a list of strings; none where it is missing
    /// @throws IllegalArgumentException when the model sees none, or they do not fill the places
    /// @throws dev.tramontane.chat.InvalidRequestException when a file is no image that we read
    static List<PlacedImage> read(JsonNode paths, int[] tokens, OpenWeights opened)
            throws IOException {
        if (paths.isMissingNode() || paths.isNull() || (paths.isArray() && paths.isEmpty())) {
            return List.of();
        }
        if (!paths.isArray()) {
            throw new IllegalArgumentException(
                    "images is " + paths + ", expected a list of files' paths");
        }
        Vision vision =
                opened.vision()
                        .map(Vision::of)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "images: found "
                                                        + paths.size()
                                                        + ", expected none: the model sees nothing;"
                                                        + " score text, or open one with a vision"
                                                        + " part"));
        int place =
                Tokenizer.of(opened.folder())
                        .special(SpecialToken.IMG)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "images: the model's tokenizer has no [IMG],"
                                                        + " expected one; put the tokenizer of the"
                                                        + " model there"));
        List<ImagePatches> images = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            images.add(patches(paths.get(i), "images[" + i + "]", vision));
        }
        return PlacedImage.inOrder(tokens, place, vision.grid().mergeSize(), images);
    }

    private static ImagePatches patches(JsonNode path, String place, Vision vision)
            throws IOException {
        if (!path.isString()) {
            throw new IllegalArgumentException(place + " is " + path + ", expected a file's path");
        }
        Path file = Path.of(path.stringValue());
        long bytes = Files.size(file);
        if (bytes > ImageLimits.USUAL.fileBytes()) {
            throw new IllegalArgumentException(
                    "%s: %s has %d bytes, expected %d at most; shrink it"
                            .formatted(place, file, bytes, ImageLimits.USUAL.fileBytes()));
        }
        return ImagePatches.of(DECODER.decode(Files.readAllBytes(file), place), vision.grid());
    }
}
