package dev.tramontane.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/// Where a machine of a cluster listens, and by what others prove that they belong to it.
///
/// @param host name or number that the others reach this machine by
/// @param port 0 for any that is free
/// @param key empty on one machine alone: without it nothing but the loopback is listened on, where
///   every user of the machine can connect
public record ClusterAddress(String host, int port, Optional<ClusterKey> key) {
    private static final int MOST_PORT = 65_535;

    public ClusterAddress {
        if (host.isBlank() || port < 0 || port > MOST_PORT) {
            throw new IllegalArgumentException(
                    "address %s:%d, expected a host and a port up to %d; name those that other machines reach this one by"
                            .formatted(host, port, MOST_PORT));
        }
        if (key.isEmpty() && !isLoopback(host)) {
            throw new IllegalArgumentException(
                    "address %s is open to other machines, but there is no key; expected one, or 127.0.0.1: make a key with keytool -genkeypair and give it to all machines"
                            .formatted(host));
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "address %s is unknown, expected a host that this machine can resolve; name it by number"
                            .formatted(host),
                    e);
        }
    }

    /// An address on this machine alone.
    public static ClusterAddress loopback(int port) {
        return new ClusterAddress("127.0.0.1", port, Optional.empty());
    }
}
