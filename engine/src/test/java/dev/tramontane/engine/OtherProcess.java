package dev.tramontane.engine;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/// Tries, in a process of its own, to change a model.
final class OtherProcess {
    /// The exit status when somebody else is at it; 0 when it may.
    static final int REFUSED = 3;

    private OtherProcess() {}

    /// @param arguments the store's folder, and the model's name
    public static void main(String[] arguments) throws IOException {
        ModelStore store = ModelStore.at(Path.of(arguments[0]));
        try (Staging _ = store.stage(new ModelName(arguments[1]))) {
            System.exit(0);
        } catch (FileSystemException _) {
            System.exit(REFUSED);
        }
    }
}
