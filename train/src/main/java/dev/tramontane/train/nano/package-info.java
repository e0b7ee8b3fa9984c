/// The model `nano` from nothing: its vocabulary, what it is taught, in which order, and how well
/// it does.
///
/// `BytePairTrainer` and `TekkenFile` make the vocabulary; `Lessons` puts the suite's problems into
/// conversations and `Curriculum` those into tokens.
