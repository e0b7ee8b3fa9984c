package dev.tramontane.wire;

import dev.tramontane.engine.ModelName;
import dev.tramontane.engine.ModelStore;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// A program that pulls a model and says how far it is, to be killed.
///
/// Arguments: the hub's address, the store's folder.
final class PullProcess {
    private PullProcess() {}

    public static void main(String[] args) throws IOException {
        var hub = new Hub(HubOptions.of(args[0], Optional.empty(), Map.of()));
        hub.pull(
                HubReference.of("hf:owner/tiny:Q4_0"),
                Optional.empty(),
                ModelStore.at(Path.of(args[1])),
                new PullProgress() {
                    @Override
                    public void begin(ModelName name, int files, long bytes, long bytesHere) {}

                    @Override
                    public void arrived(String file, long bytesHere) {
                        System.out.println(bytesHere);
                    }

                    @Override
                    public void waiting(String why, Duration pause) {}
                });
    }
}
