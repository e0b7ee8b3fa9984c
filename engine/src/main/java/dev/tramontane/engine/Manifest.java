package dev.tramontane.engine;

import dev.tramontane.weights.ModelFormatException;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `manifest.json` of a model in the store. Replacing it is what installs a model: the folder it
/// names holds the files, and folders that it does not name hold nothing that counts.
///
/// ```
/// {"name": "owner/repo:Q4_K_M", "source": "hf:owner/repo:Q4_K_M", "revision": "…",
///  "added": "2026-11-25T12:00:00Z", "content": "0f3c…/repo", "opens": "repo-Q4_K_M.gguf",
///  "files": [{"name": "repo-Q4_K_M.gguf", "bytes": 14333908000, "sha256": "…"}]}
/// ```
final class Manifest {
    static final String FILE = "manifest.json";

    private static final int MOST_BYTES = 4 << 20;
    private static final Pattern CONTENT =
            Pattern.compile("[0-9a-f]{16}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}");
    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(4)
                                                    .maxNumberLength(20)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    private Manifest() {}

    /// @param folder the model's, directly below the store, or where its files gather
    /// @throws ModelFormatException when the manifest is damaged, or names a place elsewhere
    static StoredModel read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException("no file of at most " + MOST_BYTES + " bytes");
            }
            return model(folder, MAPPER.readTree(Files.readAllBytes(file)));
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new ModelFormatException(
                    "%s: damaged (%s), expected what Tramontane wrote; remove the model and get it again"
                            .formatted(file, message(e)),
                    e);
        }
    }

    private static String message(RuntimeException e) {
        return String.valueOf(
                e instanceof JacksonException json ? json.getOriginalMessage() : e.getMessage());
    }

    private static StoredModel model(Path folder, JsonNode json) {
        String content = text(json, "content");
        if (!CONTENT.matcher(content).matches() || content.contains("..")) {
            throw new IllegalArgumentException("content is no folder of the model");
        }
        List<StoredFile> files = new ArrayList<>();
        for (JsonNode file : json.path("files")) {
            JsonNode bytes = file.path("bytes");
            if (!bytes.isIntegralNumber() || !bytes.canConvertToLong()) {
                throw new IllegalArgumentException("bytes is no whole number");
            }
            files.add(new StoredFile(text(file, "name"), bytes.longValue(), text(file, "sha256")));
        }
        var name = new ModelName(text(json, "name"));
        if (!name.folder().equals(String.valueOf(folder.getFileName()))) {
            throw new IllegalArgumentException("it is the manifest of " + name);
        }
        return new StoredModel(
                name,
                text(json, "source"),
                json.has("revision") ? Optional.of(text(json, "revision")) : Optional.empty(),
                Instant.parse(text(json, "added")),
                folder.resolve(content),
                text(json, "opens"),
                files);
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isString()) {
            throw new IllegalArgumentException(field + " is no text");
        }
        return value.stringValue();
    }

    /// Puts a manifest in the place of the one that is there, if any, in one step.
    ///
    /// @param folder the model's, directly below the store, or where its files gather
    static void write(Path folder, StoredModel model) throws IOException {
        ObjectNode json =
                MAPPER.createObjectNode()
                        .put("name", model.name().text())
                        .put("source", model.source());
        model.revision().ifPresent(revision -> json.put("revision", revision));
        json.put("added", model.added().toString())
                .put("content", folder.relativize(model.folder()).toString().replace('\\', '/'))
                .put("opens", model.opens());
        var files = json.putArray("files");
        for (StoredFile file : model.files()) {
            files.addObject()
                    .put("name", file.name())
                    .put("bytes", file.bytes())
                    .put("sha256", file.sha256());
        }
        Path unfinished = folder.resolve(FILE + ".part");
        try (FileChannel channel =
                FileChannel.open(
                        unfinished,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(MAPPER.writeValueAsBytes(json));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(unfinished, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        Staging.forceFolder(folder);
    }
}
