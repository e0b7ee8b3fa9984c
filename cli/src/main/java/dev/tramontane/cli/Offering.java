package dev.tramontane.cli;

import dev.tramontane.chat.LocalModel;
import dev.tramontane.engine.EngineOptions;
import dev.tramontane.engine.ModelName;
import dev.tramontane.server.LocalModels;
import dev.tramontane.server.LocalModels.Memory;
import dev.tramontane.server.LocalOffer;
import dev.tramontane.server.LocalSettings;
import dev.tramontane.server.Models;
import dev.tramontane.server.Offer;
import dev.tramontane.server.UpstreamOffer;
import dev.tramontane.server.UpstreamSettings;
import dev.tramontane.terminal.Stdio;
import dev.tramontane.terminal.UsageException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What `serve` offers: the models of the configuration file, those of a folder, and the one that
/// was named. The first is meant where a request names none; it is loaded from the start.
final class Offering implements AutoCloseable {
    /// What a model's file has behind the model's name.
    private static final String ENDING = "(?i)(-00001-of-\\d{5})?\\.gguf$";

    private final LocalModels locals;
    private final List<UpstreamOffer> others;
    private final Models models;

    private Offering(LocalModels locals, List<UpstreamOffer> others, Models models) {
        this.locals = locals;
        this.others = others;
        this.models = models;
    }

    /// What there is to choose from.
    ///
    /// @param named as somebody named it; empty where nobody did
    /// @param file whose `models` are offered
    /// @param options how models are opened that do not say otherwise
    record Wanted(
            Optional<ModelFlag> named,
            ConfigurationFile file,
            PoolFlags pool,
            EngineOptions options) {}

    /// Looks at the models' files, and loads the first.
    ///
    /// @throws IOException when there is no such model, or it cannot be read
    static Offering open(Wanted wanted, Stdio io) throws IOException {
        Memory memory = wanted.pool().memory();
        List<Configured> all = ordered(wanted, io);
        List<LocalSettings> here = new ArrayList<>();
        for (Configured each : all) {
            if (each instanceof Configured.Here(LocalSettings settings)) {
                here.add(settings);
            }
        }
        List<UpstreamOffer> others = new ArrayList<>();
        LocalModels locals = looked(here, memory);
        try {
            locals.leftOut().forEach(why -> io.err().println("Left out: " + why));
            List<Offer> offers = offers(all, locals, others, io);
            Models models = UsageException.check(() -> new Models(offers));
            if (offers.getFirst() instanceof LocalOffer first) {
                locals.open(first.id());
            }
            return new Offering(locals, others, models);
        } catch (IOException | RuntimeException | Error failure) {
            others.forEach(UpstreamOffer::close);
            locals.close();
            throw failure;
        }
    }

    /// All that is to be offered, the first one first.
    private static List<Configured> ordered(Wanted wanted, Stdio io) throws IOException {
        Optional<Duration> keepAlive = wanted.pool().keepAlive();
        List<Configured> all = new ArrayList<>();
        if (wanted.file().models().isPresent()) {
            var servers = new ConfiguredServers(!wanted.file().isLocal());
            var reader = new ConfiguredModels(io, wanted.options(), keepAlive, servers);
            try {
                all.addAll(reader.read(wanted.file().models().get()));
            } catch (ConfigurationFile.WrongException e) {
                throw new UsageException(String.valueOf(e.getMessage()));
            }
        }
        if (wanted.pool().isOffline()) {
            all.stream()
                    .filter(Configured.Elsewhere.class::isInstance)
                    .forEach(each -> io.err().println("Left out, offline: " + each.id()));
            all.removeIf(Configured.Elsewhere.class::isInstance);
        }
        if (wanted.pool().folder().isPresent()) {
            for (Path file : ggufs(wanted.pool().folder().get())) {
                String name = file.getFileName().toString().replaceFirst(ENDING, "");
                all.add(
                        new Configured.Here(
                                LocalSettings.of(name, file, wanted.options())
                                        .withKeepAlive(keepAlive)
                                        .withOptional(true)));
            }
        }
        putFirst(wanted, all, io, keepAlive);
        all.set(0, withUsualNames(all));
        return all;
    }

    private static LocalModels looked(List<LocalSettings> here, Memory memory) throws IOException {
        try {
            return LocalModels.of(here, memory);
        } catch (IllegalArgumentException wrong) { // a bound, a context: what somebody set
            throw UsageException.of(wrong);
        }
    }

    /// What can be offered, in order. Only the model that was named by its path, the first, has no
    /// name before its files are looked at.
    private static List<Offer> offers(
            List<Configured> all, LocalModels locals, List<UpstreamOffer> others, Stdio io)
            throws IOException {
        Map<String, LocalOffer> byName = new HashMap<>();
        locals.offers().forEach(offer -> byName.put(offer.id(), offer));
        List<Offer> offers = new ArrayList<>();
        for (Configured each : all) {
            switch (each) {
                case Configured.Here(LocalSettings settings) -> {
                    LocalOffer offer =
                            settings.id().isEmpty()
                                    ? locals.offers().getFirst()
                                    : byName.remove(settings.id());
                    if (offer != null) {
                        offers.add(offer);
                    }
                }
                case Configured.Elsewhere(UpstreamSettings settings) -> {
                    UpstreamOffer offer = reached(settings, io);
                    others.add(offer);
                    offers.add(offer);
                }
            }
        }
        return offers;
    }

    private static UpstreamOffer reached(UpstreamSettings settings, Stdio io) throws IOException {
        try {
            return UpstreamOffer.open(settings, io.environment());
        } catch (IllegalArgumentException wrong) { // an address twice, a key that is not there
            throw UsageException.of(wrong);
        }
    }

    /// The one that was named, as it is configured or by itself; `nano` where there is nothing.
    private static void putFirst(
            Wanted wanted, List<Configured> all, Stdio io, Optional<Duration> keepAlive)
            throws IOException {
        if (wanted.named().isEmpty() && !all.isEmpty()) {
            return;
        }
        ModelFlag flag = wanted.named().orElseGet(ModelFlag::new);
        Optional<Configured> configured =
                all.stream().filter(each -> each.isCalled(flag.name())).findFirst();
        if (configured.isPresent()) {
            all.remove(configured.get());
            all.addFirst(required(configured.get()));
            return;
        }
        boolean isFile = Files.exists(Path.of(flag.name()));
        boolean isNamed = flag.isEmbedded() || (ModelName.isName(flag.name()) && !isFile);
        all.addFirst(
                new Configured.Here(
                        LocalSettings.of(
                                        isNamed ? flag.name() : "", flag.path(io), wanted.options())
                                .withKeepAlive(keepAlive)));
    }

    /// What somebody named is not left out.
    private static Configured required(Configured configured) {
        return switch (configured) {
            case Configured.Here(LocalSettings settings) ->
                    new Configured.Here(settings.withOptional(false));
            case Configured.Elsewhere elsewhere -> elsewhere;
        };
    }

    /// The names of the published examples mean the first model, as far as no other has them.
    private static Configured withUsualNames(List<Configured> all) {
        Configured first = all.getFirst();
        List<String> names = new ArrayList<>(first.aliases());
        Models.USUAL_NAMES.stream()
                .filter(name -> all.stream().noneMatch(each -> each.isCalled(name)))
                .forEach(names::add);
        return first.withAliases(names);
    }

    /// The models of a folder: of those in several parts, the first part. What images are read with
    /// is no model.
    private static List<Path> ggufs(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new UsageException(
                    "--models-dir is %s, expected a folder; check the path".formatted(folder));
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> isModel(file.getFileName().toString())).sorted().toList();
        }
    }

    private static boolean isModel(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean isLaterPart =
                lower.matches(".*-\\d{5}-of-\\d{5}\\.gguf")
                        && !lower.matches(".*-00001-of-\\d{5}\\.gguf");
        return lower.endsWith(".gguf") && !lower.startsWith("mmproj") && !isLaterPart;
    }

    Models models() {
        return models;
    }

    /// The first model, where it is loaded, for what is told of it; requests may have it closed
    /// later.
    Optional<LocalModel> first() {
        return models.all().getFirst().local();
    }

    @Override
    public void close() {
        others.forEach(UpstreamOffer::close);
        locals.close();
    }
}
