package dev.tramontane.wire;

import dev.tramontane.engine.ModelName;

import java.time.Duration;

/// Is told how a download goes on, always by the thread that asked for it.
public interface PullProgress {
    /// Says nothing.
    PullProgress SILENT =
            new PullProgress() {
                @Override
                public void begin(ModelName name, int files, long bytes, long bytesHere) {}

                @Override
                public void arrived(String file, long bytesHere) {}

                @Override
                public void waiting(String why, Duration pause) {}
            };

    /// It is known what will be fetched.
    ///
    /// @param bytes of all files together
    /// @param bytesHere of them, left by an earlier try
    void begin(ModelName name, int files, long bytes, long bytesHere);

    /// Several times a second: how far it is.
    ///
    /// @param file that is being fetched
    /// @param bytesHere of all files together
    void arrived(String file, long bytesHere);

    /// Something went wrong that will be tried again.
    void waiting(String why, Duration pause);
}
