package dev.tramontane.model;

import dev.tramontane.weights.FileWatch;
import dev.tramontane.weights.ModelFolder;
import dev.tramontane.weights.ModelFormatException;
import dev.tramontane.weights.WeightsFile;

import java.io.IOException;
import java.util.Optional;

/// A model's vision part, read and ready: what an engine needs to see.
///
/// @param file where it lies: the model's weights themselves, or an `mmproj` file
public record VisionModel(VisionConfig config, VisionWeights weights, WeightsFile file) {
    private static final System.Logger LOG = System.getLogger(VisionModel.class.getName());

    /// The vision part of a model, if it has one.
    ///
    /// @param textDim width of its text network
    /// @throws dev.tramontane.weights.ModelFormatException when the part is damaged, or of another
    ///   kind than Pixtral's
    public static Optional<VisionModel> read(ModelFolder folder, int textDim) throws IOException {
        return switch (folder.kind()) {
            case GGUF ->
                    folder.vision(file -> VisionConfig.isMmproj(file, textDim))
                            .map(
                                    file ->
                                            read(
                                                    VisionConfig.readMmproj(file),
                                                    folder,
                                                    file,
                                                    textDim));
            case HUGGING_FACE, MISTRAL ->
                    VisionConfig.read(folder)
                            .map(config -> read(config, folder, folder.weights(), textDim));
        };
    }

    /// The vision part of a model that is to run with it or without: one that is damaged, or of a
    /// kind that we do not run, leaves a model that reads and sees nothing, and a line in the log.
    public static Optional<VisionModel> usable(ModelFolder folder, int textDim) throws IOException {
        try {
            return read(folder, textDim);
        } catch (ModelFormatException refused) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The model sees no images: {0}",
                    refused.getMessage());
            return Optional.empty();
        }
    }

    private static VisionModel read(
            VisionConfig config, ModelFolder folder, WeightsFile file, int textDim) {
        var reader = new VisionReader(config, folder, file, textDim);
        return new VisionModel(config, reader.read(), file);
    }

    /// Whether it lies in a file of its own, which whoever watches the text's watches too.
    public boolean isApart(ModelFolder folder) {
        return file != folder.weights();
    }

    /// Watches the model's files, those of its vision part included.
    ///
    /// @throws dev.tramontane.weights.ModelFormatException when one is not what was opened any more
    public static FileWatch watch(ModelFolder folder, Optional<VisionModel> vision)
            throws IOException {
        FileWatch text = folder.weights().watch();
        if (vision.filter(part -> part.isApart(folder)).isEmpty()) {
            return text;
        }
        try {
            return text.and(vision.get().file().watch());
        } catch (IOException | RuntimeException e) {
            text.close();
            throw e;
        }
    }
}
