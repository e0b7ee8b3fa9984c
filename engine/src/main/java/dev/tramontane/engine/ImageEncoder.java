package dev.tramontane.engine;

import dev.tramontane.image.ImagePatches;
import dev.tramontane.model.VisionEncoder;
import dev.tramontane.model.VisionEncoding;
import dev.tramontane.schedule.ImageReader;
import dev.tramontane.tensor.Tensor;

import java.lang.foreign.Arena;
import java.util.List;

/// The scheduler's view of the vision encoder.
record ImageEncoder(VisionEncoder encoder) implements ImageReader.Encoder {
    @Override
    public long mostPatches() {
        long longest = encoder.config().longestSide();
        return longest * longest;
    }

    @Override
    public Tensor room(ImagePatches image, Arena arena) {
        return encoder.room(image, arena);
    }

    @Override
    public ImageReader.Encoding begin(List<ImagePatches> images, List<Tensor> outs) {
        return new Pieces(encoder.begin(images, outs));
    }

    private record Pieces(VisionEncoding encoding) implements ImageReader.Encoding {
        @Override
        public void step() {
            encoding.step();
        }

        @Override
        public boolean isDone() {
            return encoding.isDone();
        }

        @Override
        public void close() {
            encoding.close();
        }
    }
}
