package dev.tramontane.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;

/// Keys made by the JDK's own tool, as people make them.
final class Keys {
    private Keys() {}

    static ClusterKey make(Path file) throws IOException, InterruptedException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        int code =
                new ProcessBuilder(
                                keytool.toString(),
                                "-genkeypair",
                                "-alias",
                                "cluster",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=tramontane",
                                "-validity",
                                "3650",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                "open sesame")
                        .redirectErrorStream(true)
                        .redirectOutput(file.resolveSibling("keytool.txt").toFile())
                        .start()
                        .waitFor();
        assertEquals(0, code);
        return new ClusterKey(file, "open sesame");
    }
}
