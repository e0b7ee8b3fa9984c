/// Generators and verifiers on other machines.
///
/// Start with {@link dev.tramontane.cluster.ClusterRollouts}, the trainer's side, and {@link
/// dev.tramontane.cluster.WorkerNode}, a worker's. {@code Ledger} says who does what and knows
/// nothing of machines; {@code Coordinator} and {@code Worker} are the two actors around it.
/// Weights travel as files ({@code WeightsServer}), never as messages.
@org.jspecify.annotations.NullMarked
package dev.tramontane.cluster;
