import dev.tramontane.chat.ChatEvent;
import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.MajorityVote;
import dev.tramontane.chat.Thinking;
import dev.tramontane.chat.Votes;
import dev.tramontane.sampling.SamplingParams;

// Thinking that may spend so many tokens, and the answer that most of several agree on.
//
//     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' \
//         examples/BudgetAndVotes.java MODEL "What is 17 times 23?"
void main(String[] args) throws IOException {
    try (LocalModel model = LocalModel.open(Path.of(args[0]))) {
        ChatRequest request =
                ChatRequest.of(args[1])
                        .withThinking(new Thinking.Budget(64))
                        .withSampling(
                                SamplingParams.reasoning(1, 256)); // seed 1: it can be repeated
        try (ChatStream stream = model.chat(request)) {
            ChatStream.Answer answer = stream.collect();
            IO.println("alone: " + answer.text());
            IO.println(
                    "thought for %d tokens %s"
                            .formatted(
                                    answer.usage().reasoningTokens(),
                                    answer.usage().interventions()));
        }
        try (ChatStream vote = new MajorityVote(model, 4).chat(request)) {
            for (ChatEvent event : vote) {
                if (event instanceof ChatEvent.Voted(Votes votes)) {
                    IO.println(
                            "%d of %d have voted: %s"
                                    .formatted(votes.finished(), votes.samples(), votes.counts()));
                } else if (event instanceof ChatEvent.Text(String text)) {
                    IO.println("together: " + text);
                }
            }
        }
    }
}
