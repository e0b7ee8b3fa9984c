package dev.tramontane.train.command;

import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.InstructTemplate;
import dev.tramontane.chat.Message;
import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.benchmark.ItemFiles;
import dev.tramontane.eval.benchmark.ItemSource;
import dev.tramontane.eval.items.Item;
import dev.tramontane.train.data.Epochs;
import dev.tramontane.train.grpo.Problems;
import dev.tramontane.train.grpo.Question;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A benchmark's items as problems to learn from, again and again, in an order that the seed
/// decides.
///
/// Safe for any number of threads.
final class TaskProblems implements Problems {
    private final Benchmark benchmark;
    private final List<Item> items;
    private final Epochs epochs;
    private final InstructTemplate template;
    private final Optional<String> system;

    /// @param where the items are: a file or a folder
    /// @param system what the model is told first; empty for what the task says
    TaskProblems(
            Benchmark benchmark,
            Path where,
            List<String> languages,
            InstructTemplate template,
            Optional<String> system,
            long seed)
            throws IOException {
        this.benchmark = benchmark;
        this.template = template;
        this.system = system;
        items =
                switch (benchmark.source()) {
                    case ItemSource.Files files ->
                            new ItemFiles(benchmark, files).load(where, languages);
                    case ItemSource.Generated _ ->
                            throw new IOException(
                                    "%s: its problems are those of the test, on which nothing may be trained; use problems: suite, which makes others"
                                            .formatted(benchmark.name()));
                };
        if (items.isEmpty()) {
            throw new IOException(
                    "%s: has no item, expected one at least; give more with items"
                            .formatted(where));
        }
        epochs = new Epochs(seed, items.size());
    }

    @Override
    public Question at(long number) {
        Item item = item(number);
        List<Message> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(new Message.SystemMessage(text)));
        benchmark.messages(item, 0).stream()
                .filter(message -> system.isEmpty() || message instanceof Message.UserMessage)
                .forEach(messages::add);
        try {
            return new Question(
                    benchmark.problem(item, 0),
                    template.encode(ChatRequest.of(messages)),
                    Optional.ofNullable(item.fields().get(Item.LANGUAGE)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized Item item(long number) {
        return items.get(epochs.at(number));
    }
}
