package dev.tramontane.cli;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;
import dev.tramontane.engine.StoredFile;
import dev.tramontane.engine.StoredModel;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Stdio;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The models of this machine, as commands name them.
record LocalStore(ModelStore store) {
    /// The store below Tramontane's home.
    static LocalStore of(Stdio io) {
        return new LocalStore(
                ModelStore.at(EmbeddedModel.home(io.environment()).resolve("models")));
    }

    /// The one model that a name means.
    ///
    /// @throws NoSuchFileException when there is none, or several; the message says which are near
    StoredModel model(String named) throws IOException {
        if (ModelName.isName(named)) {
            List<StoredModel> found = store.matching(new ModelName(named));
            if (found.size() == 1) {
                return found.getFirst();
            }
            if (found.size() > 1) {
                throw new NoSuchFileException(
                        named,
                        null,
                        "the beginning of several models, expected one; say which: "
                                + found.stream()
                                        .map(model -> model.name().text())
                                        .collect(Collectors.joining(", ")));
            }
        }
        throw new NoSuchFileException(named, null, "no model of this name" + whatThereIs(named));
    }

    /// A model's path, whether it was given as a path or a name. A path comes first.
    Path path(String given) throws IOException {
        try {
            Path path = Path.of(given);
            if (Files.exists(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new NoSuchFileException(Screen.harmless(given), null, "no path and no name");
        }
        if (ModelName.isName(given)
                && (!looksLikeFile(given) || store.find(new ModelName(given)).isPresent())) {
            return model(given).path();
        }
        throw new NoSuchFileException(
                given,
                null,
                "no such file or folder, and no model of this name" + whatThereIs(given));
    }

    private static boolean looksLikeFile(String given) {
        return given.endsWith(".gguf") || given.endsWith(".safetensors") || given.endsWith(".json");
    }

    private String whatThereIs(String named) throws IOException {
        List<String> names = store.names().stream().map(ModelName::text).toList();
        if (names.isEmpty()) {
            return "; there are no models yet: tramontane pull or import brings one, nano is always"
                    + " here";
        }
        Optional<String> near =
                Nearest.to(named, names)
                        .or(
                                () ->
                                        names.stream()
                                                .filter(
                                                        name ->
                                                                lastPart(name)
                                                                        .equalsIgnoreCase(named))
                                                .findFirst());
        return near.map(name -> "; did you mean " + name + "?").orElse("")
                + " There are: "
                + String.join(", ", names)
                + ", nano";
    }

    private static String lastPart(String name) {
        return name.substring(name.indexOf('/') + 1).replaceFirst(":.*", "");
    }

    static ObjectNode json(StoredModel model) {
        ObjectNode json =
                Json.object().put("name", model.name().text()).put("source", model.source());
        model.revision().ifPresent(revision -> json.put("revision", revision));
        json.put("added", model.added().toString())
                .put("bytes", model.bytes())
                .put("path", model.path().toString());
        ArrayNode files = json.putArray("files");
        for (StoredFile file : model.files()) {
            files.addObject()
                    .put("name", file.name())
                    .put("bytes", file.bytes())
                    .put("sha256", file.sha256());
        }
        return json;
    }
}
