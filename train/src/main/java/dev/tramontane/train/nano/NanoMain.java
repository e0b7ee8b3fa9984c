package dev.tramontane.train.nano;

import dev.tramontane.train.SftStep;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// Runs the recipe from a terminal: `FOLDER [SEED [THREADS [STRETCH [FROM]]]]`, where `STRETCH`
/// multiplies the steps of each stage; or tests its last state: `test FOLDER [PROBLEMS [THREADS]]`.
public final class NanoMain {
    private static final int EVERY = 10;

    private NanoMain() {}

    public static void main(String[] args) throws IOException {
        if (args[0].equals("test")) {
            int problems = args.length > 2 ? Integer.parseInt(args[2]) : 378;
            int threads = args.length > 3 ? Integer.parseInt(args[3]) : 2;
            var recipe = new NanoRecipe(NanoSettings.nano(), 1, threads, Optional.empty());
            System.out.println(recipe.test(Path.of(args[1]), problems).json().toPrettyString());
            return;
        }
        Path folder = Path.of(args[0]);
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        int threads = args.length > 2 ? Integer.parseInt(args[2]) : 2;
        double stretch = args.length > 3 ? Double.parseDouble(args[3]) : 1;
        Optional<Path> from = args.length > 4 ? Optional.of(Path.of(args[4])) : Optional.empty();
        NanoSettings settings = NanoSettings.nano().stretched(stretch);
        new NanoRecipe(settings, seed, threads, from).run(folder, new Lines(System.out));
    }

    /// A line now and then.
    private record Lines(PrintStream out) implements NanoRecipe.Progress {
        @Override
        public void begins(String what) {
            out.println(what);
        }

        @Override
        public void step(SftStep step, double seconds, int steps) {
            if (step.step() % EVERY == 0) {
                out.printf(
                        Locale.ROOT,
                        "step %d of %d  loss %.4f  norm %.2f  rate %.2e  %d tokens in %.2f s%n",
                        step.step(),
                        steps,
                        step.loss(),
                        step.gradientNorm(),
                        step.rate(),
                        step.tokens(),
                        seconds);
            }
        }

        @Override
        public void tested(int step, NanoReport report) {
            out.printf(
                    Locale.ROOT,
                    "step %d  right %.3f  form %.3f  traces %.3f  language %.3f%n",
                    step,
                    report.all().accuracy(),
                    report.all().form(),
                    report.all().traces(),
                    report.all().language());
        }
    }
}
