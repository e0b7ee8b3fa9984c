package dev.tramontane.cli;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.StoredModel;
import dev.tramontane.terminal.Sizes;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.Hub;
import dev.tramontane.wire.HubOptions;
import dev.tramontane.wire.HubReference;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;

/// `pull`: a model from a hub into the store.
@Command(
        name = "pull",
        description = {
            "Fetch a model from a hub into the store: the usual quantisation (Q4_K_M), the one after"
                    + " the colon, or the file named there, with all that belongs to it. What is"
                    + " interrupted goes on where it stopped when the same command runs again; every"
                    + " file is held against the hub's checksum, and the model is whole or absent.",
            "Gated models want a token in HF_TOKEN or TRAMONTANE_HF_TOKEN. HTTPS_PROXY and NO_PROXY"
                    + " are obeyed."
        },
        footer = {
            "",
            "Examples:",
            "  tramontane pull hf:mistralai/Magistral-Small-2509-GGUF:Q4_K_M --as magistral-small",
            "  tramontane pull hf:mistralai/Ministral-3-8B-Reasoning-2512-GGUF",
            "  tramontane run -m magistral-small \"How many primes lie below 100?\""
        })
final class PullCommand implements Callable<Integer> {
    private final Stdio io;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "REF",
            description = "hf:owner/repo, with :QUANTISATION or :FILE, and @REVISION before that.")
    private String reference = "";

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Its name in the store (default: owner/repo:QUANTISATION).")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--hub",
            paramLabel = "URL",
            description = "The hub (default: https://huggingface.co).")
    private String hub = HubOptions.PUBLIC;

    @Option(
            names = "--offline",
            description = "Use no network: succeed if the model is here already.")
    private boolean offline;

    @Option(names = "--json", description = "Print the model as JSON.")
    private boolean json;

    PullCommand(Stdio io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        HubReference wanted = UsageException.check(() -> HubReference.of(reference));
        Optional<ModelName> as = UsageException.check(() -> name.map(ModelName::new));
        LocalStore local = LocalStore.of(io);
        if (offline) {
            StoredModel here = local.model(as.orElseGet(() -> wanted.name(wanted.wish())).text());
            tell(new Hub.Pulled(here, false));
            return 0;
        }
        Optional<String> token = HubToken.of(spec, io);
        Hub from = UsageException.check(() -> new Hub(HubOptions.of(hub, token, io.environment())));
        var shown = new PullShown(io);
        try {
            tell(from.pull(wanted, as, local.store(), shown));
        } finally {
            shown.clear();
        }
        return 0;
    }

    private void tell(Hub.Pulled pulled) {
        StoredModel model = pulled.model();
        if (json) {
            io.out().println(LocalStore.json(model).put("fetched", pulled.isNew()));
            return;
        }
        io.err()
                .println(
                        "%s %s, %s"
                                .formatted(
                                        model.name(),
                                        pulled.isNew() ? "is here" : "was here already",
                                        Sizes.bytes(model.bytes())));
        io.out().println(model.name());
    }
}
