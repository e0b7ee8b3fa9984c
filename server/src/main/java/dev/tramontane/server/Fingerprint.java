package dev.tramontane.server;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineStats;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// OpenAI's `system_fingerprint`: a mark of what decides, beside request and seed, which words are
/// drawn. It begins with `b`, as llama-server's builds do.
final class Fingerprint {
    private Fingerprint() {}

    /// Of the build, the model's name and shape, the kernels, and how keys and values are stored.
    static String of(LocalModel model) {
        EngineStats.Cache cache = model.engine().stats().cache();
        var sum = new CRC32();
        for (Object part :
                new Object[] {
                    version(),
                    model.name(),
                    model.engine().config(),
                    model.engine().kernelsName(),
                    cache.bytes() / cache.blocks()
                }) {
            sum.update((part + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return "build-%s-%08x".formatted(version(), sum.getValue());
    }

    /// This build's, in words.
    static String version() {
        String version = Fingerprint.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
