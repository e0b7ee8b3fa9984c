package dev.tramontane.server;

import dev.tramontane.chat.ChatModel;
import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.ModelProfile;
import dev.tramontane.engine.Vision;
import dev.tramontane.sampling.SamplingParams;
import dev.tramontane.wire.AnswerWriter;
import dev.tramontane.wire.UpstreamModel;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.util.List;
import java.util.Optional;

/// A model under its public name that answers.
///
/// @param aliases other names that mean it
/// @param created when it was opened, in seconds since 1970
/// @param model stays its opener's to close
/// @param nature what clients may know of it
/// @param local the same model where it runs in this process, for what goes below conversations;
///   empty where it does not
/// @param terms on which it is offered
public record ServedModel(
        String id,
        List<String> aliases,
        long created,
        ChatModel model,
        Nature nature,
        Optional<LocalModel> local,
        Terms terms)
        implements Offer {
    /// What a model is.
    ///
    /// @param name for people
    /// @param context positions that prompt and answer have together; 0 where nobody tells
    /// @param sampling how it wants its tokens chosen
    /// @param talks whether it answers conversations, rather than continuing text
    /// @param thinks whether it can
    /// @param sees whether it takes images
    /// @param fillsGaps whether it writes the text between two others
    /// @param vision what images cost it; empty where it sees none, or nobody tells
    public record Nature(
            String name,
            int context,
            SamplingParams sampling,
            boolean talks,
            boolean thinks,
            boolean sees,
            boolean fillsGaps,
            Optional<Vision> vision) {
        /// One that fills no gaps, and does not say what images cost.
        public Nature(
                String name,
                int context,
                SamplingParams sampling,
                boolean talks,
                boolean thinks,
                boolean sees) {
            this(name, context, sampling, talks, thinks, sees, false, Optional.empty());
        }

        static Nature of(LocalModel model) {
            return new Nature(
                    model.name(),
                    model.context(),
                    model.sampling(),
                    model.isInstruct(),
                    model.thinks(),
                    model.sees(),
                    model.fillsGaps(),
                    model.vision());
        }

        static Nature of(ModelProfile profile) {
            return new Nature(
                    profile.name(),
                    profile.context(),
                    profile.sampling(),
                    profile.talks(),
                    profile.thinks(),
                    profile.vision().isPresent(),
                    profile.fillsGaps(),
                    profile.vision());
        }

        /// As it was written, not as the nearest `float` is; null where a server elsewhere decides.
        JsonNode temperature() {
            float temperature = sampling.temperature();
            return temperature == UpstreamModel.SERVERS_SAMPLING.temperature()
                    ? JsonNodeFactory.instance.nullNode()
                    : JsonNodeFactory.instance.numberNode(
                            Double.parseDouble(Float.toString(temperature)));
        }

        Nature withSampling(SamplingParams other) {
            return new Nature(name, context, other, talks, thinks, sees, fillsGaps, vision);
        }
    }

    public ServedModel {
        aliases = List.copyOf(aliases);
    }

    /// A model on the usual terms.
    public ServedModel(
            String id,
            List<String> aliases,
            long created,
            ChatModel model,
            Nature nature,
            Optional<LocalModel> local) {
        this(id, aliases, created, model, nature, local, Terms.USUAL);
    }

    /// A model of this process.
    public static ServedModel of(String id, List<String> aliases, long created, LocalModel model) {
        return new ServedModel(id, aliases, created, model, Nature.of(model), Optional.of(model));
    }

    @Override
    public boolean runsHere() {
        return local.isPresent();
    }

    /// What an answer of it begins with.
    ///
    /// @param prefix of the answer's id
    AnswerWriter.Head head(String prefix) {
        return new AnswerWriter.Head(
                Ids.next(prefix),
                System.currentTimeMillis() / 1000,
                id,
                local.map(Fingerprint::of));
    }

    /// The model itself, for what only one in this process can do.
    ///
    /// @throws InvalidRequestException when it runs elsewhere
    LocalModel here() {
        return local.orElseThrow(
                () ->
                        new InvalidRequestException(
                                "model",
                                "found %s, which runs elsewhere, expected one of this server's own; ask for one of those"
                                        .formatted(id)));
    }
}
