package dev.tramontane.train.torch;

import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where libtorch computes, and in what.
///
/// @param name `cpu`, `cuda` or `cuda:N`
/// @param precision of products and attention; norms, softmax, the residual stream, weights and
///   gradients are F32 always
/// @param threads on processors, of the whole process: libtorch knows no other way
public record TorchDevice(String name, Precision precision, int threads) {
    private static final Pattern NAMES = Pattern.compile("cpu|cuda(?::(\\d{1,2}))?");

    /// What products are computed in.
    public enum Precision {
        F32,
        BF16
    }

    public TorchDevice {
        if (!NAMES.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "device %s, expected cpu, cuda or cuda:N; name one of these".formatted(name));
        }
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "%d threads, expected at least 1; name how many processors are to compute"
                            .formatted(threads));
        }
    }

    /// Processors, in F32.
    public static TorchDevice processors(int threads) {
        return new TorchDevice("cpu", Precision.F32, threads);
    }

    /// Whether weights and gradients have to travel.
    boolean hasOwnMemory() {
        return !name.equals("cpu");
    }

    /// The device, once it is sure to be there.
    Device open() {
        Matcher matcher = NAMES.matcher(name);
        if (hasOwnMemory() && matcher.matches()) {
            int devices = torch.cuda_is_available() ? torch.cuda_device_count() : 0;
            int wanted = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
            if (wanted >= devices) {
                throw new IllegalArgumentException(
                        "device %s, but this libtorch sees %d GPUs; expected one that is there: name another, or build with -Dtorch.extension=-gpu on a machine with CUDA"
                                .formatted(name, devices));
            }
        }
        torch.set_num_threads(threads);
        return new Device(name);
    }
}
