package dev.tramontane.wire.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;

import dev.tramontane.chat.InvalidRequestException;
import dev.tramontane.engine.EngineOverloadedException;
import dev.tramontane.image.RgbImage;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/// Makes pixels of PNG, JPEG, WebP and GIF files, of the last the first frame.
///
/// Everything is seen as the reference library (Pillow's decoders behind mistral-common) sees it:
/// what is transparent lies on white, colour profiles are ignored. One thing is not: a photograph
/// is turned as its camera was held, as every program that shows it does.
///
/// A header is read before anything is made of its file, and what decoding takes at once is bounded
/// in bytes and in time, whatever a stranger sends. For any number of threads.
public final class ImageDecoder {
    /// What all images that are being decoded may take together: the largest one of 16 bits, alone.
    private static final int ROOM_KILOBYTES = 384 << 10;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final ImageLimits limits;
    private final Semaphore room = new Semaphore(ROOM_KILOBYTES, true);

    public ImageDecoder(ImageLimits limits) {
        this.limits = limits;
    }

    public ImageLimits limits() {
        return limits;
    }

    /// Decodes a file.
    ///
    /// @param file of any format; not changed
    /// @param place where it was found, for refusals
    /// @throws InvalidRequestException when it is no such image, or too large
    /// @throws EngineOverloadedException when others are being decoded
    public RgbImage decode(byte[] file, String place) {
        try {
            return decoded(file);
        } catch (ImageFault fault) {
            throw new InvalidRequestException(place, String.valueOf(fault.getMessage()));
        }
    }

    private RgbImage decoded(byte[] file) throws ImageFault {
        if (file.length > limits.fileBytes()) {
            throw new ImageFault(
                    "found an image of %d bytes, expected %d at most; shrink it"
                            .formatted(file.length, limits.fileBytes()));
        }
        if (JpegFile.matches(file)) {
            JpegFile.Read jpeg = JpegFile.read(file);
            return decoded(
                    jpeg.essentials(), jdkReader("jpeg"), reader -> components(reader, jpeg));
        }
        if (PngFile.matches(file)) {
            return decoded(PngFile.read(file), jdkReader("png"), ImageDecoder::image);
        }
        if (WebpFile.matches(file)) {
            ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
            return decoded(WebpFile.read(file), reader, ImageDecoder::image);
        }
        if (GifFile.matches(file)) {
            return decoded(GifFile.read(file), jdkReader("gif"), ImageDecoder::image);
        }
        throw new ImageFault(
                "found %s, expected a PNG, JPEG, WebP or GIF; convert it"
                        .formatted(OtherFormat.name(file)));
    }

    /// What a reader makes of its input.
    private interface Decoding {
        Rgba rows(ImageReader reader) throws IOException;
    }

    private RgbImage decoded(Essentials image, ImageReader reader, Decoding decoding)
            throws ImageFault {
        image.check(limits);
        int kilobytes = kilobytes(image);
        acquire(kilobytes);
        var input = new TimedInput(image.file(), System.nanoTime() + limits.time().toNanos());
        try {
            reader.setInput(input, true, true);
            return Picture.of(image, decoding.rows(reader));
        } catch (ImageFault fault) {
            throw fault;
        } catch (IOException | RuntimeException _) {
            // decoders throw whatever they stumble over, which says nothing to who sent the image
            throw input.isLate() ? late() : ImageFault.damaged(image.format());
        } finally {
            room.release(kilobytes);
            reader.dispose();
        }
    }

    private ImageFault late() {
        return new ImageFault(
                "found an image that takes more than %d ms to decode, expected less; shrink it"
                        .formatted(limits.time().toMillis()));
    }

    /// Of the decoder's pixels, and of ours.
    private static int kilobytes(Essentials image) {
        Essentials.Frame frame = image.frame();
        long decoded = (long) frame.width() * frame.height() * image.decodedBytes();
        long own = image.size().pixels() * RgbImage.CHANNELS;
        return (int) Math.min(ROOM_KILOBYTES, 1 + (decoded + own) / 1024);
    }

    private void acquire(int kilobytes) {
        try {
            if (!room.tryAcquire(kilobytes, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new EngineOverloadedException(
                        "too many large images are being decoded, expected fewer at once; try again",
                        RETRY);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var cancelled = new CancellationException("interrupted before an image was decoded");
            cancelled.initCause(e);
            throw cancelled;
        }
    }

    private static Rgba image(ImageReader reader) throws IOException {
        BufferedImage image = reader.read(0);
        return Rgba.of(image);
    }

    /// libjpeg paints what is missing grey, and only warns.
    private static Rgba components(ImageReader reader, JpegFile.Read jpeg) throws IOException {
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
        Raster raster = reader.readRaster(0, null);
        if (warnings.stream().anyMatch(ImageDecoder::tellsOfAnEnd)) {
            throw ImageFault.truncated(jpeg.essentials().format());
        }
        if (raster.getNumBands() != jpeg.colours().components()) {
            throw ImageFault.damaged(jpeg.essentials().format());
        }
        return Rgba.of(raster, jpeg.colours());
    }

    private static boolean tellsOfAnEnd(String warning) {
        return warning.toLowerCase(Locale.ROOT).contains("premature end");
    }

    /// The JDK's own reader, whatever else is on the class path.
    private static ImageReader jdkReader(String format) {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
                return reader;
            }
        }
        throw new IllegalStateException("this Java has no reader of " + format);
    }
}
