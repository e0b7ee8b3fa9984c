package dev.tramontane.wire;

import static dev.tramontane.wire.FakeUpstream.status;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// What servers tell of a model.
class UpstreamCardTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'max_model_len':4096}                                   | 4096 | ?     | ?",
                "{'max_context_length':9,'capabilities':{'vision':true,'reasoning':false}} | 9 | false | true",
                "{'meta':{'n_ctx':512,'n_ctx_train':2048}}                | 512  | ?     | ?",
                "{'meta':{'n_ctx_train':2048}}                            | 2048 | ?     | ?",
                "{'context_length':7,'supported_parameters':['reasoning']} | 7   | true  | ?",
                "{'architecture':{'input_modalities':['text']}}           | 0    | ?     | false",
                "{'max_model_len':-1,'capabilities':['x'],'meta':7}       | 0    | ?     | ?",
                "{'max_model_len':1e300,'max_context_length':'many'}      | 0    | ?     | ?",
            })
    void each_server_has_its_words(String card, int context, String thinks, String sees)
            throws IOException {
        String json = card.replace('\'', '"').replaceFirst("\\{", "{\"id\":\"m\",");
        UpstreamCard read =
                UpstreamCard.of(
                        UpstreamRequests.parse(
                                "{\"data\":[{\"id\":\"other\",\"max_model_len\":1},%s]}"
                                        .formatted(json)),
                        "m");
        assertEquals(context, read.context().orElse(0));
        assertEquals(thinks, read.thinks().map(Object::toString).orElse("?"));
        assertEquals(sees, read.sees().map(Object::toString).orElse("?"));
    }

    @Test
    void a_server_with_one_model_means_that_one() throws IOException {
        String one = "{\"data\":[{\"id\":\"a.gguf\",\"max_model_len\":5}]}";
        assertEquals(5, UpstreamCard.of(UpstreamRequests.parse(one), "m").context().orElse(0));
        String llama =
                "{\"models\":[{\"capabilities\":[\"completion\",\"multimodal\"]}],\"data\":[{\"id\":\"a.gguf\",\"meta\":{\"n_ctx\":5}}]}";
        assertEquals(Optional.of(true), UpstreamCard.of(UpstreamRequests.parse(llama), "m").sees());
        String two = "{\"data\":[{\"id\":\"a\",\"max_model_len\":5},{\"id\":\"b\"}]}";
        assertEquals(UpstreamCard.NOTHING, UpstreamCard.of(UpstreamRequests.parse(two), "m"));
        assertEquals(UpstreamCard.NOTHING, UpstreamCard.of(UpstreamRequests.parse("7"), "m"));
    }

    @Test
    void several_servers_are_what_they_have_in_common() throws IOException {
        try (var small =
                        new FakeUpstream(
                                status(
                                        200,
                                        "{\"data\":[{\"id\":\"m\",\"max_model_len\":5,\"capabilities\":{\"vision\":true,\"reasoning\":true}}]}"));
                var blind =
                        new FakeUpstream(
                                status(
                                        200,
                                        "{\"data\":[{\"id\":\"m\",\"max_model_len\":9,\"capabilities\":{\"vision\":false}}]}"));
                var broken = new FakeUpstream(status(500, "{}"))) {
            assertEquals(
                    Optional.of(
                            new UpstreamCard(
                                    OptionalInt.of(5), Optional.of(true), Optional.of(false))),
                    card(small, broken, blind));
            assertTrue(card(broken).isEmpty(), "nothing more was planned");
        }
    }

    private static Optional<UpstreamCard> card(FakeUpstream... servers) {
        List<UpstreamOptions> options =
                Stream.of(servers)
                        .map(server -> UpstreamOptions.of(server.base(), Map.of()))
                        .toList();
        var group = new UpstreamGroup("m", options, UpstreamGroup.Trust.STANDARD);
        try (UpstreamModel model = UpstreamModel.open(group)) {
            return model.card(LONG);
        }
    }
}
