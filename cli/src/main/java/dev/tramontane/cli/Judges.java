package dev.tramontane.cli;

import dev.tramontane.eval.run.ModelJudge;
import dev.tramontane.eval.run.Patience;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.UpstreamModel;
import dev.tramontane.wire.UpstreamOptions;

import java.util.Map;
import java.util.Optional;

/// The judging model, where one is asked for.
record Judges(Optional<UpstreamModel> model, Optional<ModelJudge> judge) implements AutoCloseable {
    /// The judge's own key, so that the key of the model's server need not be sent to another.
    private static final String KEY = "TRAMONTANE_JUDGE_API_KEY";

    /// @param url of the server; empty for no judge
    /// @param named what the server knows the judge as
    static Judges open(
            Optional<String> url, Optional<String> named, Map<String, String> environment) {
        if (url.isEmpty()) {
            return new Judges(Optional.empty(), Optional.empty());
        }
        UpstreamModel model =
                UsageException.check(
                        () -> {
                            UpstreamOptions found = UpstreamOptions.of(url.get(), environment);
                            UpstreamOptions options =
                                    Optional.ofNullable(environment.get(KEY))
                                            .map(String::strip)
                                            .filter(key -> !key.isEmpty())
                                            .map(found::withKey)
                                            .orElse(found);
                            return EvaluatedModel.reached(
                                    named.map(options::withModel).orElse(options));
                        });
        var judge = new ModelJudge(model, model.name(), Patience.real());
        return new Judges(Optional.of(model), Optional.of(judge));
    }

    @Override
    public void close() {
        model.ifPresent(UpstreamModel::close);
    }
}
