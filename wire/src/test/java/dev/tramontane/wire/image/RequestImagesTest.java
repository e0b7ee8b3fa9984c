package dev.tramontane.wire.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.Chunk;
import dev.tramontane.chat.ImageSource;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.Message;
import dev.tramontane.image.RgbImage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

class RequestImagesTest {
    private final RequestImages images = RequestImages.local();

    private static ChatRequest about(List<URI> addresses) {
        List<Chunk> content =
                addresses.stream().<Chunk>map(address -> new Chunk.ImageChunk(address)).toList();
        return ChatRequest.of(List.of(new Message.UserMessage(content)));
    }

    private InvalidRequestException refusal(List<URI> addresses, List<String> places) {
        return assertThrows(
                InvalidRequestException.class,
                () -> images.decoded(about(addresses), places, _ -> {}));
    }

    @Test
    void addresses_become_pixels_and_everything_else_stays() {
        URI png = DataUrl.of(ImageCases.file("png rgb"));
        var request =
                ChatRequest.of(
                        List.of(
                                new Message.SystemMessage("Look."),
                                new Message.UserMessage(
                                        List.of(
                                                new Chunk.TextChunk("What is it?"),
                                                new Chunk.ImageChunk(png)))));
        ChatRequest decoded = images.decoded(request, List.of(), _ -> {});
        assertEquals(request.messages().getFirst(), decoded.messages().getFirst());
        List<Chunk> content = decoded.messages().getLast().content();
        assertEquals(new Chunk.TextChunk("What is it?"), content.getFirst());
        var image = (Chunk.ImageChunk) content.getLast();
        assertEquals(23, ((ImageSource.Pixels) image.source()).image().width());
        ChatRequest plain = ChatRequest.of("Hello");
        assertSame(plain, images.decoded(plain, List.of(), _ -> {}));
    }

    @Test
    void a_data_address_may_be_written_as_clients_do() {
        byte[] png = ImageCases.file("png rgb");
        String code = Base64.getEncoder().encodeToString(png);
        String forUrls = Base64.getUrlEncoder().withoutPadding().encodeToString(png);
        for (String address :
                List.of(
                        "data:image/png;base64," + code,
                        "DATA:;base64," + code,
                        "data:image/jpeg;charset=x;BASE64," + code.replace("+", "%2B"),
                        "data:image;base64," + forUrls)) {
            ChatRequest decoded =
                    images.decoded(about(List.of(URI.create(address))), List.of(), _ -> {});
            var image = (Chunk.ImageChunk) decoded.messages().getFirst().content().getFirst();
            assertTrue(image.source() instanceof ImageSource.Pixels, address);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'data:image/png,abc', without base64",
        "'data:image/png;base64,a', base64 is broken",
        "'data:image/png;base64,§§', base64 is broken",
        "'data:image/png;base64,', an empty file",
        "'data:image/png;base64', without base64",
        "'https://example.org/a.png', not opened here",
        "'file:///etc/passwd', not opened here",
        "'chart.png', not opened here"
    })
    void what_is_no_image_is_refused_with_its_place(String address, String what) {
        InvalidRequestException refusal =
                refusal(List.of(URI.create(address)), List.of("messages[0].images[0]"));
        assertEquals("messages[0].images[0]", refusal.parameter());
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(what), message);
    }

    @Test
    void a_request_has_few_images() {
        URI png = DataUrl.of(ImageCases.file("png of one pixel"));
        InvalidRequestException refusal = refusal(Collections.nCopies(9, png), List.of());
        assertEquals("messages[0].content[8]", refusal.parameter());
    }

    @Test
    void all_images_together_have_few_pixels() {
        URI png = DataUrl.of(ImageCases.file("png rgb"));
        var usual = ImageLimits.USUAL;
        var decoder =
                new ImageDecoder(
                        new ImageLimits(usual.fileBytes(), 400, 100, 8, 2 * 23 * 17, usual.time()));
        var strict = new RequestImages(decoder, Optional.empty());
        assertEquals(
                2,
                strict.decoded(about(List.of(png, png)), List.of(), _ -> {})
                        .messages()
                        .getFirst()
                        .content()
                        .size());
        assertThrows(
                InvalidRequestException.class,
                () -> strict.decoded(about(List.of(png, png, png)), List.of(), _ -> {}));
    }

    @Test
    void a_file_larger_than_allowed_is_not_even_decoded_from_its_address() {
        String code = "A".repeat((20 << 20) / 3 * 4 + 16);
        InvalidRequestException refusal =
                refusal(List.of(URI.create("data:;base64," + code)), List.of());
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains("20971520 at most"), message);
    }

    @Test
    void a_conversation_that_grows_shows_its_latest_images() {
        URI png = DataUrl.of(ImageCases.file("png rgb"));
        var text = new Chunk.TextChunk("And this?");
        List<Message> messages = new ArrayList<>();
        messages.add(question(URI.create("data:,broken"), text));
        for (int i = 0; i < 8; i++) {
            messages.add(new Message.AssistantMessage("A chart."));
            messages.add(question(png, text));
        }
        List<RgbImage> told = new ArrayList<>();
        List<Message> seen = images.decodedLatest(ChatRequest.of(messages), told::add).messages();
        assertEquals(8, told.size());
        assertEquals(messages.size(), seen.size());
        assertEquals(List.of(Chunk.TextChunk.class, Chunk.TextChunk.class), kinds(seen.get(0)));
        assertEquals(List.of(Chunk.ImageChunk.class, Chunk.TextChunk.class), kinds(seen.get(2)));
        messages.add(new Message.AssistantMessage("A chart."));
        messages.add(question(png, text));
        List<Message> later = images.decodedLatest(ChatRequest.of(messages), _ -> {}).messages();
        assertEquals(List.of(Chunk.TextChunk.class, Chunk.TextChunk.class), kinds(later.get(2)));
        messages.add(question(URI.create("data:,broken"), text));
        assertThrows(
                InvalidRequestException.class,
                () -> images.decodedLatest(ChatRequest.of(messages), _ -> {}));
    }

    private static Message question(URI image, Chunk text) {
        return new Message.UserMessage(List.of(new Chunk.ImageChunk(image), text));
    }

    private static List<Class<?>> kinds(Message message) {
        return message.content().stream().<Class<?>>map(Object::getClass).toList();
    }

    @Test
    void what_takes_too_much_memory_ends_the_reading() {
        URI png = DataUrl.of(ImageCases.file("png rgb"));
        List<RgbImage> told = new ArrayList<>();
        Consumer<RgbImage> full =
                image -> {
                    told.add(image);
                    throw new IllegalStateException("full");
                };
        ChatRequest request = about(List.of(png, png));
        assertThrows(IllegalStateException.class, () -> images.decoded(request, List.of(), full));
        assertEquals(1, told.size());
    }
}
