/// Where examples come from: conversations that people have ({@link
/// dev.tramontane.train.data.Conversations}), written by the template that writes the engine's
/// prompts ({@link dev.tramontane.train.data.AnswerWriter}).
package dev.tramontane.train.data;
