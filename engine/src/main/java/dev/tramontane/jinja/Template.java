package dev.tramontane.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// A parsed template. Immutable, for any number of threads.
public final class Template {
    /// A longer source is refused.
    public static final int LONGEST_SOURCE = 1_000_000;

    private final List<Statement> body;
    private final Set<String> names;

    private Template(StatementParser.Parsed parsed) {
        this.body = parsed.body();
        this.names = parsed.names();
    }

    /// Reads a template.
    ///
    /// @throws TemplateException when it is none
    public static Template parse(String source) {
        if (source.length() > LONGEST_SOURCE) {
            throw TemplateException.syntax(
                    1, source.length() + " characters", LONGEST_SOURCE + " at most");
        }
        return new Template(StatementParser.parse(source));
    }

    /// Every name the template reads, those it sets itself included.
    public Set<String> names() {
        return names;
    }

    /// Renders the template.
    ///
    /// @param variables what it may read
    /// @throws TemplateException when it cannot be rendered with these
    public Rendered render(Map<String, Value> variables, Surroundings surroundings) {
        var budget = new Budget(surroundings.limits(), surroundings.nanoTime());
        var renderer = new Renderer(budget, new Evaluator(budget));
        var scope = new Scope(new Globals(budget, surroundings.now()).scope());
        variables.forEach(scope::set);
        try {
            Text text = renderer.render(body, scope);
            budget.look();
            budget.checkOutput(text);
            return new Rendered(text);
        } catch (Fault fault) {
            throw Evaluator.at(1, fault);
        } catch (StackOverflowError _) { // a thread with an unusually small stack
            throw new TemplateException(
                    1,
                    "found deeper nesting than this thread's stack has room for, expected a simpler template",
                    false);
        }
    }
}
