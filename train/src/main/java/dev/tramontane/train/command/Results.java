package dev.tramontane.train.command;

import dev.tramontane.model.FileType;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.train.ModelExport;
import dev.tramontane.train.TrainedModel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The files that a run ends in.
///
/// @param out the run's folder
/// @param export which files
record Results(Stdio io, Path out, Export export, int threads) {
    /// Writes a model's folder and its GGUF files, and tells the folder.
    ///
    /// @param origin whose tokenizer it has
    void write(Origin origin, TrainedModel model, TrainProgress progress) throws IOException {
        Path folder = out.resolve("model");
        progress.say("writing " + folder);
        ModelExport.toFolder(model, folder, export.folder());
        origin.copyTokenizer(folder);
        for (FileType type : export.gguf()) {
            Path file = out.resolve("model-" + type + ".gguf");
            progress.say("writing " + file);
            ModelExport.toGguf(folder, Optional.of(origin.tokenizer()), file, type, threads);
        }
        io.out().println(folder);
    }
}
