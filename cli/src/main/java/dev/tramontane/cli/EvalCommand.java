package dev.tramontane.cli;

import dev.tramontane.chat.Thinking;
import dev.tramontane.eval.benchmark.Benchmark;
import dev.tramontane.eval.benchmark.Catalogue;
import dev.tramontane.eval.benchmark.TaskFileException;
import dev.tramontane.eval.graders.Graders;
import dev.tramontane.eval.items.Item;
import dev.tramontane.eval.report.Reports;
import dev.tramontane.eval.report.ResultsJson;
import dev.tramontane.eval.report.page.EvalReport;
import dev.tramontane.eval.run.Attempt;
import dev.tramontane.eval.run.EvalLog;
import dev.tramontane.eval.run.EvalPlan;
import dev.tramontane.eval.run.Run;
import dev.tramontane.eval.run.RunHeader;
import dev.tramontane.terminal.Screen;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.Dialect;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `eval`: how well a model reasons.
@Command(
        name = "eval",
        description = {
            "Ask a model the problems of benchmarks and grade its answers. Attempts go into a log as"
                    + " they finish; what is interrupted goes on with --resume.",
            "TASK is a name that `eval list` shows, or a task file of your own."
        },
        footer = {
            "",
            "Examples:",
            "  tramontane eval aime-2024 -m magistral-small --samples 16 --report runs/small",
            "  tramontane eval gsm8k mgsm --endpoint http://127.0.0.1:8000 --languages en,fr",
            "  tramontane eval math-500 -m magistral-small --think 1024,4096,16384",
            "  tramontane eval compare runs/small runs/medium",
            "  tramontane eval --demo"
        })
final class EvalCommand implements Callable<Integer> {
    /// What `--demo` asks when no task is named: those that need no sandbox.
    private static final List<String> DEMO =
            List.of("aime-2024", "math-500", "gpqa-diamond", "gsm8k", "mgsm");

    /// Tokens of an answer in a demonstration, unless somebody says otherwise.
    private static final int DEMO_TOKENS = 256;

    private final Stdio io;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "TASK", arity = "0..*", description = "What to ask.")
    private List<String> tasks = List.of();

    @Mixin private ModelFlag model = new ModelFlag();

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            description =
                    "A server of models instead of --model: this one's, llama-server, vLLM, a hosted"
                            + " one. Its key is TRAMONTANE_API_KEY.")
    private Optional<String> endpoint = Optional.empty();

    @Option(
            names = "--endpoint-model",
            paramLabel = "NAME",
            description = "What the server knows the model as (default: its only one).")
    private Optional<String> endpointModel = Optional.empty();

    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            description =
                    "Which fields the server knows: openai, mistral or open (default: by its address).")
    private Optional<Dialect> dialect = Optional.empty();

    @Option(
            names = "--thinking-opened",
            description =
                    "The server's prompts end in a mark that opens the thinking, and its answers begin"
                            + " inside it.")
    private boolean thinkingOpened;

    @Option(
            names = "--samples",
            paramLabel = "K",
            description = "Attempts at each problem (default: the task's).")
    private Optional<Integer> samples = Optional.empty();

    @Mixin private EvalItemFlags items = new EvalItemFlags();

    @Option(
            names = "--think",
            split = ",",
            paramLabel = "on|off|low|medium|high|N,…",
            hideParamSyntax = true,
            description =
                    "How much to think; several, set apart by commas, give a budget curve (default: as"
                            + " the model does).")
    private List<String> think = List.of();

    @Mixin private EvalSamplingFlags sampling = new EvalSamplingFlags();

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Attempts at once (default: 8 here, 16 on a server).")
    private Optional<Integer> concurrency = Optional.empty();

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description =
                    "Where the report (index.html), its charts, summary.md, results.json and the logs go"
                            + " (default: eval-MODEL in this folder, eval-demo-MODEL with --demo).")
    private Optional<Path> report = Optional.empty();

    @Option(names = "--resume", description = "Go on with the run that --report holds.")
    private boolean resume;

    @Option(
            names = "--judge",
            paramLabel = "URL",
            description =
                    "A server whose model says whether answers are right, in place of the task's"
                            + " scorer; for hle-text. Its key is TRAMONTANE_JUDGE_API_KEY, else the"
                            + " model's.")
    private Optional<String> judge = Optional.empty();

    @Option(
            names = "--judge-model",
            paramLabel = "NAME",
            description = "What that server knows the judge as (default: its only one).")
    private Optional<String> judgeModel = Optional.empty();

    @Mixin private PriceFlags prices = new PriceFlags();

    @Mixin private EngineFlags engine = new EngineFlags();

    @Option(names = "--json", description = "Print the results as JSON.")
    private boolean json;

    EvalCommand(Stdio io) {
        this.io = io;
    }

    /// A task with its items.
    private record Loaded(Benchmark benchmark, List<Item> items, RunHeader.Settings settings) {}

    @Override
    public Integer call() throws IOException {
        Map<String, Thinking> budgets = budgets();
        List<Loaded> loaded = load(List.copyOf(budgets.keySet()));
        int maxTokens =
                loaded.stream().mapToInt(each -> each.settings().maxTokens()).max().orElseThrow();
        try (Graders graders = new Graders();
                Judges judges = Judges.open(judge, judgeModel, io.environment())) {
            List<TaskScoring> scoring = new ArrayList<>();
            for (Loaded task : loaded) {
                scoring.add(TaskScoring.of(task.benchmark(), task.items(), graders, judges));
            }
            checkBeforeLoading(loaded);
            try (EvaluatedModel asked = open(maxTokens)) {
                Path folder = folder(asked.identity().name());
                List<EvalPlan> plans = new ArrayList<>();
                for (int i = 0; i < loaded.size(); i++) {
                    plans.add(plan(loaded.get(i), asked, scoring.get(i), budgets));
                }
                check(folder, loaded, plans);
                return run(folder, plans, scoring, asked);
            }
        }
    }

    private Path folder(String model) {
        return report.orElseGet(() -> Path.of(folder(model, items.isDemo())));
    }

    /// Where the report goes unless somebody says otherwise: a demonstration must not be taken for
    /// the run of a benchmark.
    static String folder(String model, boolean isDemo) {
        return (isDemo ? "eval-demo-" : "eval-") + plain(model);
    }

    /// What can be refused before a model is loaded: a server alone says what its model is called.
    private void checkBeforeLoading(List<Loaded> loaded) throws IOException {
        if (thinkingOpened && endpoint.isEmpty()) {
            throw new UsageException(
                    "--thinking-opened is for a server, expected --endpoint with it; of a model here its template tells");
        }
        if (dialect.isPresent() && endpoint.isEmpty()) {
            throw new UsageException("--dialect is for a server, expected --endpoint with it");
        }
        if (!resume && report.isPresent()) {
            checkAbsent(report.get(), loaded);
        } else if (!resume && endpoint.isEmpty()) {
            checkAbsent(folder(localName()), loaded);
        }
    }

    private static Path log(Path folder, Benchmark benchmark) {
        return folder.resolve(benchmark.name() + ".jsonl");
    }

    private static EvalPlan plan(
            Loaded task, EvaluatedModel asked, TaskScoring scoring, Map<String, Thinking> budgets) {
        return new EvalPlan(
                task.benchmark(),
                task.items(),
                header(task, asked, scoring),
                budgets,
                asked.concurrency());
    }

    /// No log may turn out to be in the way after hours of work on another task.
    private void check(Path folder, List<Loaded> loaded, List<EvalPlan> plans) throws IOException {
        if (!resume) {
            checkAbsent(folder, loaded);
            return;
        }
        for (EvalPlan plan : plans) {
            EvalLog.check(log(folder, plan.benchmark()), plan.header());
        }
    }

    private static void checkAbsent(Path folder, List<Loaded> loaded) throws IOException {
        for (Loaded task : loaded) {
            EvalLog.checkAbsent(log(folder, task.benchmark()));
        }
    }

    private int run(
            Path folder, List<EvalPlan> plans, List<TaskScoring> scoring, EvaluatedModel asked)
            throws IOException {
        var logged = new LoggedRun(io, resume);
        List<Run> runs = new ArrayList<>();
        int code = 0;
        for (int i = 0; i < plans.size() && code == 0; i++) {
            EvalPlan plan = plans.get(i);
            Path path = log(folder, plan.benchmark());
            code = logged.run(plan, asked.model(), scoring.get(i).scorer(), path);
            runs.add(Run.read(path));
        }
        if (runs.stream().anyMatch(run -> run.attempts().stream().anyMatch(Attempt::isGraded))) {
            tell(folder, runs);
        }
        if (code == 0 && !runs.stream().allMatch(Run::isComplete)) {
            return 1;
        }
        return code;
    }

    private Map<String, Thinking> budgets() {
        if (think.isEmpty()) {
            return Map.of("default", Thinking.DEFAULT);
        }
        var budgets = new LinkedHashMap<String, Thinking>();
        for (String each : think) {
            try {
                budgets.put(each.strip(), new ThinkConverter().convert(each.strip()));
            } catch (TypeConversionException e) {
                throw new UsageException("--think: " + e.getMessage());
            }
        }
        return budgets;
    }

    /// Every task is read and its items are there before any question is asked.
    private List<Loaded> load(List<String> budgets) throws IOException {
        List<String> names = tasks.isEmpty() && items.isDemo() ? DEMO : tasks;
        if (names.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "there is no task: name one; `eval list` shows them");
        }
        if (samples.isPresent() && samples.get() < 1) {
            throw new UsageException("--samples is " + samples.get() + ", expected 1 or more");
        }
        if (names.size() > 1 && items.given().isPresent()) {
            throw new UsageException("--items is for one task, expected one TASK with it");
        }
        List<Benchmark> benchmarks = names.stream().map(EvalCommand::find).toList();
        items.checkLanguages(benchmarks);
        if (benchmarks.stream().map(Benchmark::name).distinct().count() < names.size()) {
            throw new UsageException("a task is named twice, expected each once");
        }
        List<Loaded> loaded = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Benchmark found = benchmarks.get(i);
            Benchmark benchmark = items.isDemo() ? found.demonstration() : found;
            Benchmark.Sampling own = benchmark.sampling();
            if (items.isDemo()) {
                own =
                        new Benchmark.Sampling(
                                own.temperature(), own.topP(), own.topK(), own.minP(), DEMO_TOKENS);
            }
            int count = samples.orElse(items.isDemo() ? 1 : benchmark.samples());
            RunHeader.Settings settings = sampling.over(own, count, budgets);
            loaded.add(
                    new Loaded(
                            benchmark,
                            items.load(benchmark, name, settings.seed(), spec, io),
                            settings));
        }
        return loaded;
    }

    static Benchmark find(String name) {
        try {
            return Catalogue.find(name);
        } catch (TaskFileException e) {
            throw UsageException.of(e);
        }
    }

    private EvaluatedModel open(int maxTokens) throws IOException {
        if (endpoint.isPresent()) {
            return UsageException.check(
                    () ->
                            EvaluatedModel.remote(
                                    endpoint.get(),
                                    endpointModel,
                                    dialect,
                                    thinkingOpened,
                                    io.environment(),
                                    concurrency));
        }
        if (model.isEmbedded()) {
            FirstRun.tell(io);
        }
        return EvaluatedModel.local(model.path(io), localName(), engine, maxTokens, concurrency);
    }

    /// What a model of this machine is called.
    private String localName() throws IOException {
        if (model.isEmbedded()) {
            return model.name();
        }
        Path path = model.path(io);
        boolean isPath = path.toString().equals(model.name());
        return isPath ? String.valueOf(path.getFileName()) : model.name();
    }

    private static RunHeader header(Loaded task, EvaluatedModel asked, TaskScoring scoring) {
        return new RunHeader(
                new RunHeader.Harness(
                        HarnessVersion.TEXT, EvalLog.VERSION, Runtime.version().toString()),
                RunHeader.Task.of(task.benchmark(), task.items(), scoring.version()),
                asked.identity(),
                task.settings(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /// Prints what these runs came to; the report is of all runs that the folder holds.
    private void tell(Path folder, List<Run> runs) throws IOException {
        List<Run> all = Reports.read(folder);
        Reports.write(folder, all, prices.given());
        EvalReport.Written page = EvalReport.of(all).write(folder);
        if (json) {
            io.out().println(ResultsJson.of(runs, prices.given()));
        } else {
            EvalTable.print(io, runs, prices.given());
            io.err().println("The report is in " + folder + "; open index.html.");
            page.withoutPictures().ifPresent(why -> io.err().println(noPictures(why)));
        }
    }

    /// What people are told whose machine cannot draw letters.
    static String noPictures(String why) {
        return "Charts are there as SVG, not as PNG (%s); install fonts for those."
                .formatted(Screen.harmless(why));
    }

    /// A model's name as that of a folder.
    private static String plain(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[.-]+|[.-]+$", "");
        return plain.isEmpty() ? "model" : plain;
    }
}
