package dev.tramontane.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The secret that all machines of a cluster share: a PKCS#12 file with one private key and its own
/// certificate. Each shows the certificate and accepts no other, in both directions (TLS 1.3), so
/// whoever lacks the file neither reads nor says anything. `keytool` makes one:
///
/// ```
/// keytool -genkeypair -alias cluster -keyalg EC -dname CN=tramontane -validity 3650 \
///     -storetype PKCS12 -keystore cluster.p12
/// ```
///
/// @param file copied to every machine, readable by nobody else
/// @param password of the file
public record ClusterKey(Path file, String password) {
    /// Fails early, with what is wrong.
    public ClusterKey {
        open(file, password);
    }

    @Override
    public String toString() {
        return "the key in " + file;
    }

    /// Contexts of both sides of a connection.
    SSLContext context() {
        return open(file, password);
    }

    private static SSLContext open(Path file, String password) {
        try (InputStream in = Files.newInputStream(file)) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(in, password.toCharArray());
            if (store.size() != 1 || !store.isKeyEntry(store.aliases().nextElement())) {
                throw new IllegalArgumentException(
                        "%s: %d entries, expected one private key with its certificate; make one with keytool -genkeypair"
                                .formatted(file, store.size()));
            }
            var keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, password.toCharArray());
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(store);
            var context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "%s: %s, expected a PKCS#12 file and its password; make one with keytool -genkeypair"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }
}
