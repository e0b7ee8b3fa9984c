package dev.tramontane.server.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/// Where conversations and the like are kept.
///
/// @param url for JDBC; it may hold a password, so nobody is shown it
/// @param shown the same for people, without the password
/// @param dialect what is spoken there
public record StoreSettings(String url, String shown, Dialect dialect) {
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";

    /// The databases that are known.
    public enum Dialect {
        SQLITE,
        POSTGRESQL
    }

    /// A file of SQLite; it is made where there is none.
    public static StoreSettings file(Path file) {
        Path whole = file.toAbsolutePath().normalize();
        return new StoreSettings(SQLITE + whole, whole.toString(), Dialect.SQLITE);
    }

    /// What an operator wrote: `file:///FILE`, `postgresql://user:password@host/database` as most
    /// programs have it, or either as JDBC has it.
    ///
    /// @throws IllegalArgumentException when it is none of these
    public static StoreSettings of(String address) {
        String lower = address.toLowerCase(Locale.ROOT);
        if (lower.startsWith("file:/")) {
            return file(Path.of(URI.create(address)));
        }
        if (lower.startsWith(SQLITE)) {
            String file = address.substring(SQLITE.length());
            if (file.isEmpty() || file.startsWith(":") || file.startsWith("file:")) {
                throw wrong("jdbc:sqlite: without the path of a file");
            }
            String path = file.replaceFirst("\\?.*", "");
            return new StoreSettings(address, path, Dialect.SQLITE);
        }
        if (lower.startsWith(POSTGRESQL)) {
            return new StoreSettings(
                    address, address.replaceFirst("\\?.*", ""), Dialect.POSTGRESQL);
        }
        if (lower.startsWith("postgresql://") || lower.startsWith("postgres://")) {
            return postgresql(address);
        }
        throw wrong("another beginning");
    }

    private static IllegalArgumentException wrong(String found) {
        return new IllegalArgumentException(
                "the store's address has %s, expected file:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE; correct it"
                        .formatted(found));
    }

    /// JDBC has user and password among the parameters.
    private static StoreSettings postgresql(String address) {
        try {
            var uri = new URI(address);
            if (uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
                throw wrong("no host or no database");
            }
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            String base = POSTGRESQL + "//" + uri.getHost() + port + uri.getPath();
            var parameters = new StringBuilder();
            String who = uri.getUserInfo() == null ? "" : uri.getUserInfo();
            int colon = who.indexOf(':');
            append(parameters, "user", colon < 0 ? who : who.substring(0, colon));
            append(parameters, "password", colon < 0 ? "" : who.substring(colon + 1));
            if (uri.getRawQuery() != null) {
                parameters.append('&').append(uri.getRawQuery());
            }
            String url = parameters.isEmpty() ? base : base + "?" + parameters.substring(1);
            return new StoreSettings(url, base, Dialect.POSTGRESQL);
        } catch (URISyntaxException _) { // its message would show the password
            throw wrong("characters that must be written as %XX");
        }
    }

    private static void append(StringBuilder parameters, String name, String value) {
        if (!value.isEmpty()) {
            parameters
                    .append('&')
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    /// The file of SQLite.
    Path path() {
        return Path.of(shown);
    }

    /// Nobody's log has the password.
    @Override
    public String toString() {
        return shown;
    }
}
