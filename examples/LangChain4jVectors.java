import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.CosineSimilarity;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.langchain4j.TramontaneEmbeddingModel;

// Which of three passages is nearest to a question, by LangChain4j's vectors over a model of this
// process, with the jars of clients (examples/README.md). A model made for vectors does it best.
//
//     java --add-modules jdk.incubator.vector -cp 'contract/target/dependency/*' \
//         examples/LangChain4jVectors.java MODEL "Which wind blows from the north?"
void main(String[] args) throws IOException {
    var passages =
            List.of(
                    TextSegment.from("The Tramontane is a cold wind from the north."),
                    TextSegment.from("The Sirocco is a hot wind from the Sahara."),
                    TextSegment.from("There are 25 primes below 100."));
    try (LocalModel local = LocalModel.open(Path.of(args[0]))) {
        var vectors = TramontaneEmbeddingModel.of(local);
        var question = vectors.embed(args[1]).content();
        var found = vectors.embedAll(passages).content();
        for (int i = 0; i < passages.size(); i++) {
            double likeness = CosineSimilarity.between(question, found.get(i));
            IO.println("%.3f %s".formatted(likeness, passages.get(i).text()));
        }
    }
}
