package dev.tramontane.model;

import java.util.Locale;

/// How many parameters a model has, as GGUF's `general.size_label` says it: `24B`, `1.4M`, `468K`.
final class SizeLabel {
    private SizeLabel() {}

    /// Two digits at least.
    static String of(long parameters) {
        double count = parameters / 1e3;
        String suffix = "K";
        for (String larger : new String[] {"M", "B", "T"}) {
            if (count <= 1e3) {
                break;
            }
            count /= 1e3;
            suffix = larger;
        }
        int digits = String.valueOf(Math.round(count)).length();
        return String.format(Locale.ROOT, "%." + Math.max(0, 2 - digits) + "f%s", count, suffix);
    }
}
