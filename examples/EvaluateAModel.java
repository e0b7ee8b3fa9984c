import dev.tramontane.chat.ChatRequest;
import dev.tramontane.chat.ChatStream;
import dev.tramontane.chat.LocalModel;
import dev.tramontane.chat.Thinking;
import dev.tramontane.eval.Grade;
import dev.tramontane.eval.Grader;
import dev.tramontane.eval.graders.Graders;
import dev.tramontane.eval.stats.Interval;
import dev.tramontane.eval.suite.Language;
import dev.tramontane.eval.suite.NanoSuite;
import dev.tramontane.eval.suite.Split;
import dev.tramontane.eval.suite.SuiteChoice;

// How many problems of the generated suite a model solves. `tramontane eval nano-suite` does the
// same at length: several samples, a log that outlives the process, a report.
//
//     java --add-modules jdk.incubator.vector -cp 'cli/target/lib/*' \
//         examples/EvaluateAModel.java MODEL 20
void main(String[] args) throws IOException {
    var suite = new NanoSuite(7);
    var english = SuiteChoice.ALL.withLanguages(List.of(Language.ENGLISH));
    int right = 0;
    try (LocalModel model = LocalModel.open(Path.of(args[0]));
            Graders graders = new Graders()) {
        Grader grader = graders.of("answer");
        var problems = suite.problems(Split.TEST, english, Integer.parseInt(args[1]));
        for (var problem : problems) {
            String asked = problem.question() + "\n\n" + suite.instruction(problem);
            ChatRequest request = ChatRequest.of(asked).withThinking(new Thinking.Budget(256));
            try (ChatStream stream = model.chat(request)) {
                Grade grade = grader.grade(problem.reference(), stream.collect().text());
                right += grade.correct() ? 1 : 0;
                IO.println(
                        "%s %s: %s"
                                .formatted(
                                        grade.correct() ? "right" : "wrong",
                                        problem.id(),
                                        grade.why()));
            }
        }
        Interval likely = Interval.wilson(right, problems.size());
        IO.println(
                "%d of %d, 95%% between %.0f%% and %.0f%%"
                        .formatted(
                                right, problems.size(), 100 * likely.low(), 100 * likely.high()));
    }
}
