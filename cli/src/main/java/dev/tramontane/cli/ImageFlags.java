package dev.tramontane.cli;

import dev.tramontane.terminal.UsageException;
import dev.tramontane.wire.image.FetchRules;
import dev.tramontane.wire.image.RequestImages;

import picocli.CommandLine.Option;

import java.util.List;
import java.util.Set;

/// Flags for images at addresses: which of them are opened.
final class ImageFlags {
    @Option(
            names = "--fetch-images",
            description =
                    "Open the addresses of images on public hosts (default: only images in requests).")
    private boolean fetches;

    @Option(
            names = "--fetch-images-from",
            paramLabel = "HOST:PORT",
            split = ",",
            description = "Open those on these hosts, even in a network of your own.")
    private List<String> hosts = List.of();

    /// What makes pixels of requests' images.
    ///
    /// @throws UsageException when a host is none
    RequestImages reader() {
        for (String host : hosts) {
            if (!host.matches(".+:[0-9]{1,5}")) {
                throw new UsageException(
                        "--fetch-images-from is %s, expected a host and a port, such as files.internal:8080; correct it"
                                .formatted(host));
            }
        }
        Set<String> named = Set.copyOf(hosts);
        if (fetches) {
            return RequestImages.fetching(FetchRules.USUAL.withPrivateTargets(named));
        }
        return named.isEmpty()
                ? RequestImages.local()
                : RequestImages.fetching(FetchRules.only(named));
    }
}
