package dev.tramontane.tokenizer;

import dev.tramontane.weights.ModelFormatException;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// A file that Jackson reads. It remembers whether reading failed, because Jackson throws the same
/// for that and for some kinds of damaged text.
final class JsonStream extends FilterInputStream {
    private @Nullable IOException failure;

    JsonStream(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        try {
            return super.read(bytes, from, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /// What to throw when Jackson stopped: that the file is damaged.
    ///
    /// @param expected the kind of file
    /// @throws IOException instead, when it could not be read
    ModelFormatException refusal(String location, JacksonException stopped, String expected)
            throws IOException {
        if (failure != null) {
            throw failure;
        }
        return new ModelFormatException(
                "%s: is no JSON that can be read (%s), expected %s; get the file again"
                        .formatted(location, stopped.getOriginalMessage(), expected),
                stopped);
    }
}
