package dev.tramontane.sampling;

/// What changes a model's logits before one is chosen, in this order.
public record Penalties(LogitBias bias, Repetition repetition, Dry dry) {
    /// The logits as the model gave them.
    public static final Penalties NONE = new Penalties(LogitBias.NONE, Repetition.OFF, Dry.OFF);

    boolean isOn() {
        return !bias.values().isEmpty() || repetition.isOn() || dry.isOn();
    }
}
