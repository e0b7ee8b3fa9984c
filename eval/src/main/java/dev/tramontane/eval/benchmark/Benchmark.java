package dev.tramontane.eval.benchmark;

import dev.tramontane.chat.Message;
import dev.tramontane.eval.Problem;
import dev.tramontane.eval.Reference;
import dev.tramontane.eval.items.Item;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A benchmark as its task file describes it.
///
/// @param name by which people ask for it
/// @param about what it is, for people
/// @param prompt how an item becomes a question
/// @param sampling how answers are drawn unless somebody says otherwise
/// @param samples attempts at each problem unless somebody says otherwise
/// @param scorer the name of what grades answers
/// @param source where the items are
/// @param published figures of others, to set beside ours
public record Benchmark(
        String name,
        About about,
        Prompt prompt,
        Sampling sampling,
        int samples,
        String scorer,
        ItemSource source,
        List<PublishedFigure> published) {
    public Benchmark {
        published = List.copyOf(published);
        if (samples < 1) {
            throw new IllegalArgumentException("samples is " + samples + ", expected 1 or more");
        }
    }

    /// The same for items of our own: under a title that says so, and beside no published figures,
    /// which are of other items.
    public Benchmark demonstration() {
        var told =
                new About(
                        about.title() + " (demonstration)",
                        about.summary(),
                        about.licence(),
                        about.sha256());
        return new Benchmark(name, told, prompt, sampling, samples, scorer, source, List.of());
    }

    /// @param sha256 of the task file, so that a run can say what it was made with
    public record About(String title, String summary, String licence, String sha256) {}

    /// @param maxTokens thinking and answer together
    public record Sampling(float temperature, float topP, int topK, float minP, int maxTokens) {}

    /// What is asked.
    ///
    /// @param sample of the problem; choices are shown in another order for each
    public List<Message> messages(Item item, int sample) {
        Map<String, String> fields = new HashMap<>(item.fields());
        ShownChoices.of(item, sample).ifPresent(shown -> fields.put(Prompt.CHOICES, shown.text()));
        List<Message> messages = new ArrayList<>();
        prompt.system().ifPresent(text -> messages.add(new Message.SystemMessage(text)));
        messages.add(new Message.UserMessage(prompt.user(fields)));
        return messages;
    }

    /// The problem with its key, which may be read from the items' file.
    ///
    /// @param sample of the problem, as it was asked
    public Problem problem(Item item, int sample) throws IOException {
        Reference reference =
                switch (item.key()) {
                    case Item.Fixed(Reference fixed) -> fixed;
                    case Item.Stored stored -> stored.tests();
                    case Item.Shuffled _ -> ShownChoices.of(item, sample).orElseThrow().reference();
                };
        return new Problem(item.id(), messages(item, sample), reference);
    }

    /// A published figure of this benchmark; empty where nobody published it.
    public Optional<PublishedFigure> published(String model, String metric) {
        return published.stream()
                .filter(each -> each.model().equals(model) && each.metric().equals(metric))
                .findFirst();
    }
}
