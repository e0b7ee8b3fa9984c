package dev.tramontane.nano;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Makes the resource of the weights that the repository keeps, when the module is built.
public final class ModelMaker {
    private ModelMaker() {}

    /// @param args the folder of the weights, as `train nano` exports it, and the one to write to
    public static void main(String[] args) throws IOException {
        Path source = Path.of(args[0]);
        Path folder = Files.createDirectories(Path.of(args[1]));
        Path model = folder.resolve(Nano.MODEL);
        TrainedModel.write(source, model);
        Files.copy(
                source.resolve(TrainedModel.CARD),
                folder.resolve(TrainedModel.CARD),
                StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(folder.resolve(Nano.DIGEST), sha256(model) + "\n");
    }

    private static String sha256(Path file) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
