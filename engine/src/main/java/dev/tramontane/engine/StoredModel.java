package dev.tramontane.engine;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A model in the store: where its files are, and where they came from.
///
/// @param source as `hf:owner/repo:Q4_K_M`, or the path it was imported from
/// @param revision of the source, where it has any
/// @param added when it was installed
/// @param folder that holds its files and nothing else
/// @param opens the file to open; empty where the folder itself is opened
public record StoredModel(
        ModelName name,
        String source,
        Optional<String> revision,
        Instant added,
        Path folder,
        String opens,
        List<StoredFile> files) {
    public StoredModel {
        files = List.copyOf(files);
        if (!opens.isEmpty() && files.stream().noneMatch(file -> file.name().equals(opens))) {
            throw new IllegalArgumentException(
                    name + ": opens " + opens + ", which is not among its files");
        }
    }

    /// What to open: a `.gguf` file or a folder.
    public Path path() {
        return opens.isEmpty() ? folder : folder.resolve(opens);
    }

    /// The length of all its files.
    public long bytes() {
        return files.stream().mapToLong(StoredFile::bytes).sum();
    }
}
