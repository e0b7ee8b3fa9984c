package dev.tramontane.nano;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// The embedded model as the bytes of a GGUF file. Its card lies beside it as `card.md`.
public final class Nano {
    static final String MODEL = "nano.gguf";
    static final String SYSTEM_PROMPT = "system_prompt.txt";
    static final String DIGEST = "nano.sha256";

    private Nano() {}

    /// The file's bytes; the caller closes the stream.
    public static InputStream open() throws IOException {
        return resource(MODEL);
    }

    /// The whole file.
    public static byte[] bytes() throws IOException {
        try (InputStream in = open()) {
            return in.readAllBytes();
        }
    }

    /// What it is told where a conversation has no system message: short, since reading a prompt is
    /// most of the time to a small model's first token.
    public static byte[] systemPrompt() throws IOException {
        try (InputStream in = resource(SYSTEM_PROMPT)) {
            return in.readAllBytes();
        }
    }

    /// The SHA-256 of the file, in hexadecimal digits: another model has another.
    public static String digest() throws IOException {
        try (InputStream in = resource(DIGEST)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = Nano.class.getResourceAsStream(name);
        if (in == null) {
            throw new FileNotFoundException(
                    name
                            + " is missing from the jar, expected beside "
                            + Nano.class.getName()
                            + "; build the module nano again");
        }
        return in;
    }
}
