package dev.tramontane.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class EvalCommandTest {
    @TempDir private Path folder;

    private String task = "";
    private String report = "";

    @BeforeEach
    void write() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("mine.yaml"),
                        """
                        name: mine
                        title: Mine
                        scorer: exact
                        samples: 2
                        sampling: {temperature: 0.8, max-tokens: 8}
                        prompt: "Compute {{question}}!"
                        items: {files: mine.csv, id: nr}
                        published: {a report: {Other: {pass@1: 70.7}}}
                        """);
        Files.writeString(
                folder.resolve("mine.csv"), "nr,question,answer\n7,1+1,2\n8,2+2,4\n9,3+3,6\n");
        task = file.toString();
        report = folder.resolve("run").toString();
    }

    private Tramontane.Result eval(String... more) {
        List<String> args =
                new ArrayList<>(List.of("eval", task, "-m", Tramontane.TINY, "--report", report));
        args.addAll(List.of(more));
        return Tramontane.run(args.toArray(String[]::new));
    }

    @Test
    void a_task_of_ones_own_runs_and_leaves_a_log_and_a_report() throws IOException {
        Tramontane.Result result = eval();
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("mine"), result.out());
        assertEquals(7, Files.readAllLines(Path.of(report, "mine.jsonl")).size());
        String summary = Files.readString(Path.of(report, "summary.md"));
        assertTrue(summary.contains("| Mine | model-f32.gguf |"), summary);
        assertTrue(summary.contains("70.7"), summary);
        String page = Files.readString(Path.of(report, "index.html"));
        assertTrue(
                page.contains("on Mine</title>") && page.contains("Other (published)"), "the page");
        assertTrue(Files.readString(Path.of(report, "pass-1.svg")).startsWith("<svg"));
        var results = Json.parse("results", Files.readString(Path.of(report, "results.json")));
        assertEquals(
                6, results.path("runs").get(0).path("results").get(0).path("attempts").asInt());
    }

    @Test
    void a_run_that_is_there_is_gone_on_with_only_when_asked() throws IOException {
        assertEquals(0, eval().code());
        List<String> lines = Files.readAllLines(Path.of(report, "mine.jsonl"));
        Tramontane.Result again = eval();
        assertEquals(1, again.code());
        assertTrue(again.err().contains("--resume"), again.err());
        Files.write(Path.of(report, "mine.jsonl"), lines.subList(0, 4));
        Tramontane.Result resumed = eval("--resume", "--json");
        assertEquals(0, resumed.code(), resumed.err());
        assertEquals(7, Files.readAllLines(Path.of(report, "mine.jsonl")).size());
        assertTrue(
                Json.parse("out", resumed.out()).path("runs").get(0).path("complete").asBoolean());
        Tramontane.Result other = eval("--resume", "--seed", "5");
        assertEquals(1, other.code());
        assertTrue(other.err().contains("settings"), other.err());
    }

    @Test
    void several_budgets_give_a_row_each() {
        Tramontane.Result result = eval("--think", "2,4", "--limit", "1", "--price-out", "2");
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("COST"), result.out());
        assertEquals(3, result.out().lines().count(), result.out());
    }

    @Test
    void runs_are_compared_with_published_figures_beside_them() {
        assertEquals(0, eval().code());
        Tramontane.Result result = Tramontane.run("eval", "compare", report, report);
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("1.0000"), result.out());
        assertTrue(result.out().contains("Other (published: a report)"), result.out());
    }

    @Test
    void recorded_responses_are_graded_line_by_line_and_summed() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("responses.jsonl"),
                        """
                        {"id": "a", "response": "[THINK]5?[/THINK]4", "answer": "4"}
                        {"id": "a", "sample": 1, "response": "[THINK]4", "answer": "4"}
                        {"id": "b", "response": "<think>x</think> 5", "answer": 4}
                        """);
        Tramontane.Result result =
                Tramontane.run("eval", "grade", "exact", "--responses", file.toString(), "--json");
        assertEquals(0, result.code(), result.err());
        List<String> lines = result.out().lines().toList();
        assertEquals(4, lines.size());
        assertTrue(Json.parse("1", lines.get(0)).path("correct").asBoolean());
        assertTrue(Json.parse("2", lines.get(1)).path("truncated").asBoolean());
        assertTrue(Json.parse("2", lines.get(1)).path("extracted").isNull());
        assertEquals(
                "cut off inside the thinking",
                Json.parse("2", lines.get(1)).path("why").asString());
        assertEquals("5", Json.parse("3", lines.get(2)).path("extracted").asString());
        var summary = Json.parse("4", lines.get(3)).path("summary");
        assertEquals(3, summary.path("graded").asInt());
        assertEquals(1, summary.path("correct").asInt());
        assertEquals(1, summary.path("truncated").asInt());
    }

    @Test
    void thinking_that_the_prompts_opened_is_told_by_a_flag() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("responses.jsonl"),
                        "{\"id\": 1, \"response\": \"so \\\\boxed{4}\", \"answer\": 4}\n");
        String[] command = {"eval", "grade", "math", "--responses", file.toString()};
        assertTrue(Tramontane.run(command).out().contains("1 of 1 right"));
        String[] told = {
            "eval", "grade", "math", "--responses", file.toString(), "--thinking-opened"
        };
        assertTrue(Tramontane.run(told).out().contains("0 of 1 right"));
    }

    @Test
    void only_a_server_needs_to_be_told_that_its_prompts_open_the_thinking() {
        Tramontane.Result result = Tramontane.run("eval", "--demo", "--thinking-opened");
        assertEquals(2, result.code());
        assertTrue(result.err().contains("expected --endpoint"), result.err());
    }

    @Test
    void a_server_that_cannot_be_reached_is_no_defect_of_ours() {
        String[] asked = {"eval", "gsm8k", "--demo", "--endpoint", "http://127.0.0.1:1"};
        Tramontane.Result result = Tramontane.run(asked);
        assertEquals(1, result.code(), result.err());
        assertTrue(result.err().contains("check that the server runs"), result.err());
        assertFalse(result.err().contains("defect"), result.err());
    }

    @Test
    void a_dialect_is_for_a_server_and_one_of_three() {
        Tramontane.Result result =
                Tramontane.run("eval", "gsm8k", "--demo", "--dialect", "mistral");
        assertEquals(2, result.code());
        assertTrue(result.err().contains("expected --endpoint"), result.err());
        assertEquals(2, Tramontane.run("eval", "gsm8k", "--dialect", "klingon").code());
    }

    @Test
    void responses_to_a_task_take_their_keys_from_its_items_and_bad_lines_are_told()
            throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("responses.jsonl"),
                        "{\"id\": 7, \"response\": \"2\"}\n{\"id\": 1, \"response\": \"2\"}\n{]\n");
        Tramontane.Result result =
                Tramontane.run("eval", "grade", task, "--responses", file.toString());
        assertEquals(1, result.code());
        List<String> lines = result.out().lines().toList();
        assertTrue(Json.parse("1", lines.get(0)).path("correct").asBoolean());
        assertTrue(lines.get(1).contains("no item 1"), lines.get(1));
        assertTrue(lines.get(2).contains("responses.jsonl:3"), lines.get(2));
        assertTrue(lines.get(3).startsWith("1 of 1 right (100.00 %)"), lines.get(3));
    }

    @Test
    void the_list_tells_whose_the_items_are_and_where_to_get_them() {
        Tramontane.Result result = Tramontane.run("eval", "list");
        assertEquals(0, result.code());
        assertTrue(result.out().contains("Idavidrein/gpqa (needs HF_TOKEN)"), result.out());
        assertEquals(
                10,
                Json.parse("list", Tramontane.run("eval", "list", "--json").out())
                        .path("tasks")
                        .size());
    }

    @Test
    void what_is_typed_wrong_is_refused_before_anything_is_asked() {
        record Case(String says, String... args) {}
        for (Case each :
                List.of(
                        new Case("there is no task", "eval"),
                        new Case("no such task", "eval", "aime-1980"),
                        new Case("--samples is 0", "eval", task, "--samples", "0"),
                        new Case("--think", "eval", task, "--think", "much"),
                        new Case("temperature", "eval", task, "--temperature", "9"),
                        new Case("--limit is 0", "eval", task, "--limit", "0"))) {
            Tramontane.Result result = Tramontane.run(each.args());
            assertEquals(2, result.code(), result.err());
            assertTrue(result.err().contains(each.says()), result.err());
        }
    }

    @Test
    void responses_are_graded_by_every_scorer_that_reads_text() throws IOException {
        record Case(String scorer, String response, String answer, boolean correct) {}
        for (Case each :
                List.of(
                        new Case("math", "so \\\\boxed{\\\\frac{1}{2}}", "\"0.5\"", true),
                        new Case("math", "so \\\\boxed{3}", "4", false),
                        new Case("choice", "The answer is (B).", "\"B\"", true),
                        new Case("choice", "Answer: C", "\"B\"", false),
                        new Case("mgsm", "Réponse : 1 140", "\"1140\"", true),
                        new Case("answer", "**12**", "12", true))) {
            Path file =
                    Files.writeString(
                            folder.resolve("one.jsonl"),
                            "{\"id\": 1, \"response\": \"%s\", \"answer\": %s}\n"
                                    .formatted(each.response(), each.answer()));
            Tramontane.Result result =
                    Tramontane.run("eval", "grade", each.scorer(), "--responses", file.toString());
            assertEquals(0, result.code(), result.out() + result.err());
            assertEquals(
                    each.correct(),
                    Json.parse("1", result.out().lines().findFirst().orElseThrow())
                            .path("correct")
                            .asBoolean(),
                    result.out());
        }
    }

    @Test
    void the_generated_suite_and_items_of_our_own_are_asked_without_any_file() {
        Tramontane.Result result =
                Tramontane.run(
                        "eval",
                        "nano-suite",
                        "mgsm",
                        "gpqa-diamond",
                        "--demo",
                        "--languages",
                        "fr",
                        "--limit",
                        "3",
                        "--max-tokens",
                        "8",
                        "-m",
                        Tramontane.TINY,
                        "--report",
                        report);
        assertEquals(0, result.code(), result.err());
        assertEquals(4, result.out().lines().count(), result.out());
    }

    /// A task beside the first one, on the same items.
    private String second(String name, String scorer) throws IOException {
        String text =
                Files.readString(Path.of(task))
                        .replace("name: mine", "name: " + name)
                        .replace("title: Mine", "title: Second")
                        .replace("scorer: exact", "scorer: " + scorer);
        return Files.writeString(folder.resolve(name + ".yaml"), text).toString();
    }

    @Test
    void what_is_wrong_with_a_later_task_is_said_before_the_first_is_asked() throws IOException {
        Tramontane.Result misspelt = eval(second("second", "exakt"));
        assertEquals(2, misspelt.code(), misspelt.err());
        assertTrue(misspelt.err().contains("exakt: no scorer"), misspelt.err());
        Tramontane.Result twice = eval(task);
        assertEquals(2, twice.code(), twice.err());
        assertTrue(twice.err().contains("named twice"), twice.err());
        Files.createDirectories(Path.of(report));
        Files.writeString(Path.of(report, "second.jsonl"), "");
        Tramontane.Result inTheWay = eval(second("second", "exact"));
        assertEquals(1, inTheWay.code(), inTheWay.err());
        assertTrue(inTheWay.err().contains("--resume"), inTheWay.err());
        Files.writeString(Path.of(report, "second.jsonl"), "{\"id\": 1}");
        Tramontane.Result noLog = eval(second("second", "exact"), "--resume");
        assertEquals(1, noLog.code(), noLog.err());
        assertTrue(noLog.err().contains("none of a log"), noLog.err());
        assertFalse(Files.exists(Path.of(report, "mine.jsonl")));
    }

    @Test
    void a_judge_is_refused_where_programs_are_asked_for() {
        Tramontane.Result result =
                Tramontane.run(
                        "eval",
                        "livecodebench-v5",
                        "--demo",
                        "--judge",
                        "http://127.0.0.1:9",
                        "--judge-model",
                        "judge",
                        "--report",
                        report);
        assertEquals(2, result.code(), result.err());
        assertTrue(result.err().contains("--judge: livecodebench-v5"), result.err());
    }

    @Test
    void a_report_is_of_all_logs_in_its_folder_and_of_nothing_else_there() throws IOException {
        assertEquals(0, eval().code());
        Files.writeString(Path.of(report, "items.jsonl"), "{\"id\": 1, \"question\": \"1+1\"}\n");
        task = second("second", "exact");
        Tramontane.Result result = eval();
        assertEquals(0, result.code(), result.err());
        assertFalse(result.out().contains("mine"), result.out());
        var results = Json.parse("results", Files.readString(Path.of(report, "results.json")));
        assertEquals(2, results.path("runs").size());
        String summary = Files.readString(Path.of(report, "summary.md"));
        assertTrue(summary.contains("| Mine |") && summary.contains("| Second |"), summary);
    }

    @Test
    void a_run_goes_on_with_more_samples() throws IOException {
        assertEquals(0, eval().code());
        Tramontane.Result more = eval("--resume", "--samples", "4");
        assertEquals(0, more.code(), more.err());
        assertEquals(1 + 6 + 1 + 6, Files.readAllLines(Path.of(report, "mine.jsonl")).size());
        Tramontane.Result fewer = eval("--resume", "--samples", "2");
        assertEquals(1, fewer.code());
        assertTrue(fewer.err().contains("samples"), fewer.err());
    }

    @Test
    void a_demonstration_has_a_folder_of_its_own() {
        assertEquals("eval-a-b.gguf", EvalCommand.folder("a/b.gguf", false));
        assertEquals("eval-demo-a-b.gguf", EvalCommand.folder("a/b.gguf", true));
    }

    @Test
    void a_language_that_no_task_has_is_refused() {
        record Case(String says, String... args) {}
        for (Case each :
                List.of(
                        new Case("no language xx", "mgsm", "--languages", "en,xx"),
                        new Case("no languages to choose", "gsm8k", "--languages", "fr"))) {
            List<String> args = new ArrayList<>(List.of("eval", "--demo", "--report", report));
            args.addAll(List.of(each.args()));
            Tramontane.Result result = Tramontane.run(args.toArray(String[]::new));
            assertEquals(2, result.code(), result.err());
            assertTrue(result.err().contains(each.says()), result.err());
        }
    }

    @Test
    void items_of_a_task_are_looked_for_when_the_first_response_lacks_its_answer()
            throws IOException {
        String own = "{\"id\": 7, \"response\": \"2\", \"answer\": \"2\"}\n";
        Path file = Files.writeString(folder.resolve("responses.jsonl"), own);
        Files.delete(folder.resolve("mine.csv"));
        String[] args = {"eval", "grade", task, "--responses", file.toString()};
        Tramontane.Result result = Tramontane.run(args);
        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().contains("1 of 1 right"), result.out());
        Files.writeString(file, own + "{\"id\": 7, \"response\": \"2\"}\n".repeat(200));
        Tramontane.Result without = Tramontane.run(args);
        assertEquals(1, without.code());
        assertTrue(without.out().lines().count() <= 1, without.out());
        assertEquals(1, without.err().lines().count(), without.err());
    }

    @Test
    void recorded_answers_to_the_generated_suite_are_graded_with_its_seed() throws IOException {
        Path file =
                Files.writeString(
                        folder.resolve("responses.jsonl"),
                        "{\"id\": \"x\", \"response\": \"2\"}\n");
        Tramontane.Result result =
                Tramontane.run(
                        "eval",
                        "grade",
                        "nano-suite",
                        "--seed",
                        "5",
                        "--responses",
                        file.toString());
        assertEquals(1, result.code(), result.err());
        assertTrue(result.out().contains("no item x"), result.out());
    }
}
