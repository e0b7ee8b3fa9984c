package dev.tramontane.server.store;

import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// The steps from an empty database to today's, each a resource beside this class. They are named
/// here rather than looked for, which is quicker and works from modules too.
final class Migrations implements ResourceProvider {
    /// In their order; one that was released never changes.
    private static final List<String> NAMES = List.of("V1__conversations.sql");

    /// The schema that they lead to.
    static final int NEWEST = NAMES.size();

    private final List<LoadableResource> all =
            NAMES.stream().<LoadableResource>map(Step::new).toList();

    @Override
    public @Nullable LoadableResource getResource(String name) {
        return all.stream()
                .filter(each -> each.getFilename().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return all.stream()
                .filter(each -> each.getFilename().startsWith(prefix))
                .filter(each -> Arrays.stream(suffixes).anyMatch(each.getFilename()::endsWith))
                .toList();
    }

    private static final class Step extends LoadableResource {
        private final String name;

        Step(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            try (InputStream in = Migrations.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException(
                            name
                                    + " is missing from the jar, expected beside its classes; build the module server again");
                }
                return new StringReader(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException(name + " cannot be read from the jar", e);
            }
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return name;
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
