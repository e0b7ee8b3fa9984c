package dev.tramontane.train.nano;

import dev.tramontane.model.ModelConfig;
import dev.tramontane.train.nano.NanoReport.Tally;

import java.util.Locale;
import java.util.Map;

/// What there is to say about a trained nano, in Markdown.
final class NanoCard {
    private final StringBuilder text = new StringBuilder();

    private NanoCard() {}

    /// @param made the command that made it, and what it started from
    /// @param parameters of the network
    static String of(NanoSettings settings, String made, long parameters, NanoReport report) {
        var card = new NanoCard();
        card.describe(settings, made, parameters);
        card.tell(report);
        return card.text.toString();
    }

    private void describe(NanoSettings settings, String made, long parameters) {
        ModelConfig network = settings.network();
        text.append(
                String.format(
                        Locale.ROOT,
                        """
                # nano

                The model inside Tramontane. It thinks step by step about small problems and was trained on
                nothing but generated ones. It knows nothing of the world, makes mistakes, and outside its
                kinds of problems it cannot help.

                | | |
                | --- | --- |
                | network | %d layers, width %d, %d query and %d key/value heads of %d, feed-forward %d, tied |
                | parameters | %,d |
                | vocabulary | %,d, its own, in Tekken's format |
                | context | %,d |
                | licence | Apache-2.0 |
                | made by | %s |
                | data | the training half of `nano-suite`: %d families in %d languages; %d%% everyday talk |
                """,
                        network.layers(),
                        network.dim(),
                        network.heads(),
                        network.kvHeads(),
                        network.headDim(),
                        network.hiddenDim(),
                        parameters,
                        network.vocab(),
                        network.context(),
                        made,
                        settings.families().size(),
                        settings.languages().size(),
                        settings.talkPercent()));
        for (NanoSettings.Stage stage : settings.stages()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "| stage | %,d steps of %,d tokens to learn, levels weighted %s |\n",
                            stage.steps(),
                            stage.tokens(),
                            stage.levels()));
        }
    }

    private void tell(NanoReport report) {
        text.append(
                String.format(
                        Locale.ROOT,
                        """

                ## Figures

                Greedy answers to %,d problems whose operands and phrasings were kept from training, in per
                cent. *Right* is the answer, *form* a closed thought with one box behind it, *traces* the
                share of right answers whose thought holds in every equation, *as taught* the share of
                those whose thought is the worked trace line by line, *language* the share of thoughts in
                the question's language.

                | | problems | right | form | traces | as taught | language |
                | --- | ---: | ---: | ---: | ---: | ---: | ---: |
                """,
                        report.all().problems()));
        row("all", report.all());
        row("in phrasings of the training", report.familiar());
        rows("", report.families());
        rows("", report.languages());
        rows("level ", report.levels());
    }

    private void rows(String before, Map<String, Tally> tallies) {
        tallies.forEach((name, tally) -> row(before + name, tally));
    }

    private void row(String name, Tally tally) {
        text.append(
                String.format(
                        Locale.ROOT,
                        "| %s | %d | %.1f | %.1f | %.1f | %.1f | %.1f |\n",
                        name,
                        tally.problems(),
                        100 * tally.accuracy(),
                        100 * tally.form(),
                        100 * tally.traces(),
                        100 * tally.taught(),
                        100 * tally.language()));
    }
}
