/// `tramontane train`: the trainer's command line. Start with {@link
/// dev.tramontane.train.command.TrainMain}; `docs/training.md` describes every key of the
/// configurations.
package dev.tramontane.train.command;
