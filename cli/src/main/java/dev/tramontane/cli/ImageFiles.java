package dev.tramontane.cli;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Message;
import dev.tramontane.chat.Message.UserMessage;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.image.DataUrl;
import dev.tramontane.wire.image.ImageLimits;
import dev.tramontane.wire.image.RequestImages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Images of this machine's files in questions. A conversation keeps each file as an address, so
/// that it can be saved; the model is given pixels.
final class ImageFiles {
    private static final RequestImages IMAGES = RequestImages.local();

    private ImageFiles() {}

    /// A question about images, as a conversation keeps it.
    static UserMessage ask(String question, List<Path> files) throws IOException {
        List<Chunk> content = new ArrayList<>();
        for (Path file : files) {
            long bytes = Files.size(file);
            int most = ImageLimits.USUAL.fileBytes();
            if (bytes > most) {
                throw new UsageException(
                        "%s: found %d bytes, expected %d at most for an image; shrink it"
                                .formatted(file, bytes, most));
            }
            content.add(new Chunk.ImageChunk(DataUrl.of(Files.readAllBytes(file))));
        }
        if (!question.isEmpty()) {
            content.add(new Chunk.TextChunk(question));
        }
        return new UserMessage(content);
    }

    /// The same, as a model of this process is asked it.
    ///
    /// @throws dev.tramontane.chat.InvalidRequestException when one cannot be seen
    static Message seen(String question, List<Path> files) throws IOException {
        ChatRequest request = ChatRequest.of(List.of(ask(question, files)));
        List<String> places = files.stream().map(Path::toString).toList();
        return IMAGES.decoded(request, places, _ -> {}).messages().getFirst();
    }

    /// A request with pixels in place of its `data:` addresses.
    ///
    /// @throws dev.tramontane.chat.InvalidRequestException when one cannot be seen
    static ChatRequest seen(ChatRequest request) {
        return IMAGES.decoded(request, List.of(), _ -> {});
    }

    /// The same for a conversation that grows, which shows its latest images.
    ///
    /// @throws dev.tramontane.chat.InvalidRequestException when the last one cannot be seen
    static ChatRequest latestSeen(ChatRequest request) {
        return IMAGES.decodedLatest(request, _ -> {});
    }

    /// Refuses images where the model sees none.
    static void check(LocalModel model, List<Path> files) {
        if (!files.isEmpty() && !model.sees()) {
            throw new UsageException(
                    "--image: found %s, but %s sees no images; choose a model that does, or leave it out"
                            .formatted(files.getFirst(), model.name()));
        }
    }
}
